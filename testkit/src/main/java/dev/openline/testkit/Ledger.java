package dev.openline.testkit;

import dev.openline.protocol.StreamPosition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * All that anybody was told of positions, held against each other: an offset is given out once, a publish is applied once, and those of one
 * publisher in its order. Payloads are texts of the form {@code publisher:number}.
 */
final class Ledger {
    private record Life(String channel, String epoch) {}

    private record Acknowledged(String channel, StreamPosition position, String payload) {}

    private final Map<Life, NavigableMap<Long, String>> lives = new HashMap<>();
    private final Map<Life, Map<String, Long>> offsets = new HashMap<>();
    private final List<Acknowledged> acknowledged = new ArrayList<>();
    private final List<String> violations = new ArrayList<>();
    private long deliveries;

    List<String> violations() {
        return violations;
    }

    void violated(String sentence) {
        violations.add(sentence);
    }

    long acknowledgements() {
        return acknowledged.size();
    }

    long deliveries() {
        return deliveries;
    }

    /** Somebody was told that this is there. */
    void said(String channel, String epoch, long offset, String payload) {
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
    void acknowledged(String channel, StreamPosition position, String payload) {
        acknowledged.add(new Acknowledged(channel, position, payload));
        said(channel, position.epoch(), position.offset(), payload);
    }

    /**
     * At the end of a story: what the log has, as one who reads it from its beginning.
     *
     * @param first the first offset that is kept
     */
    void holdAgainst(String channel, String epoch, long first, NavigableMap<Long, String> log) {
        long expected = first;
        for (Map.Entry<Long, String> entry : log.entrySet()) {
            if (entry.getKey() != expected)
                violated(channel + " has nothing between " + (expected - 1) + " and " + entry.getKey());
            expected = entry.getKey() + 1;
        }
        for (Acknowledged one : acknowledged) {
            if (!one.channel.equals(channel) || !one.position.epoch().equals(epoch)) continue;
            long offset = one.position.offset();
            String there = log.get(offset);
            if (offset >= first && !one.payload.equals(there))
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

    /** What must be in the log if nothing was lost: everything that was acknowledged, whatever the epoch. */
    void nothingIsMissing(String channel, NavigableMap<Long, String> log) {
        for (Acknowledged one : acknowledged)
            if (one.channel.equals(channel) && !log.containsValue(one.payload))
                violated(channel + " has lost " + one.payload + ", which was acknowledged at " + one.position.epoch()
                        + ":" + one.position.offset());
    }
}
