package dev.openline.app;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A machine for the launcher: a project folder with a copy of the script, a PATH with a few ordinary tools and nothing
 * else, an empty home, and whatever JDKs and Maven the test installs. These are scripts that print what they were told.
 */
final class LauncherFixture {
    private static final List<String> TOOLS = List.of(
            "bash",
            "env",
            "sh",
            "dirname",
            "readlink",
            "find",
            "head",
            "tail",
            "cat",
            "mkdir",
            "touch",
            "cp",
            "mv",
            "rm",
            "sleep");

    private final Path folder;
    private final Path project;
    private final Path bin;
    private final Map<String, String> environment = new HashMap<>();

    LauncherFixture(Path folder) throws IOException {
        this.folder = folder.toRealPath();
        project = Files.createDirectories(this.folder.resolve("open line"));
        bin = Files.createDirectories(this.folder.resolve("bin"));
        for (String tool : TOOLS) Files.createSymbolicLink(bin.resolve(tool), real(tool));
        for (String module : List.of("app", "bench", "proof")) {
            Path sources = Files.createDirectories(project.resolve(module + "/src/main"));
            Files.writeString(sources.resolve("Main.java"), "");
        }
        Files.copy(Path.of("../openline"), launcher());
        environment.put("PATH", bin.toString());
        environment.put("HOME", Files.createDirectories(folder.resolve("home")).toString());
        environment.put("OPENLINE_ROOT", this.folder.toString());
    }

    record Run(int exitCode, long pid, String out, String err) {}

    Path project() {
        return project;
    }

    Path launcher() {
        return project.resolve("openline");
    }

    Map<String, String> environment() {
        return environment;
    }

    /** A JDK in a folder relative to the machine's root, whose java prints its arguments, its process and its folder. */
    Path installJdk(String where, String version) throws IOException {
        Path home =
                Files.createDirectories(folder.resolve(where).resolve("bin")).getParent();
        Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"nobody\"\nJAVA_VERSION=\"" + version + "\"\n");
        script(home.resolve("bin/javac"), "");
        script(home.resolve("bin/java"), """
                if [ "$1" = -version ]; then echo 'openjdk version "%s" 2024-01-16' >&2; exit; fi
                echo "$0 $*"
                printf '%%s|' "$@"; echo
                echo "pid $$"
                echo "in $PWD"
                exit ${FAKE_EXIT_CODE:-0}
                """.formatted(version));
        return home;
    }

    /** A Maven that writes down how it was called and leaves a class path for the module, as ours does. */
    void installMaven() throws IOException {
        script(bin.resolve("mvn"), """
                while [ "$1" != -pl ]; do shift; done
                echo "JAVA_HOME=$JAVA_HOME $1 $2" >> builds
                echo '[INFO] Building Openline wire 0.1.0 [1/2]'
                echo '[INFO] Building Openline app 0.1.0 [2/2]'
                mkdir -p "$2/target/lib"
                touch "$2/target/lib/library.jar" "$2/target/openline-$2-1.jar"
                """);
    }

    void installFailingMaven(String lastWords) throws IOException {
        script(bin.resolve("mvn"), "echo \"" + lastWords + "\"; exit 1\n");
    }

    void putOnPath(Path program) throws IOException {
        Files.createSymbolicLink(bin.resolve(program.getFileName()), program);
    }

    /** Makes a file older than everything the test has written. */
    void age(Path file) throws IOException {
        Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH));
    }

    /** How Maven was called, one line for each time. */
    List<String> builds() throws IOException {
        return Files.readAllLines(project.resolve("builds"));
    }

    Run run(String... arguments) throws IOException, InterruptedException {
        return run(launcher(), List.of(arguments));
    }

    Run run(Path program, List<String> arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(arguments);
        Path err = Files.createTempFile(folder, "err", ".txt");
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.toFile()).redirectError(err.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        try (InputStream out = process.getInputStream()) {
            String printed = new String(out.readAllBytes(), StandardCharsets.UTF_8);
            return new Run(process.waitFor(), process.pid(), printed, Files.readString(err));
        }
    }

    private static void script(Path file, String body) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + body);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static Path real(String tool) {
        for (String entry : System.getenv("PATH").split(":")) {
            Path candidate = Path.of(entry, tool);
            if (Files.isExecutable(candidate)) return candidate;
        }
        throw new IllegalStateException(tool + " is not on the PATH");
    }
}
