package dev.openline.bench;

import java.util.List;
import java.util.Map;

/**
 * What one case gave.
 *
 * @param name the case
 * @param rounds every round's figures by server, in the order they were measured
 */
record Results(String name, Map<Peer, List<Figures>> rounds) {
    Figures median(Peer peer) {
        return Figures.median(rounds.get(peer));
    }

    /** Ours divided by theirs, of the medians. */
    Map<Figure, Double> ratio() {
        return median(Peer.OPENLINE).ratioTo(median(Peer.NETTY));
    }
}
