package dev.openline.verify;

import java.nio.ByteBuffer;

/** What one end of a line heard: the same words for every library, so that both ends of a test read alike. */
sealed interface Event {
    /** A whole text message. */
    record Text(String text) implements Event {
        @Override
        public String toString() {
            return "TEXT " + shortened(text) + " [" + text.length() + " chars]";
        }
    }

    /** A whole binary message. */
    record Binary(ByteBuffer data) implements Event {
        static Binary copyOf(ByteBuffer data) {
            return new Binary(copied(data));
        }

        @Override
        public String toString() {
            return "BINARY [" + data.remaining() + " bytes, hash " + data.hashCode() + "]";
        }
    }

    /** The answer to a ping. */
    record Pong(ByteBuffer data) implements Event {
        static Pong copyOf(ByteBuffer data) {
            return new Pong(copied(data));
        }
    }

    /** The end, with what was said about it. */
    record Closed(int code, String reason) implements Event {}

    /** The end, without a close frame, as the library tells it. */
    record Broken(String why) implements Event {}

    private static ByteBuffer copied(ByteBuffer data) {
        return ByteBuffer.allocate(data.remaining()).put(data.duplicate()).flip();
    }

    private static String shortened(String text) {
        return text.length() <= 40 ? text : text.substring(0, 40) + "…";
    }
}
