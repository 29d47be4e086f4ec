package dev.openline.protocol;

import org.jspecify.annotations.Nullable;

/**
 * The commands of one frame, read one at a time, so that each can be carried out before a fault in the next ends the connection. Not for
 * several threads at once. Has the frame's bytes for itself: the rest may be read much later.
 */
public sealed interface CommandReader permits JsonCommandReader, ProtoCommandReader {
    /**
     * The next command; null when there is none left.
     *
     * @throws MalformedFrame if what comes next is not a command; nothing can be read after it
     */
    @Nullable
    Command next() throws MalformedFrame;
}
