package dev.openline.store.disk;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies of a store. One that is in use makes them for whoever asks for one in its own directory, because who may write there could take all of it anyway: a file
 * {@code backups/NAME.wanted} is the question, the directory {@code backups/NAME} the answer, whole from the moment it is there. If there can be none,
 * {@code backups/NAME.refused} says why. A copy whose question has gone meanwhile is of no use to anybody, and is deleted.
 *
 * <p>One at a time asks, and holds the lock {@code backups/asking} meanwhile. So whoever has it may delete all else that is there: it was left by somebody who
 * did not come to the end.
 *
 * <p>A copy knows that it is one. Whoever opens it may have seen an older state of what clients have seen since, so every log begins a new life in it.
 */
final class Copies {
    static final String BACKUPS = "backups";
    static final String WANTED = ".wanted";

    private static final Logger log = LoggerFactory.getLogger(DiskStore.class);
    private static final String MARK = "COPY";
    private static final String ASKING = "asking";
    private static final String REFUSED = ".refused";
    private static final String UNFINISHED = ".unfinished";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9-]{1,64}");

    private Copies() {}

    /** Makes a copy where a path says. */
    interface Copying {
        void to(Path path) throws IOException;
    }

    static boolean isCopy(Path directory) {
        return Files.exists(directory.resolve(MARK));
    }

    /** The copy has begun a life of its own. */
    static void isInUse(Path directory) throws IOException {
        Files.delete(directory.resolve(MARK));
    }

    /** @throws IOException if there is something already, or it can't be made; nothing is left there then */
    static void make(Path to, Copying copying) throws IOException {
        if (Files.exists(to)) throw new IOException(to + " is there already");
        Path unfinished = to.resolveSibling(to.getFileName() + UNFINISHED);
        delete(unfinished);
        try {
            copying.to(unfinished);
            LogDirectory.forItsOwnerAlone(unfinished);
            Path mark = unfinished.resolve(MARK);
            Files.writeString(
                    mark, "A copy: who opens it begins a new life of every log, as clients may know later ones.\n");
            // On the disk before the copy is where somebody might open it: without its mark it would give offsets
            // again.
            force(mark);
            force(unfinished);
            Files.move(unfinished, to, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            delete(unfinished);
        }
    }

    /** A copy of the logs in a directory, whoever has it, which was verified. */
    static Verification of(Path directory, Path to, Duration patience) throws IOException {
        LogDirectory.require(directory);
        Path whole = to.toAbsolutePath().normalize();
        Verification[] found = new Verification[1];
        try {
            if (whole.getParent() != null) Files.createDirectories(whole.getParent());
            make(whole, unfinished -> found[0] = verified(directory, unfinished, patience));
        } catch (FileSystemException e) {
            // Its message is a path and no sentence.
            String why = e.getClass().getSimpleName().replace("Exception", "") + ": " + e.getMessage();
            throw new IOException("no copy of " + directory + " could be made in " + to + ", " + why, e);
        }
        return found[0];
    }

    private static Verification verified(Path directory, Path to, Duration patience) throws IOException {
        if (!copiedAlone(directory, to)) ask(directory, to, patience);
        Verification copy = Verification.of(to);
        if (copy.isGood()) return copy;
        throw new IOException("the copy is damaged, so " + directory + " may be: "
                + copy.findings().get(0));
    }

    /** @return whether it was; a process that has the directory has to be asked */
    private static boolean copiedAlone(Path directory, Path to) throws IOException {
        try (Database alone = Database.open(DiskOptions.in(directory))) {
            Lives.requireFormat(alone::fact, directory);
            alone.backUp(to);
            return true;
        } catch (RocksDBException e) {
            throw DiskStore.cannot("no copy could be made in " + to, e);
        } catch (IOException e) {
            if (e.getCause() instanceof RocksDBException why && LogDirectory.isLocked(why)) return false;
            throw e;
        }
    }

    // --- who has the directory
    // -----------------------------------------------------------------------------------------------------------------

    /** Makes the copies that are wanted in a directory. */
    static void answer(Path directory, Copying copying) {
        Path backups = directory.resolve(BACKUPS);
        if (!Files.isDirectory(backups, LinkOption.NOFOLLOW_LINKS)) return;
        try (DirectoryStream<Path> wanted = Files.newDirectoryStream(backups, "*" + WANTED)) {
            for (Path question : wanted) {
                String file = question.getFileName().toString();
                String name = file.substring(0, file.length() - WANTED.length());
                if (NAME.matcher(name).matches()) answer(question, backups.resolve(name), copying);
            }
        } catch (IOException | RuntimeException fault) {
            log.warn("a copy could not be made: {}", fault.getMessage());
        }
    }

    private static void answer(Path question, Path to, Copying copying) throws IOException {
        if (Files.exists(to) || !Files.exists(question)) return;
        try {
            make(to, copying);
            log.info("made a copy in {}", to);
        } catch (IOException fault) {
            log.warn("a copy could not be made: {}", fault.getMessage());
            Files.writeString(to.resolveSibling(to.getFileName() + REFUSED), String.valueOf(fault.getMessage()));
            Files.deleteIfExists(question);
        }
        if (!Files.exists(question)) delete(to);
    }

    // --- who asks
    // -----------------------------------------------------------------------------------------------------------------

    /** Has the process that uses a directory make a copy, and moves it where it is wanted. */
    private static void ask(Path directory, Path to, Duration patience) throws IOException {
        Path backups = Files.createDirectories(directory.resolve(BACKUPS));
        Path lock = backups.resolve(ASKING);
        try (FileChannel asking = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock alone = alone(asking)) {
            if (alone == null) throw new IOException("another backup of " + directory + " is under way");
            clear(backups, lock);
            try {
                move(answered(backups.resolve(UUID.randomUUID().toString()), directory, patience), to);
            } finally {
                clear(backups, lock);
            }
        }
    }

    private static @Nullable FileLock alone(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException thisProcess) {
            return null;
        }
    }

    /** Questions first: a copy that is made for one that is gone is deleted by who made it. */
    private static void clear(Path backups, Path lock) throws IOException {
        List<Path> left;
        try (Stream<Path> all = Files.list(backups)) {
            left = all.filter(path -> !path.equals(lock)).toList();
        }
        for (Path path : left) if (path.toString().endsWith(WANTED)) Files.deleteIfExists(path);
        for (Path path : left) delete(path);
    }

    /** Asks and waits. */
    private static Path answered(Path answer, Path directory, Duration patience) throws IOException {
        Path question = Files.createFile(answer.resolveSibling(answer.getFileName() + WANTED));
        Path refusal = answer.resolveSibling(answer.getFileName() + REFUSED);
        long end = System.nanoTime() + patience.toNanos();
        while (!Files.exists(answer)) {
            if (!Files.exists(question) && Files.exists(refusal))
                throw new IOException("the process that uses " + directory + " can't make a copy: "
                        + Files.readString(refusal).replaceAll("\\p{Cntrl}", " "));
            if (System.nanoTime() - end > 0)
                throw new IOException("the process that uses " + directory + " has made no copy within "
                        + patience.toSeconds() + " s; its log may say why");
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
        Files.delete(question);
        return answer;
    }

    /** Also from one disk to another. */
    private static void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException elsewhere) {
            LogDirectory.forItsOwnerAlone(Files.createDirectory(to));
            try (Stream<Path> files = Files.list(from)) {
                for (Path file : (Iterable<Path>) files::iterator) {
                    Path copy = to.resolve(file.getFileName().toString());
                    Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES);
                    force(copy);
                }
            }
        }
    }

    /** The disk has it, as far as the system can tell. */
    private static void force(Path path) throws IOException {
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
            file.force(true);
        } catch (IOException fault) {
            // Not every system opens directories.
            if (!Files.isDirectory(path)) throw fault;
        }
    }

    /** Deletes a file, or a directory with all that is in it; nothing if there is none. */
    static void delete(Path directory) throws IOException {
        if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) return;
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException fault) throws IOException {
                if (fault != null) throw fault;
                Files.deleteIfExists(folder);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
