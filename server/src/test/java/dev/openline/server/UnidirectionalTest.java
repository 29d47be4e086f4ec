package dev.openline.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.openline.net.EventLoops;
import dev.openline.net.Transport;
import dev.openline.net.WebSocket;
import dev.openline.net.WebSocketClient;
import dev.openline.net.WebSocketHandler;
import dev.openline.protocol.Disconnect;
import dev.openline.tokens.TokenDraft;
import dev.openline.tokens.TokenIssuer;
import dev.openline.tokens.TokenOptions;
import dev.openline.wire.CloseStatus;
import dev.openline.wire.MessageKind;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Clients that only listen, over real connections, in each of the three ways. */
class UnidirectionalTest {
    private static final String SECRET = "a secret that is long enough for HS256";
    private static final Pattern POSITION = Pattern.compile("\"epoch\":\"([^\"]+)\"");

    private final HttpClient http = HttpClient.newHttpClient();
    private final BlockingQueue<Client> came = new LinkedBlockingQueue<>();
    private EventLoops loops;
    private WebSocketClient dialler;
    private OpenlineServer server;

    @BeforeEach
    void start() throws Exception {
        loops = EventLoops.start(Transport.NIO, 2);
        dialler = WebSocketClient.create(o -> o.loops(loops));
        serve(o -> o.unidirectional(Unidirectional.values()));
    }

    private void serve(Consumer<OpenlineOptions> more) throws Exception {
        if (server != null) server.close();
        server = OpenlineServer.create(o -> {
                    o.port(0)
                            .loops(loops)
                            .tokens(TokenOptions.builder().hmacSecretKey(SECRET).build());
                    o.heartbeat(Duration.ofSeconds(2), Duration.ofSeconds(1));
                    o.namespace(
                            "room",
                            c -> c.history(100, Duration.ofMinutes(5))
                                    .presence()
                                    .joinLeave());
                    o.connections(new ConnectionListener() {
                        @Override
                        public void connected(Client client) {
                            came.add(client);
                        }

                        @Override
                        public void disconnected(Client client, @Nullable Disconnect why) {}
                    });
                    more.accept(o);
                })
                .start();
    }

    @AfterEach
    void stop() {
        server.close();
        loops.close();
    }

    private static String token(Consumer<TokenDraft> more) {
        TokenDraft draft = TokenIssuer.hmac(SECRET).connection("ann");
        more.accept(draft);
        return draft.sign();
    }

    private static String request(String token) {
        return "{\"token\":\"" + token + "\"}";
    }

    /** One that listens. */
    private interface Listener extends AutoCloseable {
        /** The next push; of WebSocket's close, its code. */
        String next() throws Exception;

        @Override
        void close() throws Exception;
    }

    private final class Socket implements WebSocketHandler, Listener {
        final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        final WebSocket line;

        Socket(String query) {
            URI address = URI.create("ws://127.0.0.1:" + server.port() + "/connection/uni_websocket" + query);
            line = dialler.dial(address, this).toCompletableFuture().join();
        }

        @Override
        public void onMessage(WebSocket from, MessageKind kind, ByteBuffer payload) {
            heard.add(StandardCharsets.UTF_8.decode(payload).toString());
        }

        @Override
        public void onClosed(WebSocket from, CloseStatus status) {
            heard.add("closed with " + status.code());
        }

        void says(String text) {
            line.send(MessageKind.TEXT, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
        }

        @Override
        public String next() throws InterruptedException {
            return String.valueOf(heard.poll(20, TimeUnit.SECONDS));
        }

        @Override
        public void close() {
            line.abort();
        }
    }

    private final class Response implements Listener {
        private final LiveResponse response;
        private final boolean events;

        Response(HttpRequest request, boolean events) throws Exception {
            response = new LiveResponse(http, request);
            this.events = events;
        }

        @Override
        public String next() throws Exception {
            String line = response.next();
            while (events && line.isBlank()) line = response.next();
            return events ? line.substring("data: ".length()) : line;
        }

        @Override
        public void close() throws IOException {
            response.close();
        }
    }

    private URI at(String path) {
        return URI.create("http://127.0.0.1:" + server.port() + path);
    }

    private Listener listen(Unidirectional way, String request) throws Exception {
        String query = "?cf_connect=" + URLEncoder.encode(request, StandardCharsets.UTF_8);
        return switch (way) {
            case WEBSOCKET -> new Socket(query);
            case SSE ->
                new Response(
                        HttpRequest.newBuilder(at("/connection/uni_sse" + query))
                                .build(),
                        true);
            case HTTP_STREAM ->
                new Response(
                        HttpRequest.newBuilder(at("/connection/uni_http_stream"))
                                .POST(HttpRequest.BodyPublishers.ofString(request))
                                .build(),
                        false);
        };
    }

    private static String told(Unidirectional way, int code, String reason) {
        return way == Unidirectional.WEBSOCKET
                ? "closed with " + code
                : "{\"disconnect\":{\"code\":" + code + ",\"reason\":\"" + reason + "\"}}";
    }

    private void publish(String channel, String data) throws Exception {
        server.publish(channel, data).get(20, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @EnumSource
    void a_client_hears_of_its_servers_subscriptions_as_bare_pushes(Unidirectional way) throws Exception {
        publish("room:a", "0");
        try (Listener client = listen(way, request(token(draft -> draft.channels(List.of("room:a")))))) {
            String connect = client.next();
            assertThat(connect).startsWith("{\"connect\":{\"client\":\"").contains("\"subs\":{\"room:a\":{");
            if (way == Unidirectional.WEBSOCKET) assertThat(connect).doesNotContain("\"ping\"");
            else assertThat(connect).contains("\"ping\":2").doesNotContain("\"pong\"");
            Client who = came.poll(20, TimeUnit.SECONDS);
            assertThat(who.transport()).isEqualTo("uni_" + way.name().toLowerCase(java.util.Locale.ROOT));
            publish("room:a", "{\"n\":1}");
            assertThat(client.next()).isEqualTo("{\"channel\":\"room:a\",\"pub\":{\"data\":{\"n\":1},\"offset\":2}}");
            server.disconnect(who.id(), new Disconnect(4321, "enough"));
            assertThat(client.next()).isEqualTo(told(way, 4321, "enough"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void what_was_missed_comes_after_the_connect(Unidirectional way) throws Exception {
        String token = token(draft -> draft.channels(List.of("room:a")));
        String epoch;
        publish("room:a", "1");
        try (Listener client = listen(way, request(token))) {
            Matcher position = POSITION.matcher(client.next());
            assertThat(position.find()).isTrue();
            epoch = position.group(1);
        }
        publish("room:a", "2");
        publish("room:a", "3");
        String again = "{\"token\":\"" + token + "\",\"subs\":{\"room:a\":{\"recover\":true,\"epoch\":\"" + epoch
                + "\",\"offset\":1}}}";
        try (Listener client = listen(way, again)) {
            assertThat(client.next())
                    .contains("\"recovered\":true", "{\"data\":2,\"offset\":2}", "{\"data\":3,\"offset\":3}");
            publish("room:a", "4");
            assertThat(client.next()).contains("\"data\":4,\"offset\":4");
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_connect_that_fails_is_told_as_a_disconnect(Unidirectional way) throws Exception {
        String expired = token(draft -> draft.expiresAt(Instant.ofEpochSecond(1_000)));
        try (Listener client = listen(way, request(expired))) {
            assertThat(client.next()).isEqualTo(told(way, 3005, "connection expired"));
        }
        try (Listener client = listen(way, request("x" + expired))) {
            assertThat(client.next()).isEqualTo(told(way, 3500, "invalid token"));
        }
        try (Listener client = listen(way, "{}")) {
            assertThat(client.next()).isEqualTo(told(way, 3501, "bad request"));
        }
        try (Listener client = listen(way, "{\"token\":7}")) {
            assertThat(client.next()).isEqualTo(told(way, 3501, "bad request"));
        }
        try (Listener client = listen(way, "{}}\n{\"id\":2,\"subscribe\":{\"channel\":\"room:a\"}")) {
            assertThat(client.next()).isEqualTo(told(way, 3501, "bad request"));
        }
        assertThat(came).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void an_error_is_told_as_the_application_wants_it_told(Unidirectional way) throws Exception {
        serve(o -> o.unidirectional(way).unidirectionalRefusal(109, new Disconnect(4109, "come back")));
        String expired = token(draft -> draft.expiresAt(Instant.ofEpochSecond(1_000)));
        try (Listener client = listen(way, request(expired))) {
            assertThat(client.next()).isEqualTo(told(way, 4109, "come back"));
        }
    }

    @Test
    void nothing_is_there_unless_it_is_opened() throws Exception {
        serve(o -> {});
        for (String path : new String[] {"/connection/uni_sse", "/connection/uni_http_stream"})
            assertThat(status(path)).isEqualTo(404);
        HttpResponse<String> upgrade = http.send(
                HttpRequest.newBuilder(at("/connection/uni_websocket")).build(), HttpResponse.BodyHandlers.ofString());
        assertThat(upgrade.statusCode()).isNotEqualTo(101);
    }

    private int status(String path) throws Exception {
        return http.send(HttpRequest.newBuilder(at(path)).build(), HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    @Test
    void pages_of_other_origins_and_large_requests_are_refused() throws Exception {
        HttpRequest foreign = HttpRequest.newBuilder(at("/connection/uni_sse"))
                .header("origin", "https://evil.example")
                .build();
        assertThat(http.send(foreign, HttpResponse.BodyHandlers.discarding()).statusCode())
                .isEqualTo(403);
        HttpRequest large = HttpRequest.newBuilder(at("/connection/uni_http_stream"))
                .POST(HttpRequest.BodyPublishers.ofString(" ".repeat(70_000) + "{}"))
                .build();
        assertThat(http.send(large, HttpResponse.BodyHandlers.discarding()).statusCode())
                .isEqualTo(413);
    }

    @Nested
    class On_a_WebSocket {
        private @Nullable Socket client;

        @AfterEach
        void hangUp() {
            if (client != null) client.close();
        }

        @Test
        void the_request_may_be_the_first_message_and_anything_after_it_ends_the_line() throws Exception {
            client = new Socket("");
            client.says(request(token(draft -> draft.channels(List.of("room:a")))));
            assertThat(client.next()).startsWith("{\"connect\"");
            client.says("{\"id\":2,\"subscribe\":{\"channel\":\"room:b\"}}");
            assertThat(client.next()).isEqualTo("closed with 3501");
        }

        @Test
        void pings_are_the_lines_own_and_who_answers_them_stays() throws Exception {
            client = new Socket("?cf_connect=" + URLEncoder.encode(request(token(d -> {})), StandardCharsets.UTF_8));
            assertThat(client.next()).startsWith("{\"connect\"");
            // Four seconds are two pings, and twice the time for a pong.
            await().during(Duration.ofSeconds(4)).atMost(Duration.ofSeconds(20)).until(client.heard::isEmpty);
            server.disconnect(came.poll(20, TimeUnit.SECONDS).id(), new Disconnect(4000, ""));
            assertThat(client.next()).isEqualTo("closed with 4000");
        }
    }

    @Test
    void a_stream_has_pings_that_nobody_answers() throws Exception {
        try (Listener client = listen(Unidirectional.SSE, request(token(draft -> {})))) {
            assertThat(client.next()).startsWith("{\"connect\"");
            for (int i = 0; i < 3; i++) assertThat(client.next()).isEqualTo("{}");
        }
        await().atMost(Duration.ofSeconds(20)).until(() -> server.connectionCount() == 0);
    }
}
