package dev.openline.store.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/**
 * What the lives of logs are called, so that no two ever share a name.
 *
 * <p>A channel of which nothing is kept has the name that all such channels have: it follows from the store's own random name and from how often a channel
 * was forgotten, so a channel that is forgotten and comes back never has a name again that it had. It keeps the name that it had at its first
 * publication. And when the newest publications may be missing, every log has another name from then on: that is so after a power cut, unless each write
 * was synced. A power cut is told from a killed process by the system's boot id; where there is none, any unclean end counts as one. A store that is a copy has
 * names of its own in all of this, because its original went on, and other copies may too.
 */
final class Lives {
    static final String FORMAT = "format";
    private static final String CURRENT_FORMAT = "1";
    static final String STORE = "store";
    static final String FORGOTTEN = "forgotten";
    static final String LIFE = "life";
    static final String NEXT_ID = "next id";
    private static final String CLEAN = "clean";
    private static final String DURABILITY = "durability";
    private static final String BOOT = "boot";
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

    private final String store;
    private long forgotten;
    private int life;
    private long nextId;
    private volatile String fresh;

    private Lives(String store, long forgotten, int life, long nextId) {
        this.store = store;
        this.forgotten = forgotten;
        this.life = life;
        this.nextId = nextId;
        this.fresh = name();
    }

    /** Takes up what the store knows of itself, and says in it that it is in use. */
    static Lives begin(Database database, DiskOptions options) throws IOException, RocksDBException {
        requireFormat(database::fact, options.directory());
        String store = database.fact(STORE);
        boolean isNew = store == null;
        boolean isCopy = Copies.isCopy(options.directory());
        Lives lives = new Lives(
                store == null || isCopy ? newStore() : store,
                number(database.fact(FORGOTTEN), 0),
                (int) number(database.fact(LIFE), 1),
                number(database.fact(NEXT_ID), 1));
        if (!isNew && (isCopy || mayHaveLost(database::fact))) {
            // The original and its other copies count on too, and no two of them may come to the same name.
            lives.life += isCopy ? 1 + new SecureRandom().nextInt(1 << 24) : 1;
            lives.forget();
        }
        try (Database.Batch batch = database.new Batch()) {
            batch.fact(FORMAT, CURRENT_FORMAT);
            batch.fact(STORE, lives.store);
            batch.fact(LIFE, Integer.toString(lives.life));
            batch.fact(CLEAN, "no");
            batch.fact(DURABILITY, options.durability().name());
            batch.fact(BOOT, bootId());
            lives.write(batch);
            batch.writeAndSync();
        }
        if (isCopy) Copies.isInUse(options.directory());
        return lives;
    }

    /** What a store knows of itself, by name. */
    interface Facts {
        @Nullable
        String get(String name) throws RocksDBException;
    }

    /** @throws IOException if it was written by a version that knows more */
    static void requireFormat(Facts facts, Path directory) throws IOException, RocksDBException {
        String format = facts.get(FORMAT);
        if (format != null && !format.equals(CURRENT_FORMAT))
            throw new IOException(directory + " was written by a newer version (format " + format + ")");
    }

    /** What the store says of itself: whether its last end was a clean one, and so on. */
    static DiskReading.State stateOf(Facts facts, boolean isInUse) throws RocksDBException {
        return new DiskReading.State(
                String.valueOf(facts.get(FORMAT)),
                String.valueOf(facts.get(DURABILITY)).toLowerCase(Locale.ROOT),
                isInUse,
                isClean(facts),
                (int) number(facts.get(LIFE), 1));
    }

    /** The life of a channel's log in a store that is in this life. */
    static String of(Record record, int life) {
        return record.life() == life ? record.epoch() : record.epoch() + "." + life;
    }

    static boolean mayHaveLost(Facts facts) throws RocksDBException {
        if (isClean(facts) || Durability.FSYNC.name().equals(facts.get(DURABILITY))) return false;
        String now = bootId();
        return now.isEmpty() || !now.equals(facts.get(BOOT));
    }

    private static boolean isClean(Facts facts) throws RocksDBException {
        return "yes".equals(facts.get(CLEAN));
    }

    private static String bootId() {
        try {
            return Files.readString(BOOT_ID).strip();
        } catch (IOException e) {
            return "";
        }
    }

    private static String newStore() {
        byte[] random = new byte[16];
        new SecureRandom().nextBytes(random);
        return HexFormat.of().formatHex(random);
    }

    private static long number(@Nullable String text, long otherwise) {
        return text == null ? otherwise : Long.parseLong(text);
    }

    /** All that was written is there, and synced; in tables, so that nothing is lost with the write-ahead log and the next start has nothing to repeat. */
    static void end(Database database) throws RocksDBException {
        try (Database.Batch batch = database.new Batch()) {
            batch.fact(CLEAN, "yes");
            batch.writeAndSync();
        }
        database.flush();
    }

    private String name() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(store.getBytes(StandardCharsets.UTF_8));
            byte[] hash =
                    digest.digest(ByteBuffer.allocate(8).putLong(forgotten).array());
            return Base64.getUrlEncoder().withoutPadding().encodeToString(hash).substring(0, 8);
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError(impossible);
        }
    }

    /** A channel is about to be forgotten: those of which nothing is kept have another name from now on. */
    void forget() {
        forgotten++;
        fresh = name();
    }

    long newId() {
        return nextId++;
    }

    void write(Database.Batch batch) throws RocksDBException {
        batch.fact(FORGOTTEN, Long.toString(forgotten));
        batch.fact(NEXT_ID, Long.toString(nextId));
    }

    /** The life of a channel of which nothing is kept. */
    String fresh() {
        return fresh;
    }

    int life() {
        return life;
    }

    /** The life of a channel's log now. */
    String of(Record record) {
        return of(record, life);
    }
}
