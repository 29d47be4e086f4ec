package dev.openline.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The standalone server asks an application what its file says. */
class HooksTest {
    /** What was asked where, and with which session in its cookie. */
    private record Asked(String path, String body, String cookie) {}

    @TempDir
    Path folder;

    /** By path; other questions are answered with {@code {}}. */
    private final Map<String, String> answers = new ConcurrentHashMap<>();

    private final BlockingQueue<Asked> asked = new LinkedBlockingQueue<>();
    private HttpServer application;

    @BeforeEach
    void start() throws IOException {
        application = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        application.createContext("/", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            String path = exchange.getRequestURI().getPath();
            asked.add(new Asked(path, body, exchange.getRequestHeaders().getFirst("Cookie")));
            byte[] answer = answers.getOrDefault(path, "{}").getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, answer.length);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(answer);
            }
        });
        application.start();
    }

    @AfterEach
    void stop() {
        application.stop(0);
    }

    /** Runs with a server that a file configures, in which {@code APP} is the application's address, and closes it as the command does. */
    private void withServer(String yaml, Conversation conversation) throws Exception {
        Path file = folder.resolve("openline.yaml");
        Files.writeString(
                file,
                yaml.replace(
                        "APP", "http://127.0.0.1:" + application.getAddress().getPort()));
        ServeCommand command = CommandRun.parsed("serve", "--port", "0", "--config", file.toString());
        OpenlineServer server = command.open();
        try (var dialler = WebSocketClient.create(options -> {})) {
            conversation.with(
                    new Line(dialler, URI.create("ws://127.0.0.1:" + server.port() + "/connection/websocket")));
        } finally {
            command.close(server);
        }
    }

    private interface Conversation {
        void with(Line line) throws Exception;
    }

    /** One line to the server, over which the protocol is spoken. */
    private static final class Line implements WebSocketHandler {
        private final StringBuffer heard = new StringBuffer();
        private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
        private final WebSocket line;

        Line(WebSocketClient dialler, URI address) throws Exception {
            line = dialler.dial(address, this).toCompletableFuture().get(20, TimeUnit.SECONDS);
        }

        @Override
        public void onText(WebSocket line, String text) {
            for (String message : text.split("\n")) messages.add(message);
        }

        void says(String... commands) {
            line.sendText(String.join("\n", commands));
        }

        /** What is heard up to a message that begins so, from the beginning on. */
        String hears(String last) throws InterruptedException {
            while (true) {
                String message = messages.poll(20, TimeUnit.SECONDS);
                if (message == null) throw new AssertionError("not heard: " + last + ", but " + heard);
                heard.append(message).append('\n');
                if (message.startsWith(last)) return heard.toString();
            }
        }
    }

    /** The next question that comes to a path. */
    private Asked next(String path) throws InterruptedException {
        while (true) {
            Asked next = asked.poll(20, TimeUnit.SECONDS);
            if (next == null) throw new AssertionError("nothing was asked at " + path);
            if (next.path.equals(path)) return next;
        }
    }

    @Test
    void andDoesWhatItAnswers() throws Exception {
        answers.put("/connect", "{\"result\":{\"user\":\"42\",\"channels\":[\"ours:hello\"]}}");
        answers.put("/subscribe", "{\"error\":{\"code\":1403,\"message\":\"not in this room\"}}");
        answers.put("/publish", "{\"result\":{\"data\":\"edited\"}}");
        answers.put("/rpc", "{\"result\":{\"data\":[2026]}}");
        String yaml = """
                client:
                  proxy:
                    connect: {enabled: true, endpoint: APP/connect, timeout: 10s, emulated_headers: [Cookie]}
                channel:
                  proxy:
                    subscribe: {endpoint: APP/subscribe, timeout: 10s}
                  namespaces:
                    - name: ours
                    - name: room
                      subscribe_proxy_enabled: true
                      allow_subscribe_for_client: true
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
                """;
        withServer(yaml, line -> {
            line.says(
                    "{\"id\":1,\"connect\":{\"headers\":{\"cookie\":\"session=abc\"},\"subs\":{\"room:2\":{}}}}",
                    "{\"id\":2,\"subscribe\":{\"channel\":\"room:1\"}}",
                    "{\"id\":3,\"subscribe\":{\"channel\":\"board:1\"}}",
                    "{\"id\":4,\"publish\":{\"channel\":\"board:1\",\"data\":\"raw\"}}",
                    "{\"id\":5,\"rpc\":{\"method\":\"closed:x\"}}",
                    "{\"id\":6,\"rpc\":{\"method\":\"nowhere:x\"}}",
                    "{\"id\":7,\"rpc\":{\"method\":\"ping\"}}",
                    "{\"id\":8,\"rpc\":{\"method\":\"year\"}}");
            assertThat(line.hears("{\"id\":8"))
                    .contains("\"subs\":{\"ours:hello\":{")
                    .doesNotContain("room:2")
                    .contains("{\"id\":2,\"error\":{\"code\":1403,\"message\":\"not in this room\"}}")
                    .contains("{\"id\":3,\"subscribe\":{")
                    .contains("\"pub\":{\"data\":\"edited\",\"info\":{\"user\":\"42\"")
                    .contains("{\"id\":5,\"error\":{\"code\":108")
                    .contains("{\"id\":6,\"error\":{\"code\":104")
                    .contains("{\"id\":7,\"rpc\":{}}")
                    .contains("{\"id\":8,\"rpc\":{\"data\":[2026]}}");
            Asked connect = next("/connect");
            assertThat(connect.cookie).isEqualTo("session=abc");
            assertThat(connect.body).contains("\"channels\":[\"room:2\"]");
        });
    }

    @Test
    void andAgainWhenTheTimeIsOverThatItGave() throws Exception {
        long soon = System.currentTimeMillis() / 1000 + 3;
        answers.put(
                "/connect", "{\"result\":{\"user\":\"42\",\"expire_at\":" + soon + ",\"meta\":{\"plan\":\"gold\"}}}");
        answers.put("/subscribe", "{\"result\":{\"expire_at\":" + soon + "}}");
        answers.put("/refresh", "{\"result\":{\"expire_at\":" + (soon + 600) + "}}");
        answers.put("/sub_refresh", "{\"result\":{\"expired\":true}}");
        String yaml = """
                client:
                  proxy:
                    connect: {enabled: true, endpoint: APP/connect, timeout: 10s}
                    refresh: {enabled: true, endpoint: APP/refresh, timeout: 10s, include_connection_meta: true}
                channel:
                  proxy:
                    subscribe: {endpoint: APP/subscribe, timeout: 10s}
                    sub_refresh: {endpoint: APP/sub_refresh, timeout: 10s}
                  namespaces:
                    - {name: room, subscribe_proxy_enabled: true, sub_refresh_proxy_enabled: true}
                """;
        withServer(yaml, line -> {
            line.says("{\"id\":1,\"connect\":{}}", "{\"id\":2,\"subscribe\":{\"channel\":\"room:1\"}}");
            assertThat(line.hears("{\"push\":{\"channel\":\"room:1\",\"unsubscribe\":{\"code\":2501"))
                    .contains("{\"id\":2,\"subscribe\":{")
                    .doesNotContain("expires");
            line.says("{\"id\":3,\"rpc\":{\"method\":\"openline.publish\"}}");
            line.hears("{\"id\":3,\"error\":{\"code\":107");
        });
        assertThat(asked)
                .anySatisfy(question -> {
                    assertThat(question.path).isEqualTo("/sub_refresh");
                    assertThat(question.body).endsWith("\"user\":\"42\",\"channel\":\"room:1\"}");
                })
                .anySatisfy(question -> {
                    assertThat(question.path).isEqualTo("/refresh");
                    assertThat(question.body).endsWith("\"user\":\"42\",\"meta\":{\"plan\":\"gold\"}}");
                });
    }

    @Test
    void andTellsItAllThatHasHappenedBeforeItEnds() throws Exception {
        answers.put("/connect", "{\"result\":{\"user\":\"42\",\"channels\":[\"ours:hello\",\"theirs:hello\"]}}");
        String yaml = """
                client:
                  proxy:
                    connect: {enabled: true, endpoint: APP/connect, timeout: 10s}
                channel:
                  namespaces:
                    - {name: ours, occupancy_events: true}
                    - {name: theirs}
                events: {endpoint: APP/events, disconnected: true, timeout: 10s}
                """;
        withServer(yaml, line -> {
            line.says("{\"id\":1,\"connect\":{}}");
            line.hears("{\"id\":1");
        });
        StringBuilder told = new StringBuilder();
        for (Asked question : asked) if (question.path.equals("/events")) told.append(question.body);
        assertThat(told)
                .contains("{\"type\":\"occupied\"", "{\"type\":\"vacated\"", "\"channel\":\"ours:hello\"")
                .contains("{\"type\":\"disconnected\"", "\"user\":\"42\"")
                .doesNotContain("theirs:hello");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "client: {proxy: {connect: {enabled: true}}} | client.proxy.connect.endpoint: expected http://",
                "client: {proxy: {connect: {enabled: true, endpoint: 'grpc://a:1'}}} | client.proxy.connect.endpoint: applications are asked by HTTP here, not by gRPC",
                "client: {proxy: {refresh: {endpoint: 'not a URL s3cret'}}} | client.proxy.refresh.endpoint: expected http://",
                "client: {proxy: {connect: {enable: true}}} | client.proxy.connect.enable: there is no such option; did you mean enabled?",
                "client: {proxy: {connect: {timeout: 0s}}} | client.proxy.connect.timeout: timeout PT0S < 1 ms",
                "client: {proxy: {connect: {http_headers: ['a: s3cret']}}} | client.proxy.connect.http_headers: ",
                "client: {proxy: {connect: {emulated_headers: [Host]}}} | client.proxy.connect.emulated_headers: the header host can't be passed on",
                "client: {proxy: {connect: {http: {static_headers: {X: \"s3cret\\n\"}}}}} | client.proxy.connect.http.static_headers: the value of the header x can't be sent",
                "channel: {proxy: {publish: {grpc: {}}}} | channel.proxy.publish.grpc: applications are asked by HTTP here, not by gRPC",
                "channel: {namespaces: [{name: aa, subscribe_proxy_enabled: true}]} | channel.namespaces[0].subscribe_proxy_enabled: expected channel.proxy.subscribe.endpoint beside it",
                "channel: {namespaces: [{name: aa, publish_proxy_enabled: true, publish_proxy_name: no}]} | channel.namespaces[0].publish_proxy_name: there is none of this name in proxies",
                "channel: {namespaces: [{name: aa, publish_proxy_name: no}]} | channel.namespaces[0].publish_proxy_name: there is none of this name in proxies",
                "channel: {namespaces: [{name: aa, occupancy_events: true}]} | channel.namespaces[0].occupancy_events: expected events.endpoint beside it",
                "events: {disconnected: true} | events.disconnected: expected endpoint beside it",
                "events: {http_headers: [Cookie]} | events.http_headers: there is no request of a client's behind an event",
                "proxies: [{name: default, endpoint: 'http://a/'}] | proxies[0].name: expected a name other than default",
                "proxies: [{name: a, endpoint: 'http://a/'}, {name: a, endpoint: 'http://a/'}] | proxies[1].name: there is another one of this name",
                "proxies: [{name: a}] | proxies[0].endpoint: expected http://",
                "proxies: [{name: a, endpoint: 'http://a/', http: {status_to_code_transforms: [{status_code: 200, to_error: {code: 400}}]}}] | proxies[0].http.status_to_code_transforms[0].status_code: expected a whole number from 201 to 599",
                "proxies: [{name: a, endpoint: 'http://a/', http: {status_to_code_transforms: [{status_code: 500}]}}] | proxies[0].http.status_to_code_transforms[0].to_error: expected this or to_disconnect",
                "proxies: [{name: a, endpoint: 'http://a/', http: {status_to_code_transforms: [{status_code: 500, to_error: {code: 3}}]}}] | proxies[0].http.status_to_code_transforms[0].to_error.code: expected a whole number from 400 to 1999",
                "rpc: {without_namespace: {proxy_enabled: true}} | rpc.without_namespace.proxy_enabled: expected rpc.proxy.endpoint beside it",
                "rpc: {namespaces: [{name: aa, proxy_enabled: true, proxy_name: no}]} | rpc.namespaces[0].proxy_name: there is none of this name in proxies",
                "rpc: {namespaces: [{name: aa}, {name: aa}]} | rpc.namespaces[1].name: there is another namespace of this name",
            })
    void orSaysWhatIsWrongWithTheFile(String yaml, String fault) {
        ConfigFile file = ConfigFile.parse(yaml, "openline.yaml", Map.of());
        assertThatThrownBy(() -> ServerSettings.read(file))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("\n  " + fault)
                .hasMessageNotContaining("s3cret");
    }

    @Test
    void whichTheEnvironmentMaySayToo() {
        ConfigFile file = ConfigFile.parse(
                "client: {proxy: {connect: {enabled: true}}}",
                "openline.yaml",
                Map.of("OPENLINE_CLIENT_PROXY_CONNECT_ENDPOINT", "gopher://a/"));
        assertThatThrownBy(() -> ServerSettings.read(file))
                .hasMessageContaining("client.proxy.connect.endpoint: expected http://");
        ServerSettings.read(ConfigFile.parse(
                "client: {proxy: {connect: {enabled: true}}}",
                "openline.yaml",
                Map.of("OPENLINE_CLIENT_PROXY_CONNECT_ENDPOINT", "http://a/")));
    }

    @Test
    void asThePageShows() throws IOException {
        String page = Files.readString(Path.of("../docs/hooks.md"));
        List<String> files = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL)
                .matcher(page)
                .results()
                .map(found -> found.group(1))
                .toList();
        assertThat(files).hasSize(2);
        for (String file : files) ServerSettings.read(ConfigFile.parse(file, "docs/hooks.md", Map.of()));
    }
}
