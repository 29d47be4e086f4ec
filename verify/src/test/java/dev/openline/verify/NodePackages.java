package dev.openline.verify;

import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The scripts of these tests and the packages they import, side by side in {@code target/node}; npm brings the packages there once, at the
 * versions of the lock file. Where node or npm is missing, or npm can't reach its registry, the tests are skipped and say why.
 */
final class NodePackages {
    static final Path FOLDER = Path.of("target", "node").toAbsolutePath();

    private static final Path SOURCES = Path.of("src", "test", "node");
    private static final Path INSTALLED = FOLDER.resolve("installed.json");
    private static final Duration INSTALL_TIMEOUT = Duration.ofMinutes(4);
    private static final int OLDEST_NODE = 20;

    /** How npm says that it found nobody to ask. */
    private static final Pattern UNREACHABLE = Pattern.compile(
            "ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|ERR_SOCKET_TIMEOUT|ENOTCACHED"
                    + "|E40[137]|E50\\d|UNABLE_TO_|SELF_SIGNED|CERT_");

    private NodePackages() {}

    /** Puts everything in its place, or skips the test. */
    static synchronized void require() {
        assumeTrue(
                nodeVersion() >= OLDEST_NODE,
                "node " + OLDEST_NODE + " or newer is not on the PATH: not tested with node");
        try {
            Files.createDirectories(FOLDER);
            copySources();
            Path lock = FOLDER.resolve("package-lock.json");
            if (!Files.exists(INSTALLED) || Files.mismatch(lock, INSTALLED) >= 0) {
                install();
                Files.copy(lock, INSTALLED, StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void copySources() throws IOException {
        try (Stream<Path> sources = Files.list(SOURCES)) {
            for (Path source : sources.filter(Files::isRegularFile).toList()) {
                Files.copy(source, FOLDER.resolve(source.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private static void install() throws IOException {
        Path output = FOLDER.resolve("npm-output.txt");
        Process npm = started(
                List.of(
                        "npm",
                        "ci",
                        "--ignore-scripts",
                        "--no-audit",
                        "--no-fund",
                        "--prefer-offline",
                        "--fetch-retries=1"),
                output);
        assumeTrue(npm != null, "npm is not on the PATH: not tested with node");
        if (!ended(npm, INSTALL_TIMEOUT)) {
            abort("npm did not get the packages within " + INSTALL_TIMEOUT + ": not tested with node");
        }
        String said = Files.readString(output);
        if (npm.exitValue() == 0) return;
        if (UNREACHABLE.matcher(said).find()) {
            abort("npm can't reach its registry: not tested with node. It said:\n" + said);
        }
        fail("npm ci failed:\n" + said);
    }

    private static int nodeVersion() {
        try {
            Files.createDirectories(FOLDER);
            Path output = FOLDER.resolve("node-version.txt");
            Process node = started(List.of("node", "--version"), output);
            if (node == null || !ended(node, Waiting.PATIENCE) || node.exitValue() != 0) return 0;
            return Integer.parseInt(Files.readString(output).strip().replaceFirst("v(\\d+)\\..*", "$1"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A process, or null where there is no such command. */
    private static Process started(List<String> command, Path output) {
        try {
            return new ProcessBuilder(command)
                    .directory(FOLDER.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
        } catch (IOException notThere) {
            return null;
        }
    }

    private static boolean ended(Process process, Duration patience) {
        try {
            if (process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        return false;
    }
}
