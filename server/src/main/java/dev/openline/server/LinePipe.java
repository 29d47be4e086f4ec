package dev.openline.server;

import dev.openline.hub.Pipe;
import dev.openline.net.SharedFrame;

/** A line as the cursors of its subscriptions see it. */
interface LinePipe extends Pipe<SharedFrame> {
    /** The history of a channel no longer reaches back to this line's cursor, which is detached. */
    void onLost(String channel);
}
