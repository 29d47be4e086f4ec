package dev.openline.protocol;

import java.nio.ByteBuffer;

/**
 * A frame in the making: messages joined by {@code \n}. May be used for frame after frame; not for several threads at once.
 *
 * <p>What can't be written, because a string in it holds half a character, is the caller's fault: an {@link IllegalArgumentException}, and
 * the frame is as it was before.
 */
public final class JsonFrame {
    private final JsonOutput out;
    private final ServerMessageEncoder serverMessages;
    private final CommandEncoder commands;

    /** An empty frame with room for 256 bytes; it grows as needed. */
    public JsonFrame() {
        this(256);
    }

    /** An empty frame with room for {@code capacity} bytes; it grows as needed. */
    JsonFrame(int capacity) {
        out = new JsonOutput(capacity);
        serverMessages = new ServerMessageEncoder(out);
        commands = new CommandEncoder(out);
    }

    /** Appends a reply, push or ping. */
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

    /** Appends a command. */
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

    /** Appends a message, or several that are joined already, as {@link JsonCodec} encodes them. */
    public JsonFrame add(byte[] encoded) {
        begin();
        out.put(encoded);
        return this;
    }

    /** Number of bytes so far; 0 if there is no message yet. */
    public int size() {
        return out.size();
    }

    /** A copy of the frame's bytes, in an array of just their size. */
    public byte[] bytes() {
        return out.copy();
    }

    /** The frame's bytes where they are: good until the next call that adds or clears. */
    public ByteBuffer buffer() {
        return out.buffer();
    }

    /** Empties the frame and keeps its room. */
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
