package dev.openline.protocol;

import org.jspecify.annotations.Nullable;

/**
 * The replies, pushes and pings of one frame, read one at a time. Not for several threads at once. Has the frame's bytes for itself: the
 * rest may be read later.
 */
public sealed interface ServerMessageReader permits JsonServerMessageReader, ProtoServerMessageReader {
    /**
     * The next message; null when there is none left. Pushes of a kind that did not exist when this was written are passed over.
     *
     * @throws MalformedFrame if what comes next is not a message of a server; nothing can be read after it
     */
    @Nullable
    ServerMessage next() throws MalformedFrame;
}
