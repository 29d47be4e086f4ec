package dev.openline.store.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.rocksdb.Options;
import org.rocksdb.RocksDBException;
import org.rocksdb.SstFileReader;

/**
 * Whether a directory of logs that nobody has in use is what it should be: the checksums of its files, and what must hold between what stands in them. It is only
 * read.
 *
 * @param channels that were looked at
 * @param publications that were looked at
 * @param tables files whose checksums were looked at
 * @param findings what is wrong, each a sentence without its full stop; empty if nothing is. Names of channels are in them, payloads and keys are not
 * @param more findings beyond the first {@value #MOST_FINDINGS}
 */
public record Verification(long channels, long publications, long tables, List<String> findings, long more) {
    static final int MOST_FINDINGS = 1_000;

    public boolean isGood() {
        return findings.isEmpty();
    }

    /** @throws IOException with a sentence if it can't be looked at: another process has it, a newer version wrote it, or there are no logs */
    public static Verification of(Path directory) throws IOException {
        Findings findings = new Findings();
        if (isWithoutItsHead(directory)) {
            findings.add("the file CURRENT is missing, without which nothing can be opened");
            return findings.of(0, 0, 0);
        }
        LogDirectory.require(directory);
        if (LogDirectory.isInUse(directory)) throw new IOException(directory + " is in use by another process");
        if (names(directory, "\\d+\\.log").isEmpty())
            findings.add("there is no write-ahead log: what was written last may be missing");
        try (Snapshot all = open(directory, findings)) {
            List<String> tables = all == null ? names(directory, "\\d+\\.sst") : tables(all);
            for (String table : tables) checkTable(directory.resolve(table), findings);
            Invariants invariants = new Invariants(findings);
            if (all != null) invariants.check(all);
            return findings.of(invariants.channels(), invariants.publications(), tables.size());
        }
    }

    private static boolean isWithoutItsHead(Path directory) throws IOException {
        return Files.isDirectory(directory)
                && !Files.exists(directory.resolve("CURRENT"))
                && !names(directory, "MANIFEST-\\d+|\\d+\\.sst").isEmpty();
    }

    private static List<String> names(Path directory, String pattern) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.matches(pattern))
                    .sorted()
                    .toList();
        }
    }

    private static List<String> tables(Snapshot all) {
        return all.tables().stream()
                .map(name -> name.startsWith("/") ? name.substring(1) : name)
                .toList();
    }

    /** Null if it can't be opened at all. */
    private static @Nullable Snapshot open(Path directory, Findings findings) throws IOException {
        try {
            return Snapshot.of(directory);
        } catch (IOException e) {
            if (!(e.getCause() instanceof RocksDBException)) throw e;
            Snapshot before = beforeTheDamage(directory);
            if (before == null) findings.add(String.valueOf(e.getMessage()));
            else
                findings.add(
                        Snapshot.mayHaveLost(directory)
                                ? "the write-ahead log has a hole, as the power was cut: a server goes on from before it, and all"
                                        + " logs begin new epochs"
                                : "the write-ahead log is damaged, no server goes on with it: "
                                        + e.getCause().getMessage());
            return before;
        }
    }

    private static @Nullable Snapshot beforeTheDamage(Path directory) {
        try {
            return Snapshot.beforeTheDamage(directory);
        } catch (IOException neither) {
            return null;
        }
    }

    private static void checkTable(Path table, Findings findings) {
        try (Options options = new Options();
                SstFileReader reader = new SstFileReader(options)) {
            reader.open(table.toString());
            reader.verifyChecksum();
        } catch (RocksDBException e) {
            findings.add("the file " + table.getFileName()
                    + (Files.exists(table) ? " is damaged: " + e.getMessage() : " is missing"));
        }
    }
}
