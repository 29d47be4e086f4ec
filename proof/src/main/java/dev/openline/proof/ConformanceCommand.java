package dev.openline.proof;

import dev.openline.net.WebSocketServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code openline conformance}: what the Autobahn testsuite says about an end of WebSocket. */
@Command(
        name = "conformance",
        description =
                "Runs the Autobahn testsuite (it needs Python 2.7) against Openline's server, its client, or any server "
                        + "that echoes; ends with 1 when a case fails.",
        mixinStandardHelpOptions = true)
final class ConformanceCommand implements Callable<Integer> {
    @Parameters(paramLabel = "URL", arity = "0..1", description = "A server that echoes, instead of Openline's.")
    private @Nullable URI server;

    @Option(names = "--client", description = "Test Openline's client.")
    private boolean client;

    @Option(
            names = "--cases",
            paramLabel = "LIST",
            split = ",",
            defaultValue = "*",
            description = "Which cases, such as 1.*,7.1.1; default all, which takes minutes.")
    private List<String> cases = List.of();

    @Option(
            names = "--into",
            paramLabel = "DIR",
            defaultValue = "target/autobahn",
            description = "Where the testsuite is installed and reports to; default ${DEFAULT-VALUE}.")
    private Path into = Path.of("target/autobahn");

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (client && server != null) {
            throw new ParameterException(
                    spec.commandLine(), "--client tests Openline's own client: leave the URL out.");
        }
        Autobahn autobahn = Autobahn.in(into);
        Path reports = autobahn.reports(client ? "clients" : "servers");
        Files.deleteIfExists(reports.resolve("index.json"));
        if (client) testClient(autobahn, reports);
        else testServer(autobahn, reports);
        Verdicts verdicts = Verdicts.read(reports.resolve("index.json"));
        PrintWriter out = spec.commandLine().getOut();
        verdicts.print(out);
        out.println("the whole report: " + reports.resolve("index.html"));
        if (verdicts.size() == 0) throw new IllegalStateException("no such cases");
        return verdicts.failures().isEmpty() ? 0 : 1;
    }

    private void testServer(Autobahn autobahn, Path reports) throws IOException, InterruptedException {
        try (WebSocketServer ours = server == null ? Testee.server() : null) {
            String url = ours == null ? String.valueOf(server) : "ws://127.0.0.1:" + ours.port();
            String agent = ours == null ? "server" : "Openline";
            String servers = "\"servers\": [{\"agent\": \"" + agent + "\", \"url\": \"" + url + "\"}]";
            int exit = autobahn.start("fuzzingclient", specification(servers, reports))
                    .waitFor();
            if (exit != 0) throw new IllegalStateException("wstest ended with " + exit + ", see its log in " + into);
        }
    }

    private void testClient(Autobahn autobahn, Path reports) throws IOException, InterruptedException {
        int port = freePort();
        String url = "ws://127.0.0.1:" + port;
        Process suite = autobahn.start("fuzzingserver", specification("\"url\": \"" + url + "\"", reports));
        try {
            awaitOpen(port, suite);
            Testee.dialEveryCase(URI.create(url));
        } finally {
            suite.destroy();
            suite.waitFor();
        }
    }

    private String specification(String peer, Path reports) {
        String list = cases.stream().map(id -> '"' + id + '"').collect(Collectors.joining(", "));
        return "{\"outdir\": \"" + reports + "\", " + peer + ", \"cases\": [" + list
                + "], \"exclude-cases\": [], \"exclude-agent-cases\": {}}";
    }

    private static int freePort() throws IOException {
        try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return any.getLocalPort();
        }
    }

    private static void awaitOpen(int port, Process suite) throws InterruptedException {
        while (suite.isAlive()) {
            try (Socket probe = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return;
            } catch (IOException notYet) {
                Thread.sleep(100);
            }
        }
        throw new IllegalStateException("wstest ended with " + suite.exitValue() + ", see its log");
    }
}
