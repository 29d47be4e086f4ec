package dev.openline.proof;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The Autobahn testsuite, {@code wstest}: 517 cases that most WebSocket engines are measured by. It needs Python 2.7 with pip and
 * is installed from PyPI at its first use, into a folder of ours.
 */
final class Autobahn {
    private static final String PACKAGE = "autobahntestsuite==25.10.1";
    private static final List<String> PYTHONS = List.of("python2.7", "python2");

    /** The testsuite cannot be run on this machine. */
    static final class NoPython extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NoPython() {
            super("the Autobahn testsuite needs Python 2.7 with pip, and there is none on the PATH");
        }
    }

    private final Path folder;
    private final String python;

    private Autobahn(Path folder, String python) {
        this.folder = folder;
        this.python = python;
    }

    /**
     * Finds Python and installs the testsuite where it is missing.
     *
     * @throws NoPython when there is no Python 2.7
     * @throws IllegalStateException when pip fails
     */
    static Autobahn in(Path folder) throws IOException, InterruptedException {
        return in(folder, pythons());
    }

    static Autobahn in(Path folder, List<String> pythons) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        Autobahn autobahn = new Autobahn(folder.toAbsolutePath(), firstWithPip(pythons, folder.resolve("python.log")));
        autobahn.install();
        return autobahn;
    }

    private static List<String> pythons() throws IOException {
        List<String> places = new ArrayList<>(PYTHONS);
        // Where pyenv keeps one that is not the folder's choice.
        Path pyenv = Path.of(System.getProperty("user.home"), ".pyenv", "versions");
        if (Files.isDirectory(pyenv)) {
            try (var versions = Files.newDirectoryStream(pyenv, "2.7*")) {
                for (Path version : versions)
                    places.add(version.resolve("bin/python2.7").toString());
            }
        }
        return places;
    }

    private static String firstWithPip(List<String> pythons, Path log) throws InterruptedException {
        for (String python : pythons) {
            if (exit(log, List.of(python, "-m", "pip", "--version")) == 0) return python;
        }
        throw new NoPython();
    }

    private void install() throws IOException, InterruptedException {
        Path site = folder.resolve("site");
        Path script = folder.resolve("wstest.py");
        if (Files.exists(script)) return;
        Path log = folder.resolve("install.log");
        int exit = exit(log, List.of(python, "-m", "pip", "install", "--target", site.toString(), PACKAGE));
        if (exit != 0) throw new IllegalStateException("pip could not install " + PACKAGE + ", see " + log);
        // Its packages share a namespace, for which Python has to read the .pth files of the folder.
        Files.writeString(
                script,
                "import site, sys\nsite.addsitedir('" + site + "')\nsys.path.insert(0, '" + site + "')\n"
                        + "from autobahntestsuite.wstest import run\nrun()\n");
    }

    /** Starts one of its modes with a specification; what it says goes to a log in the folder. */
    Process start(String mode, String specification) throws IOException {
        Path file = folder.resolve(mode + ".json");
        Files.writeString(file, specification, StandardCharsets.UTF_8);
        return process(
                folder.resolve(mode + ".log"),
                List.of(python, folder.resolve("wstest.py").toString(), "-m", mode, "-s", file.toString(), "-u", "0"));
    }

    /** Where it puts its reports, a page for each case among them. */
    Path reports(String role) {
        return folder.resolve("reports").resolve(role);
    }

    private static int exit(Path log, List<String> command) throws InterruptedException {
        try {
            return process(log, command).waitFor();
        } catch (IOException notThere) {
            return -1;
        }
    }

    private static Process process(Path log, List<String> command) throws IOException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
    }
}
