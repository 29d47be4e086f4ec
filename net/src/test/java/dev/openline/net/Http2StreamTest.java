package dev.openline.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.Http2Error;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("answers that are streamed in HTTP/2")
@Timeout(60)
class Http2StreamTest {
    private final BlockingQueue<HeardStream> streams = new LinkedBlockingQueue<>();
    private final Queue<SharedBytes> shared = new ConcurrentLinkedQueue<>();

    @TempDir
    private Path folder;

    private Certificates certificates;
    private WebSocketServer server;

    @BeforeEach
    void issue() throws Exception {
        certificates = new Certificates(folder);
    }

    @AfterEach
    void close() {
        if (server != null) server.close();
        Awaitility.await()
                .untilAsserted(() -> assertThat(shared)
                        .allSatisfy(bytes -> assertThat(bytes.bytes().refCnt()).isZero()));
    }

    private H2Peer serve(TlsEngine engine, Consumer<ServerOptions> more) throws Exception {
        Certificates.Pair files = certificates.local();
        server = WebSocketServer.listen(o -> {
            o.port(0).transport(Transport.NIO);
            o.tls(TlsOptions.pem(files.chain(), files.key()).engine(engine).http2(true));
            o.http(request -> {
                if (!request.path().equals("/stream")) {
                    return CompletableFuture.completedStage(HttpResponse.text(200, request.path()));
                }
                HeardStream heard = new HeardStream();
                streams.add(heard);
                return CompletableFuture.completedStage(
                        HttpResponse.stream(200, "text/plain", heard).with("connection", "close"));
            });
            more.accept(o);
        });
        return new H2Peer(server.port(), certificates);
    }

    private H2Peer serve(Consumer<ServerOptions> more) throws Exception {
        return serve(TlsEngine.JDK, more);
    }

    private static H2Peer.Stream ask(H2Peer peer) throws Exception {
        return peer.open(H2Peer.get("/stream"), true);
    }

    private HeardStream heard() throws InterruptedException {
        return HeardStream.next(streams);
    }

    private void assertTheConnectionGoesOn(H2Peer peer) throws Exception {
        assertThat(peer.open(H2Peer.get("/next"), true).body()).isEqualTo("/next");
    }

    /** The peer has to have stopped reading. */
    private int fill(HttpStream stream) {
        SharedBytes bytes = SharedBytes.of(ByteBuffer.allocate(100_000));
        shared.add(bytes);
        int[] accepted = {0};
        Awaitility.await().until(() -> {
            SendResult sent = stream.write(bytes);
            for (; sent == SendResult.ACCEPTED; sent = stream.write(bytes)) accepted[0]++;
            return sent == SendResult.QUEUE_FULL && !stream.isWritable();
        });
        bytes.release();
        return accepted[0];
    }

    @ParameterizedTest
    @EnumSource
    void aBodyArrivesInOrderAndTheConnectionGoesOn(TlsEngine engine) throws Exception {
        try (H2Peer peer = serve(engine, o -> {})) {
            H2Peer.Stream asked = ask(peer);
            HeardStream heard = heard();
            HttpStream stream = heard.stream();
            StringBuilder expected = new StringBuilder();
            for (int i = 0; i < 500; i++) {
                String text = i + ",";
                expected.append(text);
                if (i % 3 == 0) {
                    stream.write(HeardStream.bytes(text));
                } else {
                    SharedBytes bytes = SharedBytes.of(HeardStream.bytes(text));
                    shared.add(bytes);
                    stream.write(bytes);
                    bytes.release();
                }
            }
            stream.end();
            assertThat(asked.body()).isEqualTo(expected.toString());
            assertThat(asked.status()).isEqualTo(200);
            assertThat(asked.head().get("content-type")).hasToString("text/plain");
            assertThat(asked.head().contains("content-length")).isFalse();
            assertThat(asked.head().contains("transfer-encoding")).isFalse();
            assertThat(asked.head().contains("connection")).isFalse();
            heard.awaitClosed();
            assertThat(asked.reset).isNotDone();
            assertThat(stream.sentBytes()).isEqualTo(expected.length());
            assertThat(stream.write(HeardStream.bytes("late"))).isEqualTo(SendResult.CLOSED);
            assertTheConnectionGoesOn(peer);
        }
    }

    @Test
    void theHeadDoesNotWaitForTheBody() throws Exception {
        try (H2Peer peer = serve(o -> {})) {
            assertThat(ask(peer).status()).isEqualTo(200);
        }
    }

    /** Its window is the 65,535 bytes that RFC 9113 begins with. */
    @ParameterizedTest
    @EnumSource
    void aPeerWithoutAWindowFillsTheQueueAndDelaysNoOther(TlsEngine engine) throws Exception {
        try (H2Peer peer = serve(engine, o -> {})) {
            peer.widen();
            H2Peer.Stream asked = ask(peer);
            asked.head();
            asked.channel.config().setAutoRead(false);
            HeardStream heard = heard();
            HttpStream stream = heard.stream();
            int accepted = fill(stream);
            assertThat(accepted * 100_000L).isLessThan(LineOptions.defaults().maxQueuedBytes() + 2 * 65_535L + 100_000);
            H2Peer.Stream lively = ask(peer);
            HttpStream other = heard().stream();
            other.write(HeardStream.bytes("unharmed"));
            other.end();
            assertThat(lively.body()).isEqualTo("unharmed");
            assertThat(heard.writables).hasValue(0);
            asked.channel.config().setAutoRead(true);
            Awaitility.await().until(() -> heard.writables.get() > 0 && stream.isWritable());
            assertThat(stream.write(HeardStream.bytes("more"))).isEqualTo(SendResult.ACCEPTED);
            stream.end();
            assertThat(asked.body()).hasSize(accepted * 100_000 + 4);
        }
    }

    @Test
    void aPeerThatTakesNothingLosesTheStreamAndKeepsItsConnection() throws Exception {
        try (H2Peer peer = serve(o -> o.line(LineOptions.defaults().withWriteTimeout(Duration.ofMillis(300))))) {
            peer.widen();
            H2Peer.Stream asked = ask(peer);
            asked.head();
            asked.channel.config().setAutoRead(false);
            HeardStream heard = heard();
            fill(heard.stream());
            heard.awaitClosed();
            asked.channel.config().setAutoRead(true);
            assertTheConnectionGoesOn(peer);
        }
    }

    @Test
    void aResetEndsTheStream() throws Exception {
        try (H2Peer peer = serve(o -> {})) {
            peer.widen();
            for (int round = 0; round < 3; round++) {
                H2Peer.Stream asked = ask(peer);
                asked.head();
                HeardStream heard = heard();
                if (round > 0) asked.channel.config().setAutoRead(false);
                if (round > 0) fill(heard.stream());
                if (round > 1) heard.stream().end();
                asked.cancel();
                heard.awaitClosed();
                asked.channel.config().setAutoRead(true);
                assertThat(heard.ends).hasValue(1);
                assertThat(heard.stream().isWritable()).isFalse();
            }
            assertTheConnectionGoesOn(peer);
        }
    }

    @Test
    void theEndOfTheConnectionEndsItsStreams() throws Exception {
        HeardStream first;
        HeardStream second;
        try (H2Peer peer = serve(o -> {})) {
            ask(peer);
            first = heard();
            ask(peer);
            second = heard();
            first.stream();
            fill(second.stream());
        }
        first.awaitClosed();
        second.awaitClosed();
        assertThat(first.ends).hasValue(1);
        Awaitility.await().until(() -> server.connections() == 0);
    }

    @Test
    void anAbortedStreamIsReset() throws Exception {
        try (H2Peer peer = serve(o -> {})) {
            H2Peer.Stream asked = ask(peer);
            asked.head();
            HeardStream heard = heard();
            heard.stream().abort();
            assertThat(asked.reset()).isEqualTo(Http2Error.CANCEL);
            heard.awaitClosed();
            assertTheConnectionGoesOn(peer);
        }
    }

    @Test
    void aHeadRequestGetsTheHead() throws Exception {
        try (H2Peer peer = serve(o -> {})) {
            H2Peer.Stream asked = peer.open(H2Peer.get("/stream").method("HEAD"), true);
            assertThat(asked.status()).isEqualTo(200);
            assertThat(asked.body()).isEmpty();
            HeardStream heard = heard();
            heard.awaitClosed();
            assertThat(heard.opens).hasValue(1);
        }
    }

    @Test
    void aSilentStreamOutlivesTheTimesOfRequests() throws Exception {
        Duration soon = Duration.ofMillis(1_000);
        try (H2Peer peer = serve(o -> o.handshakeTimeout(soon).keepAliveTimeout(soon))) {
            H2Peer.Stream asked = ask(peer);
            asked.head();
            HeardStream heard = heard();
            server.loops()
                    .loop(0)
                    .schedule(() -> {}, 2_000, TimeUnit.MILLISECONDS)
                    .get();
            heard.stream().write(HeardStream.bytes("still here"));
            heard.stream().end();
            assertThat(asked.body()).isEqualTo("still here");
        }
    }

    @Test
    void streamsCountAsLinesDo() throws Exception {
        try (H2Peer peer = serve(o -> o.maxConnections(1))) {
            H2Peer.Stream first = ask(peer);
            assertThat(first.status()).isEqualTo(200);
            HeardStream heard = heard();
            H2Peer.Stream second = ask(peer);
            assertThat(second.status()).isEqualTo(503);
            heard().awaitClosed();
            heard.stream().end();
            assertThat(first.body()).isEmpty();
            heard.awaitClosed();
            Awaitility.await().until(() -> ask(peer).status() == 200);
        }
    }

    @Test
    void streamsEndWhenTheServerGoesAway() throws Exception {
        try (H2Peer peer = serve(o -> {})) {
            H2Peer.Stream asked = ask(peer);
            asked.head();
            heard().stream().write(HeardStream.bytes("last words"));
            CompletableFuture<Drained> drained = server.drain(Duration.ofSeconds(8));
            assertThat(asked.body()).isEqualTo("last words");
            assertThat(drained.get(10, TimeUnit.SECONDS)).isEqualTo(new Drained(1, 0));
        }
    }
}
