package dev.openline.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Measures cases on all servers, alternately, and reports them side by side. */
final class Comparison {
    /** Servers are warm after the first round; later ones only have to get going. */
    private static final double LATER_WARM_UP = 1 / 3.0;

    private final RunOptions options;
    private final TableReport table;
    private final Pinning pinning;
    private final Map<String, Server> servers = new LinkedHashMap<>();
    private @Nullable Identity identity;

    Comparison(RunOptions options, PrintWriter out) throws IOException {
        this.options = options;
        this.table = new TableReport(out, options.baseline());
        this.pinning = Pinning.choose(options.serverThreads());
    }

    /** Runs all cases. The file for machines is written at the start, to find out now whether it can be, and after every case. */
    void run(List<Case> cases) throws IOException {
        try (Congestion congestion = Congestion.set(options.congestion())) {
            Map<String, String> environment = Environment.of(options, pinning, congestion);
            List<Results> all = new ArrayList<>();
            write(environment, all);
            table.begin(environment);
            try {
                for (Case each : cases) {
                    Results results = measure(each);
                    table.add(results);
                    all.add(results);
                    write(environment, all);
                }
            } finally {
                servers.values().forEach(Server::close);
            }
            table.end(all);
        }
    }

    private void write(Map<String, String> environment, List<Results> all) throws IOException {
        Path file = options.json();
        if (file == null) return;
        try (Writer json = Files.newBufferedWriter(file)) {
            JsonReport.write(environment, options.baseline(), all, json);
        } catch (FileSystemException e) {
            throw new IOException("cannot write " + e.getMessage(), e);
        }
    }

    private Results measure(Case each) throws IOException {
        Results results = new Results(each.name(), new LinkedHashMap<>(), new LinkedHashMap<>());
        for (int round = 0; round < each.rounds(options.rounds()); round++) {
            double warmUp = options.warmUp() * (round == 0 ? 1 : LATER_WARM_UP);
            for (Contender contender : options.contenders()) {
                if (!each.suits(contender)
                        || !contender.serves(each.variant())
                        || results.failures().containsKey(contender.label())) continue;
                measure(each, contender, warmUp, results);
            }
        }
        return results;
    }

    private void measure(Case each, Contender contender, double warmUp, Results results) throws IOException {
        String label = contender.label();
        String key = label + each.variant().suffix();
        if (each.wantsFreshServer()) stop(key);
        try {
            Server server = server(key, contender, each.variant());
            Figures figures = each.measure(server, warmUp, options.window());
            results.rounds().computeIfAbsent(label, first -> new ArrayList<>()).add(figures);
        } catch (IOException | IllegalStateException e) {
            // The other servers' figures are as good as ever; this one's are none.
            results.failures().put(label, String.valueOf(e.getMessage()));
            results.rounds().remove(label);
            stop(key);
        }
        if (each.wantsFreshServer()) stop(key);
    }

    private Server server(String key, Contender contender, Variant variant) throws IOException {
        Server running = servers.get(key);
        if (running != null) return running;
        if (variant == Variant.TLS && identity == null) identity = Identity.make();
        Server started = contender.start(contender.options(options.serverThreads(), variant, identity), pinning);
        servers.put(key, started);
        return started;
    }

    private void stop(String key) {
        Server server = servers.remove(key);
        if (server != null) server.close();
    }
}
