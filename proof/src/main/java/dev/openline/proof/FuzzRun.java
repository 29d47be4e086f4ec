package dev.openline.proof;

import dev.openline.wire.Corpus;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One target under Jazzer, in a process of its own: it begins with the repository's corpus and what earlier runs in the same
 * folder found interesting, follows the coverage of Openline's classes, and ends at the first finding or when its time is up.
 */
final class FuzzRun {
    private static final Pattern STATUS = Pattern.compile("#([0-9]+)\\s+(\\w+)\\s+cov: ([0-9]+) .*corp: ([0-9]+)/.*");

    /** The targets and their oracles: following them would reward the fuzzer for exploring the tests. */
    private static final String ORACLES = String.join(
            ":",
            Stream.of(
                            "Fuzz*",
                            "NaiveReader*",
                            "Recorder*",
                            "WireEvent*",
                            "Naive*",
                            "Deflating",
                            "Feed",
                            "Hex",
                            "Corpus")
                    .map("dev.openline.wire."::concat)
                    .toList());

    private final Target target;
    private final Path folder;
    private long executions;
    private int edges;
    private int inputs;

    FuzzRun(Target target, Path into) {
        this.target = target;
        this.folder = into.resolve(target.toString());
    }

    /** Fuzzes, saying how it goes; true when nothing was found. */
    boolean fuzz(int seconds, PrintWriter out) throws IOException, InterruptedException {
        Path corpus = Files.createDirectories(folder.resolve("corpus"));
        Path findings = Files.createDirectories(folder.resolve("findings"));
        List<Path> before = files(findings);
        int number = 0;
        for (Map.Entry<String, byte[]> input : target.corpus().entrySet()) {
            Files.write(corpus.resolve("repository-" + number++), input.getValue());
        }
        out.printf(
                "fuzzing %s for %d s, from %d inputs%n",
                target, seconds, files(corpus).size());
        out.flush();
        Process jazzer = new ProcessBuilder(command(seconds, corpus, findings))
                .redirectErrorStream(true)
                .start();
        try {
            follow(jazzer, out);
            int exit = jazzer.waitFor();
            List<Path> found = files(findings).stream()
                    .filter(file -> !before.contains(file))
                    .toList();
            if (exit != 0 && found.isEmpty()) {
                throw new IllegalStateException("Jazzer ended with " + exit + ", see " + log());
            }
            report(found, out);
            return found.isEmpty();
        } finally {
            jazzer.destroy();
        }
    }

    private List<String> command(int seconds, Path corpus, Path findings) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+EnableDynamicAgentLoading",
                "-Xmx1g",
                "-cp",
                System.getProperty("java.class.path"),
                "com.code_intelligence.jazzer.Jazzer",
                "--target_class=" + target.className(),
                "--instrumentation_includes=dev.openline.**",
                "--instrumentation_excludes=" + ORACLES,
                "--custom_hook_includes=dev.openline.**",
                "--reproducer_path=" + findings,
                "-artifact_prefix=" + findings + "/",
                "-max_total_time=" + seconds,
                "-max_len=" + target.maxBytes(),
                "-timeout=10",
                "-rss_limit_mb=3000",
                corpus.toString());
    }

    private void follow(Process jazzer, PrintWriter out) throws IOException {
        boolean finding = false;
        try (BufferedReader lines = jazzer.inputReader(StandardCharsets.UTF_8);
                PrintWriter log = new PrintWriter(Files.newBufferedWriter(log()))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                log.println(line);
                Matcher status = STATUS.matcher(line);
                if (status.matches()) {
                    executions = Long.parseLong(status.group(1));
                    edges = Integer.parseInt(status.group(3));
                    inputs = Integer.parseInt(status.group(4));
                }
                finding |= line.startsWith("== Java Exception") || line.contains("ERROR: libFuzzer");
                if (finding || status.matches() && !status.group(2).matches("NEW|REDUCE")) {
                    out.println("  " + line);
                    out.flush();
                }
            }
        }
    }

    private void report(List<Path> found, PrintWriter out) throws IOException {
        out.printf("%s: %,d runs, %d edges reached, %d inputs that differ%n", target, executions, edges, inputs);
        for (Path file : found) {
            if (file.getFileName().toString().endsWith(".java")) continue;
            out.printf("found %s; as a line of the corpus:%n", file);
            out.printf("describe me: %s%n", Corpus.escaped(Files.readAllBytes(file)));
        }
        out.flush();
    }

    private Path log() {
        return folder.resolve("log.txt");
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }
}
