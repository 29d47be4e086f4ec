package dev.openline.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.openline.net.EventLoops;
import dev.openline.net.Transport;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sessions without a WebSocket: what the server says comes on a response, what the client says goes by other requests. */
class StreamTest {
    private static final String PAGE = "https://example.com";

    private final HttpClient http = HttpClient.newHttpClient();
    private EventLoops loops;
    private OpenlineServer server;

    @BeforeEach
    void start() throws Exception {
        loops = EventLoops.start(Transport.NIO, 3);
        server = OpenlineServer.create(o -> o.port(0)
                        .loops(loops)
                        .insecure()
                        .allowOrigin(PAGE)
                        .heartbeat(Duration.ofSeconds(3), Duration.ofSeconds(2))
                        .namespace(
                                "room",
                                c -> c.history(100, Duration.ofMinutes(5)).presence()))
                .start();
    }

    @AfterEach
    void stop() {
        server.close();
        loops.close();
    }

    private URI at(String path) {
        return URI.create("http://127.0.0.1:" + server.port() + path);
    }

    private LiveResponse stream(String commands) throws Exception {
        return new LiveResponse(
                http,
                HttpRequest.newBuilder(at("/connection/http_stream"))
                        .header("origin", PAGE)
                        .POST(HttpRequest.BodyPublishers.ofString(commands))
                        .build());
    }

    private LiveResponse events(String commands) throws Exception {
        String query = "?cf_connect=" + URLEncoder.encode(commands, StandardCharsets.UTF_8);
        return new LiveResponse(
                http,
                HttpRequest.newBuilder(at("/connection/sse" + query))
                        .header("origin", PAGE)
                        .build());
    }

    private LiveResponse open(String transport, String commands) throws Exception {
        return transport.equals("sse") ? events(commands) : stream(commands);
    }

    private HttpResponse<String> post(String path, String body) throws Exception {
        return http.send(
                HttpRequest.newBuilder(at(path))
                        .header("origin", PAGE)
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static String member(String name, String json) {
        Matcher matcher = Pattern.compile('"' + name + "\":\"([^\"]*)\"").matcher(json);
        assertThat(matcher.find()).as(name + " in " + json).isTrue();
        return matcher.group(1);
    }

    /** Says something in a session whose {@code connect} was answered with {@code connected}. */
    private int say(String connected, String commands) throws Exception {
        String body = "{\"session\":\"" + member("session", connected) + "\",\"node\":\"" + member("node", connected)
                + "\",\"data\":\"" + commands.replace("\"", "\\\"").replace("\n", "\\n") + "\"}";
        return post("/emulation", body).statusCode();
    }

    @ParameterizedTest
    @ValueSource(strings = {"http_stream", "sse"})
    void aSessionSpeaksAndHearsAsOnAWebSocket(String transport) throws Exception {
        try (LiveResponse live = open(transport, "{\"id\":1,\"connect\":{}}")) {
            assertThat(live.response.statusCode()).isEqualTo(200);
            assertThat(live.response.headers().firstValue("x-accel-buffering")).hasValue("no");
            assertThat(live.response.headers().firstValue("access-control-allow-origin"))
                    .hasValue(PAGE);
            String connected = live.next();
            if (transport.equals("sse")) assertThat(connected).startsWith("data: {\"id\":1,\"connect\":{");
            else assertThat(connected).startsWith("{\"id\":1,\"connect\":{");
            int accepted = say(
                    connected,
                    "{\"id\":2,\"subscribe\":{\"channel\":\"room:a\"}}\n{\"id\":3,\"publish\":{\"channel\":\"room:a\",\"data\":{\"x\":1}}}");
            assertThat(accepted).isEqualTo(204);
            assertThat(live.next()).contains("{\"id\":2,\"subscribe\":{");
            assertThat(live.next() + live.next())
                    .contains(
                            "{\"id\":3,\"publish\":{}}",
                            "{\"push\":{\"channel\":\"room:a\",\"pub\":{\"data\":{\"x\":1}");
            server.publish("room:a", "2").get();
            assertThat(live.next()).contains("\"pub\":{\"data\":2,\"offset\":2}");
        }
        await().until(() -> server.connectionCount() == 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http_stream", "sse"})
    void anEndIsSaidAsAPushAndTheResponseEnds(String transport) throws Exception {
        try (LiveResponse live = open(transport, "{\"id\":1,\"connect\":{\"token\":\"x\"}}")) {
            assertThat(live.next())
                    .contains("{\"push\":{\"disconnect\":{\"code\":3500,\"reason\":\"invalid token\"}}}");
            assertThat(live.hasEnded()).isTrue();
        }
    }

    @Test
    void aClientThatAnswersNoPingIsCut() throws Exception {
        try (LiveResponse live = stream("{\"id\":1,\"connect\":{}}")) {
            String connected = live.next();
            assertThat(live.next()).isEqualTo("{}");
            assertThat(say(connected, "{}")).isEqualTo(204);
            assertThat(live.next()).isEqualTo("{}");
            assertThat(live.next()).contains("\"disconnect\":{\"code\":3012");
            assertThat(live.hasEnded()).isTrue();
        }
    }

    @Test
    void postsThatMeanNobodyAreAnsweredAsTheProtocolSays() throws Exception {
        try (LiveResponse live = stream("{\"id\":1,\"connect\":{}}")) {
            String node = member("node", live.next());
            assertThat(post("/emulation", "{\"session\":\"x\",\"node\":\"other\",\"data\":\"{}\"}")
                            .statusCode())
                    .isEqualTo(404);
            assertThat(post("/emulation", "{\"session\":\"x\",\"node\":\"" + node + "\",\"data\":\"{}\"}")
                            .statusCode())
                    .isEqualTo(204);
            assertThat(post("/emulation", "{\"session\":1}").statusCode()).isEqualTo(400);
            assertThat(post("/connection/http_stream", "x".repeat(65_537)).statusCode())
                    .isEqualTo(413);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/connection/http_stream", "/connection/sse", "/emulation", "/sse/room:a", "/api/poll/room:a"})
    void pagesAreServedByTheRuleOfOrigins(String path) throws Exception {
        HttpRequest stranger = HttpRequest.newBuilder(at(path))
                .header("origin", "https://example.org")
                .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
                .build();
        assertThat(http.send(stranger, HttpResponse.BodyHandlers.discarding()).statusCode())
                .isEqualTo(403);
        HttpRequest known = HttpRequest.newBuilder(at(path))
                .header("origin", PAGE)
                .header("access-control-request-headers", "content-type")
                .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
                .build();
        var answer = http.send(known, HttpResponse.BodyHandlers.discarding());
        assertThat(answer.statusCode()).isEqualTo(204);
        assertThat(answer.headers().firstValue("access-control-allow-headers")).hasValue("content-type");
        assertThat(answer.headers().firstValue("access-control-allow-credentials"))
                .hasValue("true");
        HttpRequest wrong = HttpRequest.newBuilder(at(path)).DELETE().build();
        assertThat(http.send(wrong, HttpResponse.BodyHandlers.discarding()).statusCode())
                .isEqualTo(405);
    }
}
