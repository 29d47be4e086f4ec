package dev.openline.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.protocol.StreamPosition;
import dev.openline.server.OpenlineServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that keeps its logs in a directory. */
class DataTest {
    @TempDir
    Path folder;

    private ServeCommand command(String... more) {
        String[] arguments = new String[5 + more.length];
        System.arraycopy(
                new String[] {
                    "--port",
                    "0",
                    "--insecure",
                    "--data",
                    folder.resolve("data").toString()
                },
                0,
                arguments,
                0,
                5);
        System.arraycopy(more, 0, arguments, 5, more.length);
        return CommandRun.parsed("serve", arguments);
    }

    private static StreamPosition publish(OpenlineServer server) throws Exception {
        return server.publish("news", "\"hello\"").get(20, TimeUnit.SECONDS).orElseThrow();
    }

    @Test
    void goesOnAfterARestartWhereItWas() throws Exception {
        ServeCommand first = command();
        OpenlineServer server = first.open();
        StreamPosition one = publish(server);
        assertThat(publish(server)).isEqualTo(new StreamPosition(2, one.epoch()));
        first.close(server);

        ServeCommand second = command("--durability", "fsync");
        OpenlineServer again = second.open();
        try {
            assertThat(publish(again)).isEqualTo(new StreamPosition(3, one.epoch()));
            String address = "ws://127.0.0.1:" + again.port() + "/connection/websocket";
            String commands =
                    "{\"id\":1,\"connect\":{}}\n{\"id\":2,\"subscribe\":{\"channel\":\"news\",\"recover\":true,"
                            + "\"epoch\":\"" + one.epoch() + "\",\"offset\":1}}\n";
            assertThat(CommandRun.withInput(commands, "connect", address).out())
                    .contains("\"recovered\":true", "\"offset\":2", "\"offset\":3");
        } finally {
            second.close(again);
        }
    }

    @Test
    void tellsWhatItsStoreDoes() throws Exception {
        ServeCommand command = command("--api-key", "k");
        OpenlineServer server = command.open();
        try {
            publish(server);
            assertThat(api(server, "info", "{}"))
                    .containsPattern("\"metrics\":\\{\"interval\":0,\"items\":\\{\"store.commits\":[1-9],"
                            + "\"store.publications\":1,\"store.refused\":0,\"store.waiting\":0}}");
        } finally {
            command.close(server);
        }
    }

    private static String api(OpenlineServer server, String method, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/api/" + method))
                .header("X-API-Key", "k")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body();
    }

    @Test
    void whoWasRevokedStaysSoAfterARestart() throws Exception {
        String secret = "a secret of thirty-two characters";
        Path config = Files.writeString(
                folder.resolve("config.yaml"),
                ("{http_server: {port: 0}, client: {token: {hmac_secret_key: '%s'}}, http_api: {key: k},"
                                + " data: {directory: '%s', max_megabytes: 100}}")
                        .formatted(secret, folder.resolve("data")));
        String token = CommandRun.of("gentoken", "--config", config.toString(), "--user", "eve")
                .out()
                .strip();
        ServeCommand first = CommandRun.parsed("serve", "--config", config.toString());
        OpenlineServer server = first.open();
        assertThat(connected(server, token)).contains("\"client\":");
        assertThat(api(server, "invalidate_user_tokens", "{\"user\":\"eve\"}")).isEqualTo("{\"result\":{}}");
        first.close(server);

        ServeCommand second = CommandRun.parsed("serve", "--config", config.toString());
        OpenlineServer again = second.open();
        try {
            assertThat(connected(again, token)).contains("3500");
        } finally {
            second.close(again);
        }
    }

    private static String connected(OpenlineServer server, String token) {
        CommandRun run = CommandRun.withInput(
                "{\"id\":1,\"connect\":{\"token\":\"" + token + "\"}}\n",
                "connect",
                "ws://127.0.0.1:" + server.port() + "/connection/websocket");
        return run.out() + run.err();
    }

    @Test
    void isRefusedWhereAnotherHasTheDirectory() {
        ServeCommand first = command();
        OpenlineServer server = first.open();
        try {
            CommandRun run = CommandRun.of(
                    "serve",
                    "--port",
                    "0",
                    "--insecure",
                    "--data",
                    folder.resolve("data").toString());
            assertThat(run.exitCode()).isEqualTo(Main.FAILURE);
            assertThat(run.err()).contains("is in use by another process");
        } finally {
            first.close(server);
        }
    }
}
