package dev.openline.testkit;

import dev.openline.protocol.Payload;
import dev.openline.protocol.StreamPosition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/**
 * All that anybody was told of positions, held against each other: an offset is given out once, a publish is applied once, and those of one
 * publisher in its order. Payloads are texts of the form {@code publisher:number}, as {@link #payload} makes them. From any thread.
 */
public final class Ledger {
    private record Life(String channel, String epoch) {}

    private record Acknowledged(String channel, StreamPosition position, String payload) {}

    private final Map<Life, NavigableMap<Long, String>> lives = new HashMap<>();
    private final Map<Life, Map<String, Long>> offsets = new HashMap<>();
    private final List<Acknowledged> acknowledged = new ArrayList<>();
    private final List<String> violations = new ArrayList<>();
    private long deliveries;

    /** The payload of a publisher's publication, as JSON; its numbers rise. */
    public static Payload payload(String publisher, long number) {
        return Payload.of('"' + publisher + ':' + number + '"');
    }

    static String textOf(Payload payload) {
        String json = payload.text();
        return json.substring(1, json.length() - 1);
    }

    /** What was not as it was promised, a sentence each; none if all is well. */
    public synchronized List<String> violations() {
        return List.copyOf(violations);
    }

    synchronized void violated(String sentence) {
        violations.add(sentence);
    }

    /** How many publishes were acknowledged. */
    public synchronized long acknowledgements() {
        return acknowledged.size();
    }

    /** How often anybody was told what stands where. */
    public synchronized long deliveries() {
        return deliveries;
    }

    /** Somebody was told that this is there. */
    synchronized void said(String channel, String epoch, long offset, String payload) {
        deliveries++;
        Life life = new Life(channel, epoch);
        String before = lives.computeIfAbsent(life, made -> new TreeMap<>()).putIfAbsent(offset, payload);
        if (before != null && !before.equals(payload))
            violated(channel + " " + epoch + ":" + offset + " is " + before + " for one and " + payload
                    + " for another: an offset was given out twice");
        Long elsewhere = offsets.computeIfAbsent(life, made -> new HashMap<>()).putIfAbsent(payload, offset);
        if (elsewhere != null && elsewhere != offset)
            violated(channel + " has " + payload + " at " + elsewhere + " and at " + offset
                    + ": a publish was applied twice");
    }

    /** A publisher was told that it is kept. */
    public synchronized void acknowledged(String channel, StreamPosition position, Payload payload) {
        String text = textOf(payload);
        acknowledged.add(new Acknowledged(channel, position, text));
        said(channel, position.epoch(), position.offset(), text);
    }

    /**
     * At the end of a story: what the log of a channel has, as one who read it from its beginning, and what everybody else heard of it.
     *
     * @param nothingWasLost whether all that was ever acknowledged must be there, and nobody may have been told of a gap
     * @param everybody who follows the channel, also the one who read it all
     */
    public synchronized void close(Follower all, boolean nothingWasLost, Collection<Follower> everybody) {
        StreamPosition top = all.position();
        if (top == null) {
            violated("nobody can follow " + all.channel());
            return;
        }
        NavigableMap<Long, String> log = all.heard();
        holdAgainst(all.channel(), top.epoch(), log);
        if (nothingWasLost) nothingIsMissing(all.channel(), log);
        for (Follower one : everybody) {
            if (!top.equals(one.position()))
                violated(one + " is at " + one.position() + ", where others are at " + top);
            if (!one.heard().equals(log.tailMap(one.first(), true)))
                violated(one + " has heard something else than is there");
            if (nothingWasLost && one.told() > 0) violated(one + " was told of a gap where none was");
        }
    }

    private void holdAgainst(String channel, String epoch, NavigableMap<Long, String> log) {
        long expected = 1;
        for (long offset : log.keySet()) {
            if (offset != expected) violated(channel + " has nothing between " + (expected - 1) + " and " + offset);
            expected = offset + 1;
        }
        for (Acknowledged one : acknowledged) {
            if (!one.channel.equals(channel) || !one.position.epoch().equals(epoch)) continue;
            long offset = one.position.offset();
            String there = log.get(offset);
            if (!one.payload.equals(there))
                violated(channel + " " + epoch + ":" + offset + " was acknowledged as " + one.payload + " and is "
                        + (there == null ? "missing" : there));
        }
        inOrder(channel, log);
    }

    private void inOrder(String channel, NavigableMap<Long, String> log) {
        Map<String, Long> last = new HashMap<>();
        for (String payload : log.values()) {
            int colon = payload.lastIndexOf(':');
            String publisher = payload.substring(0, colon);
            long number = Long.parseLong(payload.substring(colon + 1));
            Long before = last.put(publisher, number);
            if (before != null && before >= number)
                violated(channel + " has " + payload + " after " + publisher + ":" + before);
        }
    }

    private void nothingIsMissing(String channel, NavigableMap<Long, String> log) {
        Set<String> there = new HashSet<>(log.values());
        for (Acknowledged one : acknowledged)
            if (one.channel.equals(channel) && !there.contains(one.payload))
                violated(channel + " has lost " + one.payload + ", which was acknowledged at " + one.position.epoch()
                        + ":" + one.position.offset());
    }
}
