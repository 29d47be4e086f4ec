package dev.openline.net;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** How many connections each network has open. Holds only networks that have any. Any thread. */
final class AddressCounts {
    private final int most;
    private final Map<Network, Integer> counts = new ConcurrentHashMap<>();

    /** @param most connections of one network; {@link Integer#MAX_VALUE} counts nothing */
    AddressCounts(int most) {
        this.most = most;
    }

    boolean isLimited() {
        return most != Integer.MAX_VALUE;
    }

    /** Counts one more, if there is room. */
    boolean add(Network network) {
        if (network.equals(Network.UNCOUNTED)) return true;
        if (counts.merge(network, 1, Integer::sum) <= most) return true;
        remove(network);
        return false;
    }

    void remove(Network network) {
        if (network.equals(Network.UNCOUNTED)) return;
        counts.computeIfPresent(network, (same, count) -> count == 1 ? null : count - 1);
    }

    /** Networks that have connections open. */
    int size() {
        return counts.size();
    }
}
