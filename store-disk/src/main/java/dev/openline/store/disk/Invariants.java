package dev.openline.store.disk;

import dev.openline.tokens.RevocationEntry;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/**
 * What must hold between the entries of a store:
 *
 * <ul>
 *   <li>Everything can be read.
 *   <li>Every channel has a number of its own, which was given out. Publications and idempotency keys are of channels that there are.
 *   <li>A channel's publications are those from its {@code first} to its top, all of them: but for those that were overtaken, after which there is one that says
 *       that it took others away.
 *   <li>Its top is not below what its record says.
 *   <li>An idempotency key stands for an offset that was given.
 * </ul>
 *
 * <p>It takes one pass through everything, and memory for the channels.
 */
final class Invariants {
    private static final List<String> NUMBERS = List.of(Lives.FORMAT, Lives.FORGOTTEN, Lives.LIFE, Lives.NEXT_ID);

    private final Findings findings;
    private final Map<Long, Known> byId = new HashMap<>();
    private long channels;
    private long publications;

    Invariants(Findings findings) {
        this.findings = findings;
    }

    /** A channel, and how far it has been looked at. */
    private static final class Known {
        final String name;
        final Record record;
        /** The last offset that was seen; before the first, the one before it. */
        long seen;
        /** Offsets that are missing, from and up to; of holes that nobody has accounted for yet, the first. */
        long missingFrom;

        long missingTo;

        Known(String name, Record record) {
            this.name = name;
            this.record = record;
            this.seen = record.first() - 1;
        }
    }

    long channels() {
        return channels;
    }

    long publications() {
        return publications;
    }

    void check(Snapshot all) {
        tryTo("what the store knows of itself", () -> facts(all));
        tryTo("the channels", () -> all.each(Database.CHANNELS, this::channel));
        tryTo("the numbers of the channels", () -> ids(all));
        tryTo("the publications", () -> all.each(Database.PUBLICATIONS, new Publications()::take));
        byId.values().forEach(this::ended);
        tryTo("the idempotency keys", () -> all.each(Database.KEYS, new Keys()::take));
        tryTo("the revocations", () -> all.each(Database.REVOCATIONS, this::revocation));
    }

    private interface Pass {
        void run() throws RocksDBException;
    }

    /** A file that is damaged ends a pass, not the others. */
    private void tryTo(String what, Pass pass) {
        try {
            pass.run();
        } catch (RocksDBException e) {
            findings.add("not all of " + what + " can be read: " + e.getMessage());
        }
    }

    private void facts(Snapshot all) throws RocksDBException {
        if (all.fact(Lives.STORE) == null) findings.add("the store does not know its own name");
        for (String name : NUMBERS) {
            String value = all.fact(name);
            if (value == null || !value.matches("\\d{1,18}"))
                findings.add("the store's '" + name + "' is " + (value == null ? "missing" : "no number"));
        }
    }

    private boolean channel(byte[] key, byte[] value) {
        String name = shown(new String(key, StandardCharsets.UTF_8));
        channels++;
        Record record;
        try {
            record = Record.of(value);
        } catch (RuntimeException e) {
            findings.add("the record of channel " + name + " can't be read");
            return true;
        }
        if (record.first() < 1 || record.top() < record.first() - 1)
            findings.add("channel " + name + " begins at " + record.first() + " and ends at " + record.top());
        if (record.epoch().isEmpty()) findings.add("channel " + name + " has no epoch");
        Known other = byId.putIfAbsent(record.id(), new Known(name, record));
        if (other != null)
            findings.add("channels " + other.name + " and " + name + " have the same number, " + record.id());
        return true;
    }

    private void ids(Snapshot all) throws RocksDBException {
        String next = all.fact(Lives.NEXT_ID);
        if (next == null || !next.matches("\\d{1,18}")) return;
        for (Known one : byId.values())
            if (one.record.id() < 1 || one.record.id() >= Long.parseLong(next))
                findings.add("channel " + one.name + " has a number that was never given out, " + one.record.id());
    }

    /** Those of each channel stand together, in their order. */
    private final class Publications {
        private long ofUnknown;
        private long unknownId;

        boolean take(byte[] key, byte[] value) {
            publications++;
            if (key.length != 16) {
                findings.add("there is a publication of which nobody can say where it belongs");
                return true;
            }
            ByteBuffer place = ByteBuffer.wrap(key);
            long id = place.getLong();
            Known channel = byId.get(id);
            if (channel == null) {
                if (ofUnknown == 0 || unknownId != id)
                    findings.add("there are publications of a channel that there is not, number " + id);
                ofUnknown++;
                unknownId = id;
                return true;
            }
            publication(channel, place.getLong(), value);
            return true;
        }
    }

    private void publication(Known channel, long offset, byte[] value) {
        if (offset < channel.record.first()) {
            findings.add("channel " + channel.name + " begins at " + channel.record.first() + " and has publication "
                    + offset);
            return;
        }
        if (offset > channel.seen + 1) missing(channel, channel.seen + 1, offset - 1);
        channel.seen = offset;
        try {
            EntryBytes.read("", offset, value);
        } catch (RuntimeException e) {
            findings.add("publication " + offset + " of channel " + channel.name + " can't be read");
            return;
        }
        if (EntryBytes.tookOthersAway(value)) channel.missingFrom = 0;
    }

    /** Holes may be accounted for by what comes later; a second one is only told if the first is. */
    private static void missing(Known channel, long from, long to) {
        if (channel.missingFrom == 0) channel.missingFrom = from;
        channel.missingTo = to;
    }

    private void ended(Known channel) {
        Record record = channel.record;
        if (channel.missingFrom > 0)
            findings.add("channel " + channel.name + " lacks publications between " + channel.missingFrom + " and "
                    + channel.missingTo);
        if (channel.seen < record.top())
            findings.add(
                    "channel " + channel.name + " came to " + record.top() + " and has nothing after " + channel.seen);
    }

    private final class Keys {
        private @Nullable Long unknownId;

        boolean take(byte[] key, byte[] value) {
            if (key.length < 8 || value.length != 16) {
                findings.add("there is an idempotency key that can't be read");
                return true;
            }
            long id = ByteBuffer.wrap(key).getLong();
            long offset = ByteBuffer.wrap(value).getLong();
            Known channel = byId.get(id);
            if (channel == null) {
                if (unknownId == null || unknownId != id)
                    findings.add("there are idempotency keys of a channel that there is not, number " + id);
                unknownId = id;
            } else if (offset < 1 || offset > Math.max(channel.seen, channel.record.top())) {
                findings.add("channel " + channel.name + " has an idempotency key for publication " + offset
                        + ", which never was");
            }
            return true;
        }
    }

    private boolean revocation(byte[] key, byte[] value) {
        try {
            new RevocationEntry(key, value).revocation();
        } catch (RuntimeException e) {
            findings.add("there is a revocation that can't be read");
        }
        return true;
    }

    /** What a terminal might obey does not reach it. */
    private static String shown(String name) {
        return name.replaceAll("\\p{Cntrl}", "?");
    }
}
