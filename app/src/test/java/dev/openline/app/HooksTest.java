package dev.openline.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.openline.net.WebSocket;
import dev.openline.net.WebSocketClient;
import dev.openline.net.WebSocketHandler;
import dev.openline.server.OpenlineServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The standalone server asks an application what its file says. */
class HooksTest {
    private static final Map<String, String> ANSWERS = Map.of(
            "/connect",
            "{\"result\":{\"user\":\"42\",\"channels\":[\"ours:hello\"]}}",
            "/subscribe",
            "{\"error\":{\"code\":1403,\"message\":\"not in this room\"}}",
            "/publish",
            "{\"result\":{\"data\":\"edited\"}}",
            "/rpc",
            "{\"result\":{\"data\":[2026]}}",
            "/events",
            "{}");

    @TempDir
    Path folder;

    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
    private HttpServer application;

    @BeforeEach
    void start() throws IOException {
        application = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        application.createContext("/", exchange -> {
            String asked = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            String path = exchange.getRequestURI().getPath();
            if (path.equals("/events")) told.add(asked);
            byte[] answer = ANSWERS.get(path).getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, answer.length);
            try (OutputStream body = exchange.getResponseBody()) {
                body.write(answer);
            }
        });
        application.start();
    }

    @AfterEach
    void stop() {
        application.stop(0);
    }

    private OpenlineServer serve(String yaml) throws IOException {
        Path file = folder.resolve("openline.yaml");
        Files.writeString(
                file,
                yaml.replace(
                        "APP", "http://127.0.0.1:" + application.getAddress().getPort()));
        ServeCommand command = CommandRun.parsed("serve", "--port", "0", "--config", file.toString());
        return command.open();
    }

    /** What a client hears that says this, up to a reply that begins so. */
    private static String say(String address, String frame, String last) throws Exception {
        StringBuffer heard = new StringBuffer();
        CompletableFuture<Void> done = new CompletableFuture<>();
        try (var client = WebSocketClient.create(options -> {})) {
            client.dial(URI.create(address), new WebSocketHandler() {
                        @Override
                        public void onText(WebSocket line, String text) {
                            heard.append(text).append('\n');
                            if (text.contains(last)) done.complete(null);
                        }
                    })
                    .toCompletableFuture()
                    .get(20, TimeUnit.SECONDS)
                    .sendText(frame);
            done.get(20, TimeUnit.SECONDS);
        }
        return heard.toString();
    }

    @Test
    void andDoesWhatItAnswers() throws Exception {
        String yaml = """
                client:
                  proxy:
                    connect: {enabled: true, endpoint: APP/connect, timeout: 10s}
                channel:
                  proxy:
                    subscribe: {endpoint: APP/subscribe, timeout: 10s}
                  namespaces:
                    - name: ours
                      occupancy_events: true
                    - name: room
                      subscribe_proxy_enabled: true
                    - name: board
                      publish_proxy_enabled: true
                      publish_proxy_name: editor
                      allow_subscribe_for_client: true
                proxies:
                  - {name: editor, endpoint: APP/publish, timeout: 10s}
                rpc:
                  proxy: {endpoint: APP/rpc, timeout: 10s}
                  without_namespace: {proxy_enabled: true}
                  namespaces: [{name: closed}]
                  ping: {enabled: true}
                events: {endpoint: APP/events, disconnected: true, timeout: 10s}
                """;
        try (OpenlineServer server = serve(yaml)) {
            String commands = String.join(
                    "\n",
                    "{\"id\":1,\"connect\":{}}",
                    "{\"id\":2,\"subscribe\":{\"channel\":\"room:1\"}}",
                    "{\"id\":3,\"subscribe\":{\"channel\":\"board:1\"}}",
                    "{\"id\":4,\"publish\":{\"channel\":\"board:1\",\"data\":\"raw\"}}",
                    "{\"id\":5,\"rpc\":{\"method\":\"year\"}}",
                    "{\"id\":6,\"rpc\":{\"method\":\"closed:x\"}}",
                    "{\"id\":7,\"rpc\":{\"method\":\"nowhere:x\"}}",
                    "{\"id\":8,\"rpc\":{\"method\":\"ping\"}}");
            String address = "ws://127.0.0.1:" + server.port() + "/connection/websocket";
            String heard = say(address, commands, "{\"id\":5,");
            assertThat(heard)
                    .contains("\"subs\":{\"ours:hello\":{")
                    .contains("{\"id\":2,\"error\":{\"code\":1403,\"message\":\"not in this room\"}}")
                    .contains("{\"id\":3,\"subscribe\":{")
                    .contains("\"pub\":{\"data\":\"edited\",\"info\":{\"user\":\"42\"")
                    .contains("{\"id\":5,\"rpc\":{\"data\":[2026]}}")
                    .contains("{\"id\":6,\"error\":{\"code\":108")
                    .contains("{\"id\":7,\"error\":{\"code\":104")
                    .contains("{\"id\":8,\"rpc\":{}}");
            StringBuilder all = new StringBuilder();
            while (!all.toString().contains("vacated") || !all.toString().contains("disconnected"))
                all.append(told.poll(20, TimeUnit.SECONDS));
            assertThat(all).contains("{\"type\":\"occupied\"", "\"channel\":\"ours:hello\"", "\"user\":\"42\"");
        }
    }

    @Test
    void orSaysWhatIsWrongWithTheFile() {
        String file = folder.resolve("wrong.yaml").toString();
        String yaml = """
                client: {proxy: {connect: {enabled: true, endpoint: "grpc://a:1"}}}
                channel:
                  namespaces:
                    - {name: aa, subscribe_proxy_enabled: true}
                    - {name: bb, publish_proxy_enabled: true, publish_proxy_name: missing}
                    - {name: cc, occupancy_events: true}
                events: {disconnected: true}
                """;
        ConfigFile read = ConfigFile.parse(yaml, file, Map.of());
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> ServerSettings.read(read))
                .hasMessageContaining("client.proxy.connect.endpoint: applications are asked by HTTP here")
                .hasMessageContaining(
                        "channel.namespaces[0].subscribe_proxy_enabled: expected channel.proxy.subscribe.endpoint")
                .hasMessageContaining("channel.namespaces[1].publish_proxy_name: there is none of this name in proxies")
                .hasMessageContaining("channel.namespaces[2].occupancy_events: expected events.endpoint")
                .hasMessageContaining("events.disconnected: expected endpoint");
    }
}
