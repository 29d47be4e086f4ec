package dev.openline.server;

import dev.openline.hub.Pipe;

/** A pipe of this server's: a client's line, which hears when a cursor can't go on. */
interface LinePipe extends Pipe<EncodedPush> {
    /** The log can't continue this channel's cursor; it is detached. */
    void onLost(String channel);

    /** The line could not take what is published on a channel that closes slow lines; the cursor is detached. A line without codes just loses it. */
    default void onSlow(String channel) {
        onLost(channel);
    }
}
