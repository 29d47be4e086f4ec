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
            return new ProtoCommandReader(frame);
        }

        @Override
        public ServerMessageReader serverMessages(ByteBuffer frame) {
            return new ProtoServerMessageReader(frame);
        }

        @Override
        public byte[] encode(ServerMessage message) {
            ProtoOutput out = new ProtoOutput(message instanceof Push.PublicationPush push ? sizeOf(push) : 128);
            message.with((ServerMessage.Cases<Void>) new ProtoServerMessageEncoder(out));
            out.length(0);
            return out.copy();
        }

        @Override
        public byte[] encode(Command command) {
            ProtoOutput out = new ProtoOutput(128);
            command.with(new ProtoCommandEncoder(out));
            out.length(0);
            return out.copy();
        }

        @Override
        public MessageFrame frame() {
            return new ProtoFrame();
        }
    };

    /** Tags and lengths around the channel and the payload of a publication without tags, with some room. */
    private static final int PROTOBUF_PUSH_SIZE = 128;

    private final String subprotocol;

    Encoding(String subprotocol) {
        this.subprotocol = subprotocol;
    }

    /** Enough for most, so that the array is made once. */
    private static int sizeOf(Push.PublicationPush push) {
        return PROTOBUF_PUSH_SIZE
                + push.channel().length()
                + push.publication().data().size();
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
