package dev.openline.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.server.OpenlineServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;

class ServeCommandTest {
    private static OpenlineServer serve(String... args) {
        ServeCommand command = CommandRun.parsed("serve", args);
        return command.open();
    }

    /** What the server answers to these commands, each a line of JSON. */
    private static String say(OpenlineServer server, String... commands) {
        String address = "ws://127.0.0.1:" + server.port() + "/connection/websocket";
        return CommandRun.withInput(String.join("\n", commands) + "\n", "connect", address)
                .out();
    }

    @Test
    void withoutAnythingToServeItIsBadUsage() {
        CommandRun run = CommandRun.of("serve");

        assertThat(run.exitCode()).isEqualTo(Main.USAGE);
        assertThat(run.err()).contains("nobody could connect");
    }

    @Test
    void insecureServerLetsAnybodyUseItsChannels() {
        try (OpenlineServer server = serve("--port", "0", "--insecure", "--namespace", "chat=every,history=5")) {
            assertThat(say(
                            server,
                            "{\"id\":1,\"connect\":{}}",
                            "{\"id\":2,\"subscribe\":{\"channel\":\"news\"}}",
                            "{\"id\":3,\"subscribe\":{\"channel\":\"chat:1\"}}",
                            "{\"id\":4,\"publish\":{\"channel\":\"chat:1\",\"data\":\"hello\"}}"))
                    .contains("\"id\":1,\"connect\":{", "\"id\":2,\"subscribe\":{", "\"id\":3,\"subscribe\":{")
                    .contains("\"data\":\"hello\"", "{\"id\":4,\"publish\":{}}");
        }
    }

    @Test
    void namespaceThatWasNotNamedHasNoChannels() {
        try (OpenlineServer server = serve("--port", "0", "--insecure")) {
            assertThat(say(server, "{\"id\":1,\"connect\":{}}", "{\"id\":2,\"subscribe\":{\"channel\":\"chat:1\"}}"))
                    .contains("\"id\":2,\"error\":{\"code\":102");
        }
    }

    @Test
    void withoutInsecureNoClientIsLetIn() {
        try (OpenlineServer server = serve("--port", "0", "--api-key", "secret")) {
            String address = "ws://127.0.0.1:" + server.port() + "/connection/websocket";

            CommandRun run = CommandRun.withInput("{\"id\":1,\"connect\":{}}\n", "connect", address);

            assertThat(run.out()).isEmpty();
            assertThat(run.err()).contains("the line was closed with 35");
        }
    }

    @Test
    void apiKeyOpensTheHttpApi() throws Exception {
        try (OpenlineServer server = serve("--port", "0", "--api-key", "secret")) {
            assertThat(publish(server, "secret").body())
                    .contains("\"result\":{")
                    .contains("\"offset\":1");
            assertThat(publish(server, "guess").statusCode()).isEqualTo(401);
        }
    }

    @Test
    void pageOfAnAllowedOriginMayConnect() {
        try (OpenlineServer server = serve("--port", "0", "--insecure", "--allowed-origin", "https://example.com")) {
            String address = "ws://127.0.0.1:" + server.port() + "/connection/websocket";

            assertThat(CommandRun.of("connect", "--origin", "https://example.com", address)
                            .exitCode())
                    .isEqualTo(Main.OK);
            assertThat(CommandRun.of("connect", "--origin", "https://example.org", address)
                            .err())
                    .contains("403");
        }
    }

    @Test
    void anyOriginMayConnectWhereItIsSaid() {
        try (OpenlineServer server = serve("--port", "0", "--insecure", "--allowed-origin", "*")) {
            assertThat(CommandRun.of(
                                    "connect",
                                    "--origin",
                                    "https://example.org",
                                    "ws://127.0.0.1:" + server.port() + "/connection/websocket")
                            .exitCode())
                    .isEqualTo(Main.OK);
        }
    }

    @Test
    void originThatIsNoneIsBadUsage() {
        CommandRun run = CommandRun.of("serve", "--insecure", "--port", "0", "--allowed-origin", "example.com/path");

        assertThat(run.exitCode()).isEqualTo(Main.USAGE);
        assertThat(run.err()).contains("'example.com/path'");
    }

    @Test
    void namespaceNamedTwiceIsBadUsage() {
        CommandRun run = CommandRun.of(
                "serve", "--insecure", "--port", "0", "--namespace", "chat=every", "--namespace", "chat=latest");

        assertThat(run.exitCode()).isEqualTo(Main.USAGE);
        assertThat(run.err()).contains("chat");
    }

    private static HttpResponse<String> publish(OpenlineServer server, String key) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/api/publish"))
                .header("X-API-Key", key)
                .POST(HttpRequest.BodyPublishers.ofString("{\"channel\":\"news\",\"data\":{\"n\":1}}"))
                .build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }
}
