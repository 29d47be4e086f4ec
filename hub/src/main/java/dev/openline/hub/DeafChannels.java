package dev.openline.hub;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Channels that can't be heard, since when; in the order in which that was. */
final class DeafChannels {
    private final Map<Followed, Long> since = new LinkedHashMap<>();

    void add(Followed channel, long now) {
        since.put(channel, now);
    }

    void remove(Followed channel) {
        since.remove(channel);
    }

    /** Takes out those that were deaf at {@code then} already, at most so many. */
    List<Followed> takeThoseSince(long then, int most) {
        List<Followed> taken = new ArrayList<>();
        Iterator<Map.Entry<Followed, Long>> longest = since.entrySet().iterator();
        while (longest.hasNext() && taken.size() < most) {
            Map.Entry<Followed, Long> next = longest.next();
            if (next.getValue() > then) break;
            taken.add(next.getKey());
            longest.remove();
        }
        return taken;
    }
}
