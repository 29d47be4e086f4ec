package dev.openline.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestBodyTest {
    private final BlockingQueue<HttpRequest> requests = new LinkedBlockingQueue<>();
    private WebSocketServer server;

    @BeforeEach
    void listen() throws Exception {
        server = WebSocketServer.listen(o -> o.port(0)
                .transport(Transport.NIO)
                .maxHttpBodyBytes(64 << 10)
                .http(request -> {
                    requests.add(request);
                    return CompletableFuture.completedStage(
                            HttpResponse.empty(204).with("access-control-allow-origin", "*"));
                }));
    }

    @AfterEach
    void close() {
        server.close();
    }

    private HttpRequest next() throws InterruptedException {
        HttpRequest request = requests.poll(10, TimeUnit.SECONDS);
        if (request == null) throw new AssertionError("no request within ten seconds");
        return request;
    }

    private static byte[] numbered(int size) {
        byte[] body = new byte[size];
        for (int i = 0; i < size; i++) body[i] = (byte) (i * 31);
        return body;
    }

    @ParameterizedTest(name = "of {0} bytes")
    @ValueSource(ints = {0, 1, 8_191, 65_535, 65_536})
    void arrivesWholeInOnePieceAndInChunks(int size) throws Exception {
        byte[] body = numbered(size);
        try (RawPeer peer = RawPeer.connect(server.port())) {
            peer.say("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + size + "\r\n\r\n");
            for (int i = 0; i < size; i += 5_000) {
                peer.say(java.util.Arrays.copyOfRange(body, i, Math.min(size, i + 5_000)));
            }
            assertThat(next().body()).isEqualTo(body);
            assertThat(peer.head()).startsWith("HTTP/1.1 204 ");
            peer.say("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
            if (size > 0) peer.say(Integer.toHexString(size) + "\r\n").say(body).say("\r\n");
            peer.say("0\r\n\r\n");
            assertThat(next().body()).isEqualTo(body);
            assertThat(peer.head()).startsWith("HTTP/1.1 204 ");
        }
    }

    @Test
    void beyondItsBoundIsRefusedHoweverItComes() throws Exception {
        int size = (64 << 10) + 1;
        try (RawPeer peer = RawPeer.connect(server.port())) {
            peer.say("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + size + "\r\n\r\n")
                    .say(numbered(size));
            assertThat(peer.head()).startsWith("HTTP/1.1 413 ");
        }
        try (RawPeer peer = RawPeer.connect(server.port())) {
            peer.say("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + Integer.toHexString(size)
                            + "\r\n")
                    .say(numbered(size));
            assertThat(peer.head()).startsWith("HTTP/1.1 413 ");
        }
        assertThat(requests).isEmpty();
    }

    @Test
    void aPreflightReachesTheHandler() throws Exception {
        try (RawPeer peer = RawPeer.connect(server.port())) {
            peer.say("OPTIONS /emulation HTTP/1.1\r\nHost: a\r\nOrigin: https://b.example\r\n"
                    + "Access-Control-Request-Method: POST\r\n\r\n");
            assertThat(peer.head()).startsWith("HTTP/1.1 204 ").contains("access-control-allow-origin: *");
            HttpRequest asked = next();
            assertThat(asked.method()).isEqualTo("OPTIONS");
            assertThat(asked.headers().first("access-control-request-method")).isEqualTo("POST");
        }
    }
}
