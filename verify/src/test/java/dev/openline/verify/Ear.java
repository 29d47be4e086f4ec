package dev.openline.verify;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** What was heard on one line and not yet looked at, in order. Written on a library's thread, read on the test's. */
final class Ear {
    private final BlockingQueue<Event> heard = new LinkedBlockingQueue<>();

    void hear(Event event) {
        heard.add(event);
    }

    /** The next event, waited for; it fails the test if none comes. */
    Event next() {
        return Waiting.forNext(heard, "event on the line");
    }

    /** Whether all that came was looked at. */
    boolean isEmpty() {
        return heard.isEmpty();
    }
}
