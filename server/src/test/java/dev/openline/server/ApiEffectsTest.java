package dev.openline.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.net.EventLoops;
import dev.openline.net.Transport;
import dev.openline.net.WebSocket;
import dev.openline.net.WebSocketClient;
import dev.openline.net.WebSocketHandler;
import dev.openline.protocol.Payload;
import dev.openline.wire.CloseStatus;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What calls of the API do to clients, and tell of them: over real sockets, each answer as the description says. */
class ApiEffectsTest {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private EventLoops loops;
    private OpenlineServer server;
    private WebSocketClient dialler;
    private ApiDescription description;

    @BeforeEach
    void start() throws Exception {
        loops = EventLoops.start(Transport.NIO, 3);
        server = OpenlineServer.create(o -> o.port(0)
                        .loops(loops)
                        .apiKey("all")
                        .nodeName("one")
                        .authenticator(ApiEffectsTest::admission)
                        .namespace(
                                "chat",
                                c -> c.history(100, Duration.ofMinutes(5)).presence())
                        .namespace("typing", c -> c.unlogged()))
                .start();
        dialler = WebSocketClient.create(o -> o.loops(loops));
        HttpRequest document = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + server.port() + "/api/openapi.json"))
                .build();
        description = new ApiDescription(
                HTTP.send(document, HttpResponse.BodyHandlers.ofString()).body());
    }

    @AfterEach
    void stop() {
        server.close();
        loops.close();
    }

    /** A token is the user's id. */
    private static CompletionStage<Authenticator.Admission> admission(Authenticator.Attempt attempt) {
        return CompletableFuture.completedStage(
                new Authenticator.Admitted(attempt.token(), Payload.of("{\"face\":1}"), null));
    }

    /** One connection, as its client hears it. */
    private static final class Listener implements WebSocketHandler {
        private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        private final CompletableFuture<CloseStatus> closed = new CompletableFuture<>();
        private String id = "";

        @Override
        public void onText(WebSocket line, String text) {
            for (String message : text.split("\n")) heard.add(message);
        }

        @Override
        public void onClosed(WebSocket line, CloseStatus status) {
            closed.complete(status);
        }

        String next() throws InterruptedException {
            String message = heard.poll(10, TimeUnit.SECONDS);
            if (message == null) throw new AssertionError("nothing heard within ten seconds");
            return message;
        }

        CloseStatus status() throws Exception {
            return closed.get(10, TimeUnit.SECONDS);
        }
    }

    private Listener connect(String user) throws Exception {
        Listener listener = new Listener();
        WebSocket line = dialler.dial(URI.create("ws://127.0.0.1:" + server.port() + "/connection/websocket"), listener)
                .toCompletableFuture()
                .join();
        line.sendText("{\"id\":1,\"connect\":{\"token\":\"" + user + "\",\"name\":\"js\",\"version\":\"7\"}}");
        listener.id = listener.next().replaceAll(".*\"client\":\"([^\"]+)\".*", "$1");
        return listener;
    }

    /** The result of a call, which has to be as described. */
    private Map<String, @Nullable Object> call(String method, String body) throws Exception {
        String path = "/api/" + method;
        assertThat(description.schemas().faults(description.requestSchema(path), JsonText.parse(body)))
                .isEmpty();
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                .header("X-API-Key", "all")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        Object answer = JsonText.parse(
                HTTP.send(request, HttpResponse.BodyHandlers.ofString()).body());
        assertThat(description.schemas().faults(description.answerSchema(path, "post", 200), answer))
                .isEmpty();
        assertThat(JsonText.object(answer)).containsKey("result");
        return JsonText.object(JsonText.object(answer).get("result"));
    }

    private void assertDone(String method, String body) throws Exception {
        assertThat(call(method, body)).isEmpty();
    }

    @Test
    void aSubscribeReachesTheUsersConnectionsWhichHearWhatIsPublishedUntilTheUnsubscribe() throws Exception {
        Listener phone = connect("42");
        Listener desk = connect("42");
        Listener other = connect("43");
        assertDone("subscribe", "{\"user\":\"42\",\"channel\":\"chat:a\",\"data\":{\"hello\":1}}");
        for (Listener listener : List.of(phone, desk)) {
            assertThat(listener.next())
                    .startsWith("{\"push\":{\"channel\":\"chat:a\",\"subscribe\":{")
                    .contains("{\"hello\":1}");
        }
        assertDone("subscribe", "{\"user\":\"43\",\"client\":\"" + other.id + "\",\"channel\":\"typing:a\"}");
        assertThat(other.next()).startsWith("{\"push\":{\"channel\":\"typing:a\",\"subscribe\":");
        assertThat(call("publish", "{\"channel\":\"chat:a\",\"data\":1}")).containsEntry("offset", 1L);
        String heard = "{\"push\":{\"channel\":\"chat:a\",\"pub\":{\"data\":1,\"offset\":1}}}";
        assertThat(phone.next()).isEqualTo(heard);
        assertThat(desk.next()).isEqualTo(heard);
        assertDone("unsubscribe", "{\"user\":\"42\",\"client\":\"" + phone.id + "\",\"channel\":\"chat:a\"}");
        assertThat(phone.next())
                .startsWith("{\"push\":{\"channel\":\"chat:a\",\"unsubscribe\":{")
                .contains("\"code\":2000");
        assertDone("publish", "{\"channel\":\"typing:a\",\"data\":2}");
        assertThat(other.next()).contains("\"data\":2");
        assertThat(call("publish", "{\"channel\":\"chat:a\",\"data\":3}")).containsEntry("offset", 2L);
        assertThat(desk.next()).contains("\"data\":3");
        assertThat(phone.heard).isEmpty();
    }

    @Test
    void whoIsThereIsToldByPresenceChannelsConnectionsAndInfo() throws Exception {
        Listener one = connect("42");
        Listener anonymous = connect("");
        for (String user : List.of("42", "")) {
            assertDone("subscribe", "{\"user\":\"" + user + "\",\"channel\":\"chat:a\",\"info\":{\"role\":\"guest\"}}");
        }
        one.next();
        anonymous.next();
        Map<String, @Nullable Object> present =
                JsonText.object(call("presence", "{\"channel\":\"chat:a\"}").get("presence"));
        assertThat(present).containsOnlyKeys(one.id, anonymous.id);
        assertThat(JsonText.of(present.get(one.id)))
                .isEqualTo("{\"user\":\"42\",\"client\":\"" + one.id
                        + "\",\"conn_info\":{\"face\":1},\"chan_info\":{\"role\":\"guest\"}}");
        assertThat(call("presence_stats", "{\"channel\":\"chat:a\"}"))
                .containsEntry("num_clients", 2L)
                .containsEntry("num_users", 2L);
        for (String pattern : List.of("", "chat:*", "*:a", "chat:?")) {
            assertThat(JsonText.of(call("channels", "{\"pattern\":\"" + pattern + "\"}")))
                    .isEqualTo("{\"channels\":{\"chat:a\":{\"num_clients\":2}}}");
        }
        assertThat(JsonText.of(call("channels", "{\"pattern\":\"typing:*\"}"))).isEqualTo("{\"channels\":{}}");
        Map<String, @Nullable Object> node =
                JsonText.object(((List<?>) call("info", "{}").get("nodes")).get(0));
        assertThat(node)
                .containsEntry("name", "one")
                .containsEntry("num_clients", 2L)
                .containsEntry("num_users", 2L)
                .containsEntry("num_subs", 2L)
                .containsEntry("num_channels", 1L);
        Map<String, @Nullable Object> connection =
                connections("{\"user\":\"42\"}").get(0);
        assertThat(connection)
                .containsEntry("client", one.id)
                .containsEntry("transport", "websocket")
                .containsEntry("name", "js")
                .containsEntry("version", "7")
                .containsEntry("num_channels", 1L);
        assertThat(connections("{\"user\":\"\"}")).extracting("client").containsExactly(anonymous.id);
        assertThat(connections("{\"pattern\":\"chat:*\"}")).hasSize(2);
        assertThat(connections("{\"pattern\":\"typing:*\"}")).isEmpty();
    }

    private List<Map<String, @Nullable Object>> connections(String body) throws Exception {
        return connectionsIn(call("connections", body));
    }

    private static List<Map<String, @Nullable Object>> connectionsIn(Map<String, @Nullable Object> page) {
        List<Map<String, @Nullable Object>> all = new ArrayList<>();
        for (Object connection : (List<?>) page.get("connections")) all.add(JsonText.object(connection));
        return all;
    }

    @Test
    void connectionsComePageByPageEachOnce() throws Exception {
        List<String> there = new ArrayList<>();
        for (int i = 0; i < 7; i++) there.add(connect("user " + i % 2).id);
        List<Object> listed = new ArrayList<>();
        int pages = 0;
        for (Object cursor = ""; cursor != null; pages++) {
            Map<String, @Nullable Object> page = call("connections", "{\"limit\":2,\"cursor\":\"" + cursor + "\"}");
            assertThat(connectionsIn(page)).hasSizeBetween(pages == 3 ? 1 : 2, 2);
            connectionsIn(page).forEach(connection -> listed.add(connection.get("client")));
            cursor = page.get("cursor");
        }
        assertThat(pages).isEqualTo(4);
        assertThat(listed).isEqualTo(there.stream().sorted().toList());
    }

    @Test
    void aDisconnectHasItsCodeAndSparesWhoIsOnTheWhitelist() throws Exception {
        Listener first = connect("42");
        Listener second = connect("42");
        Listener third = connect("42");
        Listener anonymous = connect("");
        assertDone("disconnect", "{}");
        assertThat(anonymous.status()).isEqualTo(new CloseStatus(3503, "force disconnect"));
        assertDone(
                "disconnect",
                "{\"user\":\"42\",\"client\":\"" + first.id
                        + "\",\"disconnect\":{\"code\":4501,\"reason\":\"signed out\"}}");
        assertThat(first.status()).isEqualTo(new CloseStatus(4501, "signed out"));
        assertDone("disconnect", "{\"user\":\"42\",\"whitelist\":[\"" + third.id + "\"]}");
        assertThat(second.status().code()).isEqualTo(3503);
        assertDone("refresh", "{\"user\":\"42\",\"expire_at\":4102444800}");
        assertThat(third.next()).startsWith("{\"push\":{\"refresh\":{");
        assertDone("subscribe", "{\"user\":\"42\",\"channel\":\"chat:a\"}");
        assertThat(third.next()).contains("\"subscribe\"");
        assertDone("refresh", "{\"user\":\"42\",\"expired\":true}");
        assertThat(third.status()).isEqualTo(new CloseStatus(3005, "connection expired"));
    }

    @Test
    void aHistoryThatIsRemovedIsEmptyAndItsOffsetsGoOn() throws Exception {
        call("broadcast", "{\"channels\":[\"chat:a\",\"chat:b\"],\"data\":1}");
        call("publish", "{\"channel\":\"chat:a\",\"data\":2,\"tags\":{\"t\":\"v\"}}");
        assertThat((List<?>)
                        call("history", "{\"channel\":\"chat:a\",\"limit\":-1}").get("publications"))
                .hasSize(2);
        assertDone("history_remove", "{\"channel\":\"chat:a\"}");
        Map<String, @Nullable Object> history = call("history", "{\"channel\":\"chat:a\",\"limit\":-1}");
        assertThat((List<?>) history.get("publications")).isEmpty();
        assertThat(history).containsEntry("offset", 2L);
        assertThat((List<?>)
                        call("history", "{\"channel\":\"chat:b\",\"limit\":-1}").get("publications"))
                .hasSize(1);
    }
}
