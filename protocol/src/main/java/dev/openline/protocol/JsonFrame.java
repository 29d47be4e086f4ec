package dev.openline.protocol;

import java.nio.ByteBuffer;

/** A JSON frame in the making: messages joined by {@code \n}. */
public final class JsonFrame implements MessageFrame {
    private final JsonOutput out;
    private final ServerMessageEncoder serverMessages;
    private final CommandEncoder commands;

    /** An empty frame with room for 256 bytes; it grows as needed. */
    public JsonFrame() {
        this(256);
    }

    /** An empty frame with room for {@code capacity} bytes; it grows as needed. */
    JsonFrame(int capacity) {
        this(capacity, false);
    }

    private JsonFrame(int capacity, boolean bare) {
        out = new JsonOutput(capacity);
        serverMessages = new ServerMessageEncoder(out, bare);
        commands = new CommandEncoder(out);
    }

    /** An empty frame for a unidirectional client: pushes stand bare in it, and the reply to its connect is one. */
    public static JsonFrame unidirectional() {
        return new JsonFrame(256, true);
    }

    @Override
    public JsonFrame add(ServerMessage message) {
        int before = begin();
        try {
            message.with((ServerMessage.Cases<JsonOutput>) serverMessages);
        } catch (IllegalArgumentException e) {
            out.truncate(before);
            throw e;
        }
        return this;
    }

    @Override
    public JsonFrame add(Command command) {
        int before = begin();
        try {
            command.with(commands);
        } catch (IllegalArgumentException e) {
            out.truncate(before);
            throw e;
        }
        return this;
    }

    @Override
    public JsonFrame add(byte[] encoded) {
        begin();
        out.put(encoded);
        return this;
    }

    @Override
    public int size() {
        return out.size();
    }

    @Override
    public byte[] bytes() {
        return out.copy();
    }

    @Override
    public ByteBuffer buffer() {
        return out.buffer();
    }

    @Override
    public void clear() {
        out.truncate(0);
    }

    /** Gives the array away; the frame must not be used again. */
    byte[] finish() {
        return out.finish();
    }

    private int begin() {
        int before = out.size();
        if (before > 0) out.put('\n');
        return before;
    }
}
