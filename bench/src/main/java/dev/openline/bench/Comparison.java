package dev.openline.bench;

import dev.openline.net.Transport;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Measures cases on both servers, alternately, and prints the medians side by side. */
final class Comparison {
    private static final List<String> SERVERS = List.of("openline", "netty");

    private final RunOptions options;
    private final PrintWriter out;

    Comparison(RunOptions options, PrintWriter out) {
        this.options = options;
        this.out = out;
    }

    void run(List<Case> cases) throws IOException {
        Transport transport = options.transport();
        int processors = Runtime.getRuntime().availableProcessors();
        SubjectProcess.Pinning pinning = SubjectProcess.Pinning.choose(options.serverThreads());
        out.printf(
                "transport %s, %d event loop(s); %s%n",
                transport.optionName(), options.serverThreads(), pinning.description());
        out.printf(
                "JDK %s, %s %s, %d processors, TCP congestion control %s; loopback%n",
                Runtime.version(),
                System.getProperty("os.name"),
                System.getProperty("os.version"),
                processors,
                congestionControl());
        out.printf(
                "%d rounds, alternating; %s s warm-up and %s s window each; medians%n%n",
                options.rounds(), options.warmUp(), options.window());
        List<SubjectProcess> servers = new ArrayList<>();
        try {
            for (String name : SERVERS)
                servers.add(SubjectProcess.start(name, transport, options.serverThreads(), pinning));
            header();
            for (Case each : cases) compare(each, servers);
        } finally {
            servers.forEach(SubjectProcess::close);
        }
        out.flush();
    }

    private void compare(Case each, List<SubjectProcess> servers) throws IOException {
        Map<String, List<Figures>> rounds = new LinkedHashMap<>();
        for (int round = 0; round < options.rounds(); round++) {
            for (SubjectProcess server : servers) {
                rounds.computeIfAbsent(server.name(), name -> new ArrayList<>()).add(each.measure(server));
            }
        }
        Map<String, Figures> medians = new LinkedHashMap<>();
        rounds.forEach((server, figures) -> medians.put(server, Figures.median(figures)));
        medians.forEach((server, figures) -> row(each.name(), server, figures));
        ratio(medians.get("openline"), medians.get("netty"));
        out.flush();
    }

    private void header() {
        out.printf(
                "%-34s %-9s %11s %11s %7s %9s %9s %9s %9s%n",
                "case", "server", "msg/s", "CPU us/msg", "system", "p50 us", "p99 us", "p99.9 us", "generator");
    }

    private void row(String name, String server, Figures f) {
        out.printf(
                Locale.ROOT,
                "%-34s %-9s %,11.0f %11.2f %6.0f%% %9.0f %9.0f %9.0f %8.0f%%%s%n",
                name,
                server,
                f.perSecond(),
                f.cpuMicros(),
                f.system() * 100,
                f.p50(),
                f.p99(),
                f.p999(),
                f.generator() * 100,
                f.generator() > Figures.BUSY ? "  the load may be the limit of msg/s" : "");
    }

    private void ratio(Figures ours, Figures theirs) {
        out.printf(
                Locale.ROOT,
                "%-34s %-9s %11.2f %11.2f %7s %9.2f %9.2f %9.2f%n%n",
                "",
                "ratio",
                ours.perSecond() / theirs.perSecond(),
                ours.cpuMicros() / theirs.cpuMicros(),
                "",
                ours.p50() / theirs.p50(),
                ours.p99() / theirs.p99(),
                ours.p999() / theirs.p999());
    }

    private static String congestionControl() throws IOException {
        Path setting = Path.of("/proc/sys/net/ipv4/tcp_congestion_control");
        return Files.isReadable(setting) ? Files.readString(setting).strip() : "of the system";
    }
}
