package dev.openline.app;

/** A command could not do what it was asked; the message is one sentence for the person who asked. Exits with 1. */
final class CommandFailure extends RuntimeException {
    CommandFailure(String sentence) {
        super(sentence);
    }

    CommandFailure(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
