package dev.openline.store.disk;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies of a store. One that is in use makes them for whoever asks for one in its own directory, because who may write there could take all of it anyway: a file
 * {@code backups/NAME.wanted} is the question, the directory {@code backups/NAME} the answer, whole from the moment it is there.
 *
 * <p>A copy knows that it is one. Whoever opens it may have seen an older state of what clients have seen since, so every log begins a new life in it.
 */
final class Copies {
    static final String BACKUPS = "backups";
    static final String WANTED = ".wanted";

    private static final Logger log = LoggerFactory.getLogger(DiskStore.class);
    private static final String MARK = "COPY";
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
        copying.to(unfinished);
        Files.writeString(
                unfinished.resolve(MARK),
                "A copy: who opens it begins a new life of every log, as clients may know later ones.\n");
        Files.move(unfinished, to, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Makes the copies that are wanted in a directory, and clears away what a process that was killed has left. For one thread. */
    static void answer(Path directory, Copying copying) {
        Path backups = directory.resolve(BACKUPS);
        if (!Files.isDirectory(backups)) return;
        try (DirectoryStream<Path> all = Files.newDirectoryStream(backups)) {
            for (Path one : all) {
                String file = one.getFileName().toString();
                if (file.endsWith(UNFINISHED)) delete(one);
                if (!file.endsWith(WANTED)) continue;
                String name = file.substring(0, file.length() - WANTED.length());
                if (NAME.matcher(name).matches()) answer(one, backups.resolve(name), copying);
            }
        } catch (IOException | UncheckedIOException fault) {
            log.warn("copies could not be looked for: {}", fault.getMessage());
        }
    }

    /** A question that can't be answered is taken away too: who has asked sees that there is nothing. */
    private static void answer(Path question, Path answer, Copying copying) throws IOException {
        try {
            if (!Files.exists(answer)) make(answer, copying);
            log.info("made a copy in {}", answer);
        } catch (IOException | UncheckedIOException fault) {
            log.warn("a copy could not be made: {}", fault.getMessage());
        } finally {
            Files.deleteIfExists(question);
        }
    }

    /** Has the process that uses a directory make a copy, and moves it where it is wanted. */
    static void ask(Path directory, Path to, Duration patience) throws IOException {
        Path backups = Files.createDirectories(directory.resolve(BACKUPS));
        String name = UUID.randomUUID().toString();
        Path answer = backups.resolve(name);
        Path question = Files.createFile(backups.resolve(name + WANTED));
        long end = System.nanoTime() + patience.toNanos();
        while (Files.exists(question)) {
            if (System.nanoTime() - end > 0) {
                Files.deleteIfExists(question);
                throw new IOException("the process that uses " + directory + " has made no copy within "
                        + patience.toSeconds() + " s; its log may say why");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
        if (!Files.exists(answer))
            throw new IOException("the process that uses " + directory + " could make no copy; its log says why");
        move(answer, to);
    }

    /** Also from one disk to another; what is there at the end is whole. */
    private static void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException elsewhere) {
            Path unfinished = to.resolveSibling(to.getFileName() + UNFINISHED);
            delete(unfinished);
            Files.createDirectories(unfinished);
            try (Stream<Path> files = Files.list(from)) {
                for (Path file : (Iterable<Path>) files::iterator)
                    Files.copy(file, unfinished.resolve(file.getFileName().toString()));
            }
            Files.move(unfinished, to, StandardCopyOption.ATOMIC_MOVE);
            delete(from);
        }
    }

    /** Deletes a directory with all that is in it; nothing if there is none. */
    static void delete(Path directory) throws IOException {
        if (!Files.exists(directory)) return;
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, IOException fault) throws IOException {
                if (fault != null) throw fault;
                Files.delete(folder);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
