package dev.openline.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.openline.hub.Permission;
import dev.openline.net.EventLoops;
import dev.openline.net.Transport;
import dev.openline.protocol.Disconnect;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Channels followed without any protocol. */
class FeedTest {
    private final HttpClient http = HttpClient.newHttpClient();
    private EventLoops loops;
    private OpenlineServer server;

    @BeforeEach
    void start() throws Exception {
        loops = EventLoops.start(Transport.NIO, 3);
        server = OpenlineServer.create(o -> o.port(0)
                        .loops(loops)
                        .authenticator(attempt -> CompletableFuture.completedStage(
                                attempt.token().equals("alice")
                                        ? new Authenticator.Admitted("alice", null, null)
                                        : attempt.token().isEmpty()
                                                ? new Authenticator.Unknown()
                                                : new Authenticator.Dropped(Disconnect.INVALID_TOKEN)))
                        .allowAnonymous()
                        .namespace(
                                "open",
                                c -> c.history(5, Duration.ofMinutes(5)).allow(Permission.SUBSCRIBE_FOR_ANONYMOUS))
                        .namespace(
                                "named",
                                c -> c.history(5, Duration.ofMinutes(5)).allow(Permission.SUBSCRIBE_FOR_CLIENT)))
                .start();
    }

    @AfterEach
    void stop() {
        server.close();
        loops.close();
    }

    private URI at(String scheme, String path) {
        return URI.create(scheme + "://127.0.0.1:" + server.port() + path);
    }

    private static final class Ear implements WebSocket.Listener {
        final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        final CompletableFuture<Integer> closed = new CompletableFuture<>();

        @Override
        public CompletionStage<?> onText(WebSocket line, CharSequence data, boolean last) {
            heard.add(data.toString());
            line.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket line, int code, String reason) {
            closed.complete(code);
            return null;
        }

        String next() throws InterruptedException {
            String message = heard.poll(10, TimeUnit.SECONDS);
            if (message == null) throw new AssertionError("nothing heard within ten seconds");
            return message;
        }
    }

    private WebSocket follow(String path, Ear ear) {
        WebSocket line =
                http.newWebSocketBuilder().buildAsync(at("ws", path), ear).join();
        await().until(() -> server.connectionCount() > 0);
        return line;
    }

    private void publish(String channel, String json) throws Exception {
        server.publish(channel, json).get(10, TimeUnit.SECONDS);
    }

    private HttpResponse<String> get(String path, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(at("http", path));
        if (headers.length > 0) request.headers(headers);
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private LiveResponse events(String path, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(at("http", path));
        if (headers.length > 0) request.headers(headers);
        return new LiveResponse(http, request.build());
    }

    @Test
    void eachMessageOfABareWebSocketIsThePayload() throws Exception {
        Ear ear = new Ear();
        WebSocket line = follow("/feed/open:a", ear);
        publish("open:a", "{\"bid\":1}");
        publish("open:a", "\"two\"");
        assertThat(ear.next()).isEqualTo("{\"bid\":1}");
        assertThat(ear.next()).isEqualTo("\"two\"");
        line.abort();
        await().until(() -> server.connectionCount() == 0);
    }

    @Test
    void aBareWebSocketMayBeginInThePastOrIsToldThatItCanNot() throws Exception {
        for (int i = 1; i <= 7; i++) publish("open:a", "" + i);
        String epoch = epochOf("open:a");
        Ear ear = new Ear();
        follow("/feed/open:a?since=" + epoch + ":5", ear);
        assertThat(ear.next() + ear.next()).isEqualTo("67");
        Ear late = new Ear();
        follow("/feed/open:a?since=" + epoch + ":1", late);
        assertThat(late.closed.get(10, TimeUnit.SECONDS)).isEqualTo(3010);
    }

    private String epochOf(String channel) throws Exception {
        return server.publish(channel, "0").get().orElseThrow().epoch();
    }

    @Test
    void anEventSourceGoesOnWhereItWas() throws Exception {
        String id;
        try (LiveResponse live = events("/sse/open:a")) {
            assertThat(live.response.headers().firstValue("content-type")).hasValue("text/event-stream");
            await().until(() -> server.connectionCount() == 1);
            publish("open:a", "{\"bid\":1}");
            id = live.next();
            assertThat(id).startsWith("id: ").endsWith(":1");
            assertThat(live.next()).isEqualTo("data: {\"bid\":1}");
        }
        publish("open:a", "2");
        publish("open:a", "3");
        try (LiveResponse live = events("/sse/open:a", "last-event-id", id.substring(4))) {
            assertThat(live.next()).endsWith(":2");
            assertThat(live.next()).isEqualTo("data: 2");
            assertThat(live.next()).endsWith(":3");
            assertThat(live.next()).isEqualTo("data: 3");
        }
    }

    @Test
    void anEventSourceIsToldOfAGapAndGoesOnFromTheNewest() throws Exception {
        for (int i = 1; i <= 7; i++) publish("open:a", "" + i);
        try (LiveResponse live = events("/sse/open:a", "last-event-id", epochOf("open:a") + ":1")) {
            assertThat(live.next()).isEqualTo("event: gap");
            assertThat(live.next()).startsWith("id: ").endsWith(":8");
            assertThat(live.next()).isEqualTo("data: {}");
            publish("open:a", "9");
            assertThat(live.next()).endsWith(":9");
        }
    }

    @Test
    void askingNowAndThenGoesOnWhereItWasAndNothingNewIs304() throws Exception {
        for (int i = 1; i <= 3; i++) publish("open:a", "" + i);
        HttpResponse<String> first = get("/api/poll/open:a?limit=2");
        assertThat(first.body())
                .startsWith("{\"publications\":[{\"data\":1,\"offset\":1},{\"data\":2,\"offset\":2}],\"since\":\"")
                .endsWith(":2\",\"complete\":true}");
        String since = first.headers().firstValue("etag").orElseThrow().replace("\"", "");
        HttpResponse<String> second = get("/api/poll/open:a?since=" + since);
        assertThat(second.body()).contains("[{\"data\":3,\"offset\":3}]");
        String tag = second.headers().firstValue("etag").orElseThrow();
        String place = tag.replace("\"", "");
        assertThat(get("/api/poll/open:a?since=" + place, "if-none-match", tag).statusCode())
                .isEqualTo(304);
        assertThat(get("/api/poll/open:a?since=" + place).body()).startsWith("{\"publications\":[],\"since\":\"");
        for (int i = 4; i <= 10; i++) publish("open:a", "" + i);
        assertThat(get("/api/poll/open:a?since=" + place).body())
                .as("some are gone")
                .contains("\"offset\":6")
                .doesNotContain("complete");
        assertThat(get("/api/poll/open:a?since=" + place.replaceAll(":.*", ":500"))
                        .body())
                .as("nobody has heard what was never said")
                .contains("\"publications\":[]")
                .doesNotContain("complete");
        assertThat(get("/api/poll/open:a?since=other:3").body())
                .as("another life")
                .contains("\"offset\":6")
                .doesNotContain("complete");
    }

    @Test
    void whoMayNotSubscribeMayNotFollow() throws Exception {
        assertThat(get("/sse/named:a").statusCode()).isEqualTo(403);
        assertThat(get("/sse/named:a?token=mallory").statusCode()).isEqualTo(401);
        assertThat(get("/api/poll/named:a?token=alice").statusCode()).isEqualTo(200);
        assertThat(get("/api/poll/named:a", "authorization", "Bearer alice").statusCode())
                .isEqualTo(200);
        assertThat(get("/sse/$named:a?token=alice").statusCode()).isEqualTo(403);
        assertThat(get("/sse/nowhere:a").statusCode()).isEqualTo(404);
        assertThat(get("/sse/open:%C3%A9").statusCode()).isEqualTo(400);
        assertThat(get("/api/poll/open:%C3%A9").body()).isEqualTo("not a channel's name\n");
        assertThat(get("/sse/open:a?since=x").statusCode()).isEqualTo(400);
        assertThat(get("/api/poll/open:a?limit=none").statusCode()).isEqualTo(400);
        Ear ear = new Ear();
        CompletableFuture<WebSocket> refused = http.newWebSocketBuilder().buildAsync(at("ws", "/feed/named:a"), ear);
        org.assertj.core.api.Assertions.assertThatThrownBy(refused::join).isInstanceOf(CompletionException.class);
    }
}
