package dev.openline.server;

import dev.openline.protocol.Payload;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What servers have told each other lately, so that whoever may have missed something can take it up: its own, which it says again where it may have been
 * forgotten, and which of the others' it has taken, so that it takes none twice. One thread at a time.
 */
final class Tellings {
    /** How long its own are kept: what is lost in a failover was said a few seconds before. */
    static final long KEPT_MILLIS = 60_000;

    /** How far the clocks of servers may differ. */
    static final long CLOCKS_DIFFER_MILLIS = 10_000;

    /** How many of either kind are kept at most. */
    static final int MOST = 10_000;

    /**
     * Something that all servers were told.
     *
     * @param id the same however often it is said
     * @param saidAt in milliseconds since 1970, on the clock of who said it
     */
    record Telling(String id, String what, Payload with, long saidAt) {}

    private final String node;
    private final long since;
    private final Deque<Telling> own = new ArrayDeque<>();
    private final Set<String> taken = new LinkedHashSet<>();
    private long number;

    /** @param since when this server started: what was told before does not concern it */
    Tellings(String node, long since) {
        this.node = node;
        this.since = since;
    }

    /** Something new that this server tells. */
    Telling tell(String what, Payload with, long now) {
        Telling telling = new Telling(node + ':' + number++, what, with, now);
        recent(now);
        if (own.size() == MOST) own.remove();
        own.add(telling);
        return telling;
    }

    /** What this server has told lately, in its order. */
    List<Telling> recent(long now) {
        while (!own.isEmpty() && own.element().saidAt() + KEPT_MILLIS <= now) own.remove();
        return List.copyOf(own);
    }

    /** Whether something that was heard or read is to be carried out: it was not before, and concerns this server. */
    boolean takes(String id, long saidAt) {
        if (saidAt + CLOCKS_DIFFER_MILLIS < since || !taken.add(id)) return false;
        if (taken.size() > MOST) {
            Iterator<String> oldest = taken.iterator();
            oldest.next();
            oldest.remove();
        }
        return true;
    }
}
