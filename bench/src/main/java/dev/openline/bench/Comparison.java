package dev.openline.bench;

import dev.openline.net.Transport;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Measures cases on both servers, alternately, and reports them side by side. */
final class Comparison {
    private final RunOptions options;
    private final TableReport table;

    Comparison(RunOptions options, PrintWriter out) {
        this.options = options;
        this.table = new TableReport(out);
    }

    /** Runs all cases; the file for machines is opened first, so that a wrong name is not found out after minutes. */
    void run(List<Case> cases) throws IOException {
        Path file = options.json();
        if (file == null) {
            run(cases, null);
            return;
        }
        try (Writer json = Files.newBufferedWriter(file)) {
            run(cases, json);
        } catch (FileSystemException e) {
            throw new IOException("cannot write " + e.getMessage(), e);
        }
    }

    private void run(List<Case> cases, @Nullable Writer json) throws IOException {
        Transport transport = options.transport();
        Pinning pinning = Pinning.choose(options.serverThreads());
        Map<String, String> environment = Environment.of(options, transport, pinning);
        table.begin(environment);
        List<Results> all = new ArrayList<>();
        Map<Peer, SubjectProcess> servers = new EnumMap<>(Peer.class);
        try {
            for (Peer peer : Peer.values()) {
                servers.put(peer, SubjectProcess.start(peer, transport, options.serverThreads(), pinning));
            }
            for (Case each : cases) {
                Results results = measure(each, servers);
                table.add(results);
                all.add(results);
            }
        } finally {
            servers.values().forEach(SubjectProcess::close);
        }
        if (json != null) JsonReport.write(environment, all, json);
    }

    private Results measure(Case each, Map<Peer, SubjectProcess> servers) throws IOException {
        Map<Peer, List<Figures>> rounds = new EnumMap<>(Peer.class);
        for (int round = 0; round < options.rounds(); round++) {
            for (Peer peer : Peer.values()) {
                rounds.computeIfAbsent(peer, first -> new ArrayList<>()).add(each.measure(servers.get(peer)));
            }
        }
        return new Results(each.name(), rounds);
    }
}
