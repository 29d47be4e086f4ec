package dev.openline.testkit;

import dev.openline.protocol.StreamPosition;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * Looks after each step whether what holds at every moment holds: the server keeps no backlog for a line, whatever that line does, and whoever has no trouble of its
 * own hears what is said, whatever trouble others have.
 */
final class Watch {
    /** What may wait for one line: as much as makes it not writable, and what one turn may still add. */
    private static final long MOST_WAITING_BYTES = 160 << 10;

    /** After so long without trouble one must have heard everything that is as old as {@link #SOON}. */
    private static final Duration CALM = Duration.ofSeconds(12);

    /** A ping, the time it may be late, and a redial. */
    private static final Duration HEARTBEAT = Duration.ofSeconds(45);

    private static final Duration SOON = Duration.ofSeconds(6);

    private record Said(long nanos, StreamPosition position) {}

    private final World world;
    private final Host backend;
    private final Ledger ledger;
    private final Map<String, Deque<Said>> acknowledged = new HashMap<>();
    private final Map<Host, Long> troubled = new HashMap<>();
    private long allTroubled;

    Watch(World world, Host backend, Ledger ledger) {
        this.world = world;
        this.backend = backend;
        this.ledger = ledger;
    }

    /** A publish was acknowledged. */
    void acknowledged(String channel, StreamPosition position) {
        acknowledged.computeIfAbsent(channel, made -> new ArrayDeque<>()).add(new Said(world.nanos(), position));
    }

    /** Something has happened to a line of this host. */
    void trouble(Host host) {
        troubled.merge(host, world.nanos(), Math::max);
    }

    /** A line of this host has fallen silent, which takes a heartbeat to notice. */
    void silence(Host host) {
        troubled.put(host, world.nanos() + HEARTBEAT.toNanos());
    }

    /** Something has happened to everybody. */
    void trouble() {
        allTroubled = Math.max(allTroubled, world.nanos());
    }

    /** All lines have fallen silent. */
    void silence() {
        allTroubled = world.nanos() + HEARTBEAT.toNanos();
    }

    /** Whether something stands in the way of this host's line for now, such as being stalled. */
    interface Held {
        boolean isHeld(Host host);
    }

    void look(Iterable<SimulatedReader> readers, Held held) {
        for (Connection connection : backend.connections()) {
            long waiting = connection.bytesWaitingAt(backend);
            if (waiting > MOST_WAITING_BYTES)
                ledger.violated("the server has " + waiting + " bytes waiting for " + connection);
        }
        long calm = world.nanos() - CALM.toNanos();
        if (allTroubled > calm) return;
        for (SimulatedReader reader : readers) {
            if (held.isHeld(reader.host)) trouble(reader.host);
            if (!reader.isConnected() || troubled.getOrDefault(reader.host, 0L) > calm) continue;
            for (Follower follower : reader.everyOf("log:")) hears(follower);
        }
    }

    private void hears(Follower follower) {
        StreamPosition at = follower.position();
        Deque<Said> all = acknowledged.get(follower.channel());
        if (at == null || all == null) return;
        long soon = world.nanos() - SOON.toNanos();
        long owed = 0;
        for (Said said : all)
            if (said.nanos < soon && said.position.epoch().equals(at.epoch()))
                owed = Math.max(owed, said.position.offset());
        if (at.offset() < owed)
            ledger.violated(follower + " is at " + at.offset() + ", although it has no trouble and " + owed
                    + " was acknowledged more than " + SOON.toSeconds() + " s ago");
        while (!all.isEmpty() && all.size() > 1_000) all.remove();
    }
}
