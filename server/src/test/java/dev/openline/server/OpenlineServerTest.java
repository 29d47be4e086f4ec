package dev.openline.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.openline.net.EventLoops;
import dev.openline.net.LineOptions;
import dev.openline.net.Transport;
import dev.openline.net.WebSocket;
import dev.openline.net.WebSocketClient;
import dev.openline.net.WebSocketHandler;
import dev.openline.protocol.Disconnect;
import dev.openline.wire.CloseStatus;
import dev.openline.wire.DeflateOptions;
import dev.openline.wire.FrameHead;
import dev.openline.wire.FrameLine;
import dev.openline.wire.FrameTap;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The whole server over real sockets, with channels at home on several loops. */
class OpenlineServerTest {
    private final HttpClient http = HttpClient.newHttpClient();
    private EventLoops loops;
    private OpenlineServer server;
    private WebSocketClient dialler;

    @BeforeEach
    void start() throws Exception {
        loops = EventLoops.start(Transport.NIO, 3);
        server = OpenlineServer.create(o -> o.port(0)
                        .loops(loops)
                        .insecure()
                        .apiKey("first")
                        .apiKey("second")
                        .namespace(
                                "room",
                                c -> c.history(100, Duration.ofMinutes(5))
                                        .presence()
                                        .joinLeave())
                        .namespace("price", c -> c.latest())
                        .namespace("typing", c -> c.unlogged()))
                .start();
        dialler = WebSocketClient.create(o -> o.loops(loops));
    }

    @AfterEach
    void stop() {
        server.close();
        loops.close();
    }

    private static final class Talk implements WebSocketHandler {
        final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        final CompletableFuture<CloseStatus> closed = new CompletableFuture<>();

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

    private WebSocket dial(Talk talk) {
        return dialler.dial(URI.create("ws://127.0.0.1:" + server.port() + "/connection/websocket"), talk)
                .toCompletableFuture()
                .join();
    }

    private static String clientIn(String connectReply) {
        int from = connectReply.indexOf("\"client\":\"") + 10;
        return connectReply.substring(from, connectReply.indexOf('"', from));
    }

    @Test
    void theProtocolIsSpokenAsItsTranscriptsShow() throws Exception {
        Talk talk = new Talk();
        WebSocket line = dial(talk);
        line.sendText(
                "{\"id\":1,\"connect\":{\"name\":\"js\"}}\n{\"id\":2,\"subscribe\":{\"channel\":\"room:a\",\"flag\":1}}");
        String connected = talk.next();
        assertThat(connected)
                .matches(
                        "\\{\"id\":1,\"connect\":\\{\"client\":\"[0-9a-f-]{36}\",\"version\":\"[^\"]+\",\"ping\":25,\"pong\":true}}");
        String subscribed = talk.next();
        assertThat(subscribed)
                .matches(
                        "\\{\"id\":2,\"subscribe\":\\{\"recoverable\":true,\"positioned\":true,\"epoch\":\"[\\w-]{8}\"}}");
        line.sendText("{\"id\":3,\"publish\":{\"channel\":\"room:a\",\"data\":{\"t\":\"hi\"}}}");
        String info = "{\"user\":\"\",\"client\":\"" + clientIn(connected) + "\"}";
        assertThat(java.util.List.of(talk.next(), talk.next()))
                .containsExactlyInAnyOrder(
                        "{\"push\":{\"channel\":\"room:a\",\"pub\":{\"data\":{\"t\":\"hi\"},\"info\":" + info
                                + ",\"offset\":1}}}",
                        "{\"id\":3,\"publish\":{}}");
    }

    @Test
    void everySubscriberOnEveryLoopHearsEverythingInOrderOnce() throws Exception {
        int listeners = 9;
        int publications = 300;
        java.util.List<Talk> talks = new java.util.ArrayList<>();
        for (int i = 0; i < listeners; i++) {
            Talk talk = new Talk();
            talks.add(talk);
            dial(talk).sendText("{\"id\":1,\"connect\":{}}\n{\"id\":2,\"subscribe\":{\"channel\":\"room:a\"}}");
            talk.next();
            talk.next();
        }
        for (int i = 1; i <= publications; i++) server.publish("room:a", "" + i);
        for (Talk talk : talks) {
            for (int i = 1; i <= publications; i++) {
                assertThat(talk.next())
                        .isEqualTo("{\"push\":{\"channel\":\"room:a\",\"pub\":{\"data\":" + i + ",\"offset\":" + i
                                + "}}}");
            }
        }
    }

    @Test
    void joiningIsToldAfterTheSubscribeReplyAlsoToTheJoiner() throws Exception {
        for (int i = 0; i < 20; i++) {
            Talk talk = new Talk();
            dial(talk)
                    .sendText("{\"id\":1,\"connect\":{}}\n{\"id\":2,\"subscribe\":{\"channel\":\"room:" + i
                            + "\",\"join_leave\":true}}");
            talk.next();
            assertThat(talk.next()).startsWith("{\"id\":2,\"subscribe\":");
            assertThat(talk.next()).startsWith("{\"push\":{\"channel\":\"room:" + i + "\",\"join\":");
        }
    }

    @Test
    void aCutLineIsRecoveredOverAnotherOne() throws Exception {
        Talk talk = new Talk();
        dial(talk).sendText("{\"id\":1,\"connect\":{}}\n{\"id\":2,\"subscribe\":{\"channel\":\"room:a\"}}");
        String client = clientIn(talk.next());
        String epoch = talk.next().replaceAll(".*\"epoch\":\"([^\"]+)\".*", "$1");
        assertThat(server.cut(client)).isTrue();
        assertThat(talk.status().code()).isEqualTo(1006);
        for (int i = 1; i <= 3; i++) server.publish("room:a", "" + i).join();
        Talk again = new Talk();
        dial(again)
                .sendText(
                        "{\"id\":1,\"connect\":{}}\n{\"id\":2,\"subscribe\":{\"channel\":\"room:a\",\"recover\":true,\"epoch\":\""
                                + epoch + "\"}}");
        again.next();
        assertThat(again.next())
                .contains("\"recovered\":true")
                .contains("[{\"data\":1,\"offset\":1},{\"data\":2,\"offset\":2},{\"data\":3,\"offset\":3}]");
        assertThat(server.cut(client)).as("a client that is gone").isFalse();
    }

    @Test
    void aDisconnectHasItsCodeAndReason() throws Exception {
        Talk talk = new Talk();
        dial(talk).sendText("{\"id\":1,\"connect\":{}}");
        server.disconnect(clientIn(talk.next()), new Disconnect(4321, "as agreed"));
        assertThat(talk.status()).isEqualTo(new CloseStatus(4321, "as agreed"));
    }

    @Test
    void aBinaryFrameAndAFrameThatIsNoJsonAre3501AndATooLargeOneIs1009() throws Exception {
        Talk binary = new Talk();
        dial(binary).sendBinary(java.nio.ByteBuffer.wrap(new byte[] {1}));
        assertThat(binary.status().code()).isEqualTo(3501);
        Talk broken = new Talk();
        dial(broken).sendText("hello");
        assertThat(broken.status().code()).isEqualTo(3501);
        Talk large = new Talk();
        dial(large).sendText("x".repeat(65_537));
        assertThat(large.status().code()).isEqualTo(1009);
    }

    @Test
    void withoutInsecureAConnectWithoutATokenIs3501AndWithOneIs3500() throws Exception {
        try (OpenlineServer strict = OpenlineServer.create(o ->
                        o.port(0).loops(loops).namespace("room", c -> c.history(1, Duration.ofMinutes(1))))
                .start()) {
            URI address = URI.create("ws://127.0.0.1:" + strict.port() + "/connection/websocket");
            Talk without = new Talk();
            dialler.dial(address, without).toCompletableFuture().join().sendText("{\"id\":1,\"connect\":{}}");
            assertThat(without.status().code()).isEqualTo(3501);
            Talk with = new Talk();
            dialler.dial(address, with)
                    .toCompletableFuture()
                    .join()
                    .sendText("{\"id\":1,\"connect\":{\"token\":\"x\"}}");
            assertThat(with.status().code()).isEqualTo(3500);
        }
    }

    @Test
    void aReasonThatDoesNotFitIntoACloseFrameIsCut() throws Exception {
        var dropped = new Authenticator.Dropped(new Disconnect(4500, "no ".repeat(100)));
        try (OpenlineServer other = OpenlineServer.create(
                        o -> o.port(0).loops(loops).authenticator(attempt -> CompletableFuture.completedStage(dropped)))
                .start()) {
            Talk talk = new Talk();
            dialler.dial(URI.create("ws://127.0.0.1:" + other.port() + "/connection/websocket"), talk)
                    .toCompletableFuture()
                    .join()
                    .sendText("{\"id\":1,\"connect\":{}}");
            assertThat(talk.status()).isEqualTo(new CloseStatus(4500, "no ".repeat(41)));
        }
    }

    @Test
    void publishingFromJavaSaysWhere() {
        assertThat(server.publish("room:a", "1").join().orElseThrow().offset()).isOne();
        assertThat(server.publish("typing:a", "1").join()).isEqualTo(Optional.empty());
        assertThatThrownBy(() -> server.publish("nowhere:a", "1").join())
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        PublishRefused.class,
                        refused -> assertThat(refused.error().code()).isEqualTo(102));
        assertThatThrownBy(() -> server.publish("room:a", "{")).isInstanceOf(IllegalArgumentException.class);
    }

    private HttpResponse<String> post(String method, String body, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + server.port() + "/api/" + method))
                .POST(HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) request.headers(headers);
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void theApiPublishesOncePerKeyAndReadsHistory() throws Exception {
        String said =
                "{\"channel\":\"room:a\",\"data\":{\"a\":[1,\"\\u20ac\"]},\"idempotency_key\":\"k\",\"tags\":{\"t\":\"v\"}}";
        HttpResponse<String> first = post("publish", said, "X-API-Key", "second");
        assertThat(first.statusCode()).isEqualTo(200);
        assertThat(first.body()).matches("\\{\"result\":\\{\"offset\":1,\"epoch\":\"[\\w-]{8}\"}}");
        assertThat(post("publish", said, "Authorization", "apikey first").body())
                .isEqualTo(first.body());
        assertThat(post("publish", "{\"channel\":\"room:a\",\"b64data\":\"Mg==\"}", "X-API-Key", "first")
                        .body())
                .contains("\"offset\":2");
        assertThat(post("history", "{\"channel\":\"room:a\",\"limit\":10,\"reverse\":true}", "X-API-Key", "first")
                        .body())
                .startsWith(
                        "{\"result\":{\"publications\":[{\"data\":2,\"offset\":2},{\"data\":{\"a\":[1,\"\\u20ac\"]},")
                .contains("\"tags\":{\"t\":\"v\"}")
                .endsWith(",\"offset\":2}}");
        assertThat(post("publish", "{\"channel\":\"typing:a\",\"data\":1}", "X-API-Key", "first")
                        .body())
                .isEqualTo("{\"result\":{}}");
    }

    @ParameterizedTest(name = "{0} {1} -> {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                "publish | {\"channel\":\"room:a\"} | 107",
                "publish | {\"data\":1} | 107",
                "publish | {\"channel\":\"nowhere:a\",\"data\":1} | 102",
                "history | {\"channel\":\"typing:a\"} | 108",
                "history | {\"channel\":\"room:a\",\"since\":{\"offset\":1,\"epoch\":\"other\"},\"limit\":1} | 112",
                "history | {\"channel\":\"room:a\",\"reverse\":true,\"since\":{\"offset\":0},\"limit\":1} | 107",
            })
    void theApiRefusesWithTheProtocolsCodes(String method, String body, int code) throws Exception {
        HttpResponse<String> answer = post(method, body, "X-API-Key", "first");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).startsWith("{\"error\":{\"code\":" + code + ",\"message\":");
    }

    @ParameterizedTest(name = "{0} -> {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"channel\":\"room:a\"} | data is missing",
                "{\"channel\":\"room:a\",\"data\":null} | data is missing",
                "{\"channel\":\"room:a\",\"b64data\":\"/w==\"} | data is not JSON",
                "{\"channel\":\"room:\u00e9\",\"data\":1} | a channel may not be called so",
            })
    void theApiSaysWhatIsBadAboutARequest(String body, String what) throws Exception {
        assertThat(post("publish", body, "X-API-Key", "first").body())
                .isEqualTo("{\"error\":{\"code\":107,\"message\":\"bad request: " + what + "\"}}");
    }

    @Test
    void theApiIsClosedWithoutItsKeyAndStrictAboutItsForm() throws Exception {
        assertThat(post("publish", "{}").statusCode()).isEqualTo(401);
        assertThat(post("publish", "{}", "X-API-Key", "wrong").statusCode()).isEqualTo(401);
        assertThat(post("nothing", "{}", "X-API-Key", "wrong").statusCode()).isEqualTo(401);
        assertThat(post("nothing", "{}", "X-API-Key", "first").statusCode()).isEqualTo(404);
        assertThat(post("publish", "{", "X-API-Key", "first").statusCode()).isEqualTo(400);
        assertThat(post("publish", "", "X-API-Key", "first").statusCode()).isEqualTo(400);
        HttpRequest get = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + server.port() + "/api/publish?api_key=first"))
                .build();
        assertThat(http.send(get, HttpResponse.BodyHandlers.ofString()).statusCode())
                .isEqualTo(405);
    }

    @ParameterizedTest
    @CsvSource({
        "openline.js, text/javascript, export class Openline",
        "openline.d.ts, application/typescript, export class Openline",
        "openline-outbox.js, text/javascript, export class Outbox",
        "openline-outbox-centrifuge.js, text/javascript, export function outboxFor",
        "openline-shared.js, text/javascript, export class SharedWebSocket"
    })
    void theBrowserModulesAreServed(String name, String type, String export) throws Exception {
        HttpRequest get = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/" + name))
                .build();
        HttpResponse<String> module = http.send(get, HttpResponse.BodyHandlers.ofString());
        assertThat(module.statusCode()).isEqualTo(200);
        assertThat(module.headers().firstValue("content-type")).hasValue(type + "; charset=utf-8");
        assertThat(module.body()).contains(export);
    }

    @Test
    void theBrowserModulesAreGzippedForThoseWhoAcceptIt() throws Exception {
        HttpRequest get = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/openline.js"))
                .header("accept-encoding", "gzip")
                .build();
        HttpResponse<byte[]> module = http.send(get, HttpResponse.BodyHandlers.ofByteArray());
        assertThat(module.headers().firstValue("content-encoding")).hasValue("gzip");
        assertThat(module.headers().firstValue("vary")).hasValue("accept-encoding");
        assertThat(module.headers().firstValue("access-control-allow-origin")).hasValue("*");
        try (InputStream unpacked = new GZIPInputStream(new ByteArrayInputStream(module.body()))) {
            assertThat(unpacked.readAllBytes()).asString().contains("export class Openline");
        }
    }

    @Test
    void publicationsAreCompressedForThoseWhoAskForIt() throws Exception {
        BlockingQueue<String> frames = new LinkedBlockingQueue<>();
        try (OpenlineServer compressing = OpenlineServer.create(o -> o.port(0)
                                .loops(loops)
                                .insecure()
                                .namespace("price", c -> c.latest())
                                .deflate(DeflateOptions.DEFAULT))
                        .start();
                WebSocketClient inflating = WebSocketClient.create(o -> o.loops(loops)
                        .line(LineOptions.defaults().withDeflate(DeflateOptions.DEFAULT))
                        .tap(into(frames)))) {
            URI address = URI.create("ws://127.0.0.1:" + compressing.port() + "/connection/websocket");
            Talk one = new Talk();
            Talk two = new Talk();
            for (Talk talk : List.of(one, two)) {
                WebSocketClient client = talk == one ? inflating : dialler;
                WebSocket line =
                        client.dial(address, talk).toCompletableFuture().join();
                assertThat(line.deflate() != null).isEqualTo(talk == one);
                line.sendText("{\"id\":1,\"connect\":{}}\n{\"id\":2,\"subscribe\":{\"channel\":\"price:a\"}}");
                assertThat(talk.next()).contains("\"connect\"");
                assertThat(talk.next()).contains("\"subscribe\"");
            }
            String data = "\"" + "the same again and again, ".repeat(100) + "\"";
            compressing.publish("price:a", data);
            assertThat(one.next()).contains(data);
            assertThat(two.next()).contains(data);
            assertThat(frames).anySatisfy(line -> assertThat(line).contains("price:a", "deflated to"));
        }
    }

    private static FrameTap into(BlockingQueue<String> frames) {
        return new FrameTap() {
            @Override
            public void frameSent(FrameHead head, String payloadPreview) {}

            @Override
            public void frameReceived(FrameHead head, String payloadPreview) {
                frames.add(FrameLine.received(head, payloadPreview).toString());
            }
        };
    }
}
