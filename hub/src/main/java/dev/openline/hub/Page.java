package dev.openline.hub;

import dev.openline.protocol.ErrorReply;
import dev.openline.protocol.Publication;
import dev.openline.protocol.StreamPosition;
import java.util.List;

/** A piece of a log, or why there is none. Immutable and safe to hand to another thread. */
public sealed interface Page {
    /**
     * Publications in the order asked for; empty if there are none.
     *
     * @param top the newest position of the log when it was read
     */
    record Found(List<Publication> publications, StreamPosition top) implements Page {
        public Found {
            publications = List.copyOf(publications);
        }
    }

    /** The log no longer has, or never had, what comes after the position. */
    record Gap(StreamPosition top) implements Page {}

    /** The position belongs to another life of the log. */
    record NewEpoch(StreamPosition top) implements Page {}

    /** There is no such channel, or it keeps no log. */
    record Refused(ErrorReply error) implements Page {}
}
