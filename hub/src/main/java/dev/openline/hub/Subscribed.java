package dev.openline.hub;

import dev.openline.protocol.ErrorReply;
import dev.openline.protocol.Publication;
import dev.openline.protocol.StreamPosition;
import java.util.List;

/** What became of a subscribe. */
public sealed interface Subscribed {
    /**
     * The subscription stands.
     *
     * @param options the channel's options
     * @param top the newest position of the log; offset 0 and an empty epoch in mode TRANSIENT
     * @param recovery what became of the cursor handed back
     */
    record Accepted(ChannelOptions options, StreamPosition top, Recovery recovery) implements Subscribed {
        /** Where the subscriber is once it has the first page: there its {@link Cursor} begins. */
        public StreamPosition at() {
            if (recovery instanceof Recovery.Later later) return new StreamPosition(later.after(), top.epoch());
            if (!(recovery instanceof Recovery.Complete complete)) return top;
            List<Publication> page = complete.page();
            return page.isEmpty()
                    ? top
                    : new StreamPosition(page.get(page.size() - 1).offset(), top.epoch());
        }
    }

    /** There is no subscription, and no {@link ChannelHome#unsubscribe} must follow. */
    record Refused(ErrorReply error) implements Subscribed {}
}
