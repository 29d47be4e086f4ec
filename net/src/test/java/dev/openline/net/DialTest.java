package dev.openline.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.openline.wire.CloseStatus;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("RFC 6455 §4.1 the client's side of the opening handshake, over a socket")
class DialTest {
    private EventLoops loops;
    private WebSocketClient client;
    private ServerSocket listening;

    @BeforeEach
    void listen() throws IOException {
        loops = EventLoops.start(Transport.NIO, 1);
        client = WebSocketClient.create(o -> o.loops(loops).dialTimeout(Duration.ofMillis(700)));
        listening = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
    }

    @AfterEach
    void close() throws IOException {
        listening.close();
        client.close();
        loops.close();
    }

    private URI address() {
        return URI.create("ws://127.0.0.1:" + listening.getLocalPort() + "/path?q=1");
    }

    private DialFailed failure(String answer) throws Exception {
        var dialled = client.dial(address(), new Heard()).toCompletableFuture();
        try (RawPeer server = RawPeer.of(listening.accept())) {
            server.head();
            server.say(answer);
            return (DialFailed) dialled.handle((line, fault) -> fault).get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void theRequestIsAsTheRfcWantsIt() throws Exception {
        client.dial(address(), new Heard());
        try (RawPeer server = RawPeer.of(listening.accept())) {
            assertThat(server.head())
                    .startsWith("GET /path?q=1 HTTP/1.1\r\n")
                    .contains("Host: 127.0.0.1:" + listening.getLocalPort() + "\r\n", "Upgrade: websocket\r\n")
                    .containsPattern("Sec-WebSocket-Key: [A-Za-z0-9+/]{22}==\r\n")
                    .contains("Sec-WebSocket-Version: 13\r\n");
        }
    }

    @Test
    void anAnswerThatIsNo101SaysItsStatus() throws Exception {
        DialFailed failed = failure("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n");
        assertThat(failed.status()).isEqualTo(OptionalInt.of(503));
        assertThat(failed).hasMessageContaining("503");
    }

    @Test
    void aWrongAcceptHashFailsTheDial() throws Exception {
        DialFailed failed = failure("HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
        assertThat(failed.status()).isEmpty();
    }

    @Test
    void aServerThatNeverAnswersFailsTheDialInTime() throws Exception {
        assertThat(failure("")).hasMessageContaining("within 700 ms");
    }

    @Test
    void noListenerIsSaidSo() throws Exception {
        URI address = address();
        listening.close();
        assertThatThrownBy(() ->
                        client.dial(address, new Heard()).toCompletableFuture().join())
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOf(DialFailed.class)
                .hasMessageContaining("connection refused");
    }

    @Test
    void anAddressThatIsNoWebSocketIsTheCallersFault() {
        assertThatThrownBy(() -> client.dial(URI.create("http://127.0.0.1/"), new Heard()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void bothSidesOfOursTalkAndClose() throws Exception {
        Heard accepted = new Heard();
        try (WebSocketServer server =
                WebSocketServer.listen(o -> o.port(0).loops(loops).webSocket("/", request -> accepted))) {
            Heard dialled = new Heard();
            WebSocket line = client.dial(URI.create("ws://127.0.0.1:" + server.port() + "/"), dialled)
                    .toCompletableFuture()
                    .get(10, TimeUnit.SECONDS);
            line.sendText("to the server");
            assertThat(accepted.text()).isEqualTo("to the server");
            accepted.line().sendText("to the client");
            assertThat(dialled.text()).isEqualTo("to the client");
            line.close(CloseStatus.NORMAL.withReason("done"));
            assertThat(accepted.status()).isEqualTo(new CloseStatus(1000, "done"));
            assertThat(dialled.status().code()).isEqualTo(1000);
        }
    }

    @Test
    void masksAreFreshForEveryFrame() {
        java.util.Set<Integer> keys = new java.util.HashSet<>();
        MaskKeys source = MaskKeys.here();
        for (int i = 0; i < 2_000; i++) keys.add(source.getAsInt());
        assertThat(keys)
                .as("two equal ones in two thousand are as likely as 1 in 2,000")
                .hasSizeGreaterThan(1_997);
    }
}
