package dev.openline.protocol;

import java.nio.ByteBuffer;

/**
 * How messages are spelled as bytes. A connection speaks one encoding, both ways, from its beginning to its end. Stateless; safe for any
 * number of threads.
 */
public enum Encoding {
    /** See {@link JsonCodec}. */
    JSON("centrifuge-json") {
        @Override
        public boolean isText() {
            return true;
        }

        @Override
        public CommandReader commands(ByteBuffer frame) {
            return JsonCodec.commands(frame);
        }

        @Override
        public ServerMessageReader serverMessages(ByteBuffer frame) {
            return JsonCodec.serverMessages(frame);
        }

        @Override
        public byte[] encode(ServerMessage message) {
            return JsonCodec.encode(message);
        }

        @Override
        public byte[] encode(Command command) {
            return JsonCodec.encode(command);
        }

        @Override
        public MessageFrame frame() {
            return new JsonFrame();
        }
    },

    /** Protocol Buffers, each message behind its length. */
    PROTOBUF("centrifuge-protobuf") {
        @Override
        public boolean isText() {
            return false;
        }

        @Override
        public CommandReader commands(ByteBuffer frame) {
            throw new UnsupportedOperationException();
        }

        @Override
        public ServerMessageReader serverMessages(ByteBuffer frame) {
            throw new UnsupportedOperationException();
        }

        @Override
        public byte[] encode(ServerMessage message) {
            throw new UnsupportedOperationException();
        }

        @Override
        public byte[] encode(Command command) {
            throw new UnsupportedOperationException();
        }

        @Override
        public MessageFrame frame() {
            throw new UnsupportedOperationException();
        }
    };

    private final String subprotocol;

    Encoding(String subprotocol) {
        this.subprotocol = subprotocol;
    }

    /** What a WebSocket client that wants this encoding offers as a subprotocol. Who offers none wants JSON. */
    public String subprotocol() {
        return subprotocol;
    }

    /** Whether frames are text, which WebSocket carries in text messages, and payloads have to be JSON; else both are bytes. */
    public abstract boolean isText();

    /** Reads what a client sent: the bytes that remain in {@code frame}, whose position stays where it is. */
    public abstract CommandReader commands(ByteBuffer frame);

    /** Reads what a server sent: the bytes that remain in {@code frame}, whose position stays where it is. */
    public abstract ServerMessageReader serverMessages(ByteBuffer frame);

    /**
     * A reply, push or ping as a frame of its own. The array is the caller's.
     *
     * @throws IllegalArgumentException if a string holds half a character
     */
    public abstract byte[] encode(ServerMessage message);

    /**
     * A command as a frame of its own. The array is the caller's.
     *
     * @throws IllegalArgumentException if a string holds half a character
     */
    public abstract byte[] encode(Command command);

    /** An empty frame with room for some messages; it grows as needed. */
    public abstract MessageFrame frame();
}
