package dev.openline.protocol;

import java.nio.ByteBuffer;

/**
 * A frame in the making: messages one after another, joined as their encoding wants it. May be used for frame after frame; not for several
 * threads at once.
 *
 * <p>What can't be written, because a string in it holds half a character, is the caller's fault: an {@link IllegalArgumentException}, and
 * the frame is as it was before.
 */
public sealed interface MessageFrame permits JsonFrame, ProtoFrame {
    /** Appends a reply, push or ping. */
    MessageFrame add(ServerMessage message);

    /** Appends a command. */
    MessageFrame add(Command command);

    /** Appends a message, or several that are joined already, as {@link Encoding#encode} of the same encoding gives them. */
    MessageFrame add(byte[] encoded);

    /** Number of bytes so far; 0 if there is no message yet. */
    int size();

    /** A copy of the frame's bytes, in an array of just their size. */
    byte[] bytes();

    /** The frame's bytes where they are: good until the next call that adds or clears. */
    ByteBuffer buffer();

    /** Empties the frame and keeps its room. */
    void clear();
}
