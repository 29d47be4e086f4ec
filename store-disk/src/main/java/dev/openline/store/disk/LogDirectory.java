package dev.openline.store.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.Logger;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/** What can be said of a directory of logs before it is opened, or when it can't be. */
final class LogDirectory {
    static {
        RocksDB.loadLibrary();
    }

    private LogDirectory() {}

    /** @throws IOException if it holds no logs */
    static void require(Path directory) throws IOException {
        if (!Files.exists(directory.resolve("CURRENT"))) throw new IOException(directory + " holds no logs");
    }

    static void forItsOwnerAlone(Path directory) throws IOException {
        if (Files.getFileStore(directory).supportsFileAttributeView("posix"))
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
    }

    /**
     * Whether a process has it open, this one included. The engine is asked to make logs here and to refuse where there are some: it takes the lock before
     * it looks, and changes nothing. Where the lock can't be touched, because nothing may be written here, nobody is assumed to have it.
     */
    static boolean isInUse(Path directory) {
        try (Options options = new Options();
                Logger silent = new Silent()) {
            options.setErrorIfExists(true).setLogger(silent);
            RocksDB.open(options, directory.toString()).close();
            return false;
        } catch (RocksDBException e) {
            return isLocked(e);
        }
    }

    static boolean isLocked(RocksDBException e) {
        String said = String.valueOf(e.getMessage());
        return said.contains("lock hold by current process") || said.contains("While lock file");
    }

    static boolean isDamage(RocksDBException e) {
        Status status = e.getStatus();
        return status != null && status.getCode() == Status.Code.Corruption;
    }

    static IOException cannotBeOpened(Path directory, RocksDBException e) {
        String said = String.valueOf(e.getMessage());
        String why = " can't be opened: " + said;
        if (isLocked(e)) why = " is in use by another process";
        else if (said.contains("Column families not opened")) why = " was written by a newer version";
        else if (isDamage(e)) why = " is damaged ('openline verify' says how): " + said;
        return new IOException(directory + why, e);
    }

    /** Keeps the engine from leaving a file with its own remarks. */
    private static final class Silent extends Logger {
        Silent() {
            super(InfoLogLevel.FATAL_LEVEL);
        }

        @Override
        protected void log(InfoLogLevel level, @Nullable String remark) {
            // Nobody is interested.
        }
    }
}
