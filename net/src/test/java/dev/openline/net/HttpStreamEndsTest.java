package dev.openline.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("a streamed answer ends once, however it ends")
@Timeout(60)
class HttpStreamEndsTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final Duration LONG = Duration.ofMinutes(10);

    private final BlockingQueue<HeardStream> streams = new LinkedBlockingQueue<>();
    private final BlockingQueue<HttpRequest> requests = new LinkedBlockingQueue<>();
    private Supplier<HeardStream> handlers = HeardStream::new;

    /** Answers wait for it. */
    private CompletableFuture<Void> gate = CompletableFuture.completedFuture(null);

    private WebSocketServer server;

    /** How a peer goes away. */
    private enum Death {
        RESET {
            @Override
            void of(Socket socket) throws IOException {
                socket.setSoLinger(true, 0);
                socket.close();
            }
        },
        HALF_CLOSE {
            @Override
            void of(Socket socket) throws IOException {
                socket.shutdownOutput();
            }
        };

        abstract void of(Socket socket) throws IOException;
    }

    /** What the stream is doing then. */
    private enum State {
        IDLE {
            @Override
            void bring(RawPeer peer, HttpStream stream, SharedBytes bytes) {}
        },
        TALKING {
            @Override
            void bring(RawPeer peer, HttpStream stream, SharedBytes bytes) throws IOException {
                stream.write(bytes);
                peer.chunk();
                stream.write(bytes);
            }
        },
        FULL {
            @Override
            void bring(RawPeer peer, HttpStream stream, SharedBytes bytes) {
                Awaitility.await().pollInterval(Duration.ofMillis(20)).until(() -> {
                    SendResult sent = SendResult.ACCEPTED;
                    while (sent == SendResult.ACCEPTED) sent = stream.write(bytes);
                    return !stream.isWritable();
                });
            }
        },
        FULL_AND_ENDED {
            @Override
            void bring(RawPeer peer, HttpStream stream, SharedBytes bytes) throws IOException {
                FULL.bring(peer, stream, bytes);
                stream.end();
            }
        },
        WITH_A_REQUEST_BEHIND {
            @Override
            void bring(RawPeer peer, HttpStream stream, SharedBytes bytes) throws IOException {
                peer.say(GET + "GET / HT");
            }
        };

        abstract void bring(RawPeer peer, HttpStream stream, SharedBytes bytes) throws IOException;
    }

    static Stream<Transport> transports() {
        return Stream.of(Transport.values()).filter(Transport::isAvailable);
    }

    static Stream<Arguments> deathsBeforeTheAnswer() {
        return transports()
                .flatMap(transport -> Stream.of(Death.values()).map(death -> Arguments.of(transport, death)));
    }

    static Stream<Arguments> deaths() {
        return transports()
                .flatMap(transport -> Stream.of(State.values())
                        .flatMap(state ->
                                Stream.of(Death.values()).map(death -> Arguments.of(transport, state, death))));
    }

    private void serve(Transport transport, Consumer<ServerOptions> more) throws IOException {
        server = WebSocketServer.listen(o -> {
            o.port(0)
                    .transport(transport)
                    // On io_uring a peer that ends its half while we write to it is gone by this deadline.
                    .line(LineOptions.defaults().withWriteTimeout(Duration.ofSeconds(3)))
                    .http(request -> {
                        requests.add(request);
                        HeardStream heard = handlers.get();
                        streams.add(heard);
                        return gate.thenApply(open -> HttpResponse.stream(200, "text/plain", heard));
                    });
            more.accept(o);
        });
    }

    @AfterEach
    void close() {
        if (server != null) server.close();
    }

    private HeardStream heard() throws InterruptedException {
        return HeardStream.next(streams);
    }

    @ParameterizedTest(name = "{0}: {1}, {2}")
    @MethodSource("deaths")
    void aPeerThatGoesAwayEndsItsStreamOnce(Transport transport, State state, Death death) throws Exception {
        serve(transport, o -> {});
        SharedBytes bytes = SharedBytes.of(ByteBuffer.allocate(100_000));
        try (RawPeer peer = RawPeer.connect(server.port())) {
            peer.say(GET).head();
            HeardStream heard = heard();
            state.bring(peer, heard.stream(), bytes);
            death.of(peer.socket());
            heard.awaitClosed();
            assertThat(heard.stream().write(bytes)).isEqualTo(SendResult.CLOSED);
            Awaitility.await()
                    .untilAsserted(() -> assertThat(server.connections()).isZero());
            assertThat(heard.opens).hasValue(1);
            assertThat(heard.ends).hasValue(1);
        }
        bytes.release();
        Awaitility.await()
                .untilAsserted(() -> assertThat(bytes.bytes().refCnt()).isZero());
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("deathsBeforeTheAnswer")
    void aPeerThatLeftBeforeTheAnswerIsHeardOfToo(Transport transport, Death death) throws Exception {
        CompletableFuture<Void> later = new CompletableFuture<>();
        gate = later;
        serve(transport, o -> {});
        try (RawPeer peer = RawPeer.connect(server.port())) {
            peer.say(GET);
            HeardStream heard = heard();
            death.of(peer.socket());
            Awaitility.await()
                    .untilAsserted(() -> assertThat(server.connections()).isZero());
            later.complete(null);
            heard.awaitClosed();
            assertThat(heard.opens).hasValue(1);
            assertThat(heard.ends).hasValue(1);
        }
    }

    @Test
    void aHandlerThatThrowsAbortsItsStream() throws Exception {
        handlers = () -> new HeardStream() {
            @Override
            public void onOpen(HttpStream stream) {
                super.onOpen(stream);
                throw new IllegalStateException("on purpose");
            }
        };
        serve(Transport.NIO, o -> {});
        try (RawPeer peer = RawPeer.connect(server.port())) {
            peer.say(GET);
            heard().awaitClosed();
        }
    }

    /** Everything that a handler may do, it may do at once. */
    @Test
    void aBodyMayBeWrittenAndEndedInOnOpen() throws Exception {
        handlers = () -> new HeardStream() {
            @Override
            public void onOpen(HttpStream stream) {
                stream.write(HeardStream.bytes("short"));
                stream.end();
                assertThat(ends).as("it hears of the end after this call").hasValue(0);
                super.onOpen(stream);
            }
        };
        serve(Transport.NIO, o -> {});
        try (RawPeer peer = RawPeer.connect(server.port())) {
            for (int i = 0; i < 3; i++) {
                assertThat(peer.say(GET).head()).startsWith("HTTP/1.1 200 ");
                assertThat(peer.chunk()).hasSize(5);
                assertThat(peer.chunk()).isEmpty();
                heard().awaitClosed();
            }
        }
    }

    // --- drains
    // -----------------------------------------------------------------------------------------------------------------------

    @Test
    void streamsEndWhenTheServerGoesAway() throws Exception {
        serve(Transport.NIO, o -> {});
        try (RawPeer one = RawPeer.connect(server.port());
                RawPeer two = RawPeer.connect(server.port())) {
            for (RawPeer peer : List.of(one, two)) {
                peer.say(GET).head();
                heard().stream().write(HeardStream.bytes("last words"));
            }
            CompletableFuture<Drained> drained = server.drain(LONG);
            for (RawPeer peer : List.of(one, two)) {
                assertThat(peer.chunk()).hasSize(10);
                assertThat(peer.chunk()).isEmpty();
                assertThat(peer.isEnded()).isTrue();
            }
            assertThat(drained.get(10, TimeUnit.SECONDS)).isEqualTo(new Drained(2, 0));
        }
    }

    @Test
    void aStreamThatDoesNotLeaveIsCutWhenTheTimeIsOver() throws Exception {
        handlers = () -> new HeardStream() {
            @Override
            public void onGoingAway(HttpStream stream) {
                stream.write(HeardStream.bytes("I stay"));
            }
        };
        serve(Transport.NIO, o -> {});
        try (RawPeer peer = RawPeer.connect(server.port())) {
            peer.say(GET).head();
            CompletableFuture<Drained> drained = server.drain(Duration.ofMillis(300));
            assertThat(peer.chunk()).hasSize(6);
            assertThat(peer.isEnded()).isTrue();
            assertThat(drained.get(10, TimeUnit.SECONDS)).isEqualTo(new Drained(0, 1));
            heard().awaitClosed();
        }
    }

    @Test
    void noStreamIsOpenedWhileTheServerGoesAway() throws Exception {
        CompletableFuture<Void> later = new CompletableFuture<>();
        gate = later;
        serve(Transport.NIO, o -> {});
        try (RawPeer peer = RawPeer.connect(server.port())) {
            peer.say(GET);
            assertThat(requests.poll(10, TimeUnit.SECONDS)).isNotNull();
            CompletableFuture<Drained> drained = server.drain(LONG);
            Awaitility.await().until(server.admission()::isDraining);
            later.complete(null);
            assertThat(peer.head()).startsWith("HTTP/1.1 503 ").containsIgnoringCase("retry-after");
            heard().awaitClosed();
            peer.close();
            assertThat(drained.get(10, TimeUnit.SECONDS).cut()).isZero();
        }
    }

    @Test
    void closingTheServerEndsItsStreams() throws Exception {
        serve(Transport.NIO, o -> {});
        try (RawPeer peer = RawPeer.connect(server.port())) {
            peer.say(GET).head();
            HeardStream heard = heard();
            heard.stream();
            server.close();
            heard.awaitClosed();
            assertThat(heard.ends).hasValue(1);
            heard.stream().end();
            heard.stream().abort();
            assertThat(heard.stream().write(HeardStream.bytes("x"))).isEqualTo(SendResult.CLOSED);
        }
    }

    // --- TLS
    // --------------------------------------------------------------------------------------------------------------------------

    @Test
    void streamsOverTls(@TempDir Path folder) throws Exception {
        Certificates certificates = new Certificates(folder);
        Certificates.Pair files = certificates.local();
        serve(Transport.NIO, o -> o.tls(files.chain(), files.key()));
        SharedBytes bytes = SharedBytes.of(ByteBuffer.allocate(100_000));
        try (RawPeer peer = RawPeer.of(TlsPeer.connect(server.port(), certificates))) {
            for (int round = 0; round < 2; round++) {
                peer.say(GET).head();
                HttpStream stream = heard().stream();
                for (int i = 0; i < 5; i++) stream.write(bytes);
                stream.end();
                for (int i = 0; i < 5; i++) assertThat(peer.chunk()).hasSize(100_000);
                assertThat(peer.chunk()).isEmpty();
            }
            peer.say(GET).head();
            HeardStream heard = heard();
            peer.close();
            heard.awaitClosed();
        }
        bytes.release();
        Awaitility.await()
                .untilAsserted(() -> assertThat(bytes.bytes().refCnt()).isZero());
    }
}
