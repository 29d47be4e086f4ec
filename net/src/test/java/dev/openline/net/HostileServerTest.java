package dev.openline.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.net.URI;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client does with a server that means it no good. Each dial ends in one sentence, and with its connection closed. */
class HostileServerTest {
    private static final String YES =
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n";

    private EventLoops loops;
    private WebSocketClient client;
    private ServerSocket listening;

    @BeforeEach
    void listen() throws IOException {
        loops = EventLoops.start(Transport.NIO, 1);
        client = WebSocketClient.create(o -> o.loops(loops).dialTimeout(Duration.ofMillis(900)));
        listening = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
    }

    @AfterEach
    void close() throws IOException {
        listening.close();
        client.close();
        loops.close();
    }

    private URI address() {
        return URI.create("ws://127.0.0.1:" + listening.getLocalPort() + "/");
    }

    private String where() {
        return "127.0.0.1:" + listening.getLocalPort();
    }

    /** What the server does once it has read the request. */
    private interface Deed {
        void by(RawPeer server, String request) throws IOException;
    }

    private DialFailed failure(Deed deed) throws Exception {
        Heard heard = new Heard();
        CompletableFuture<WebSocket> dialled = client.dial(address(), heard).toCompletableFuture();
        try (RawPeer server = RawPeer.of(listening.accept())) {
            String request = server.head();
            try {
                deed.by(server, request);
            } catch (SocketException refusedToHearMore) {
                // As it should.
            }
            DialFailed failed =
                    (DialFailed) dialled.handle((line, fault) -> fault).get(10, TimeUnit.SECONDS);
            assertThat(server.isEnded()).isTrue();
            assertThat(heard.opened).isNotDone();
            assertThat(failed.getMessage()).startsWith(where()).doesNotContain("\n", "Exception");
            return failed;
        }
    }

    /** The line that was opened before the server did its deed, and what the client made of it. */
    private Heard line(Deed deed) throws Exception {
        Heard heard = new Heard();
        client.dial(address(), heard);
        try (RawPeer server = RawPeer.of(listening.accept())) {
            deed.by(server, server.head());
            heard.line();
            heard.status();
            assertThat(server.maskedFrame().closeCode())
                    .isEqualTo(heard.status().code());
        }
        return heard;
    }

    private static String accept(String request) {
        return "Sec-WebSocket-Accept: " + RawPeer.acceptFor(request) + "\r\n";
    }

    @Nested
    @DisplayName("in its answer to the opening request")
    class InItsAnswer {
        @Test
        void aFirstLineWithoutEndIsNotRead() throws Exception {
            assertThat(failure((server, request) -> server.say("HTTP/1.1 101 " + "x".repeat(1 << 20))))
                    .hasMessage(where() + " answered with too large a head");
        }

        @Test
        void aHugeFieldIsNotRead() throws Exception {
            assertThat(failure((server, request) ->
                            server.say(YES + accept(request) + "X-Huge: " + "x".repeat(1 << 20) + "\r\n\r\n")))
                    .hasMessage(where() + " answered with too large a head");
        }

        @Test
        void fieldsWithoutEndAreNotRead() throws Exception {
            assertThat(failure((server, request) -> {
                        server.say(YES);
                        for (int i = 0; i < 100_000; i++) server.say("X-Field-" + i + ": again\r\n");
                    }))
                    .hasMessage(where() + " answered with too large a head");
        }

        @Test
        void aHeadThatComesByteByByteAndNeverEndsFailsInTime() throws Exception {
            assertThat(failure((server, request) -> {
                                server.say("HTTP/1.1 101 x\r\nX-Slow: ");
                                for (int i = 0; i < 100_000; i++) {
                                    server.say("x");
                                    Thread.onSpinWait();
                                }
                            })
                            .getMessage())
                    .isIn(where() + " answered with too large a head", "no answer from " + where() + " within 900 ms");
        }

        @Test
        void interimAnswersAreSkippedButNotForEver() throws Exception {
            assertThat(failure(
                            (server, request) -> server.say("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n".repeat(17))))
                    .hasMessage(where() + " never comes to its answer");
        }

        @Test
        void anAcceptOfAnotherKeyIsNone() throws Exception {
            DialFailed failed = failure((server, request) ->
                    server.say(YES + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"));
            assertThat(failed).hasMessageContaining("Sec-WebSocket-Accept");
            assertThat(failed.status()).isEmpty();
        }

        @Test
        void noAcceptAtAllIsNone() throws Exception {
            assertThat(failure((server, request) -> server.say(YES + "\r\n12345678")))
                    .hasMessageContaining("Sec-WebSocket-Accept");
        }

        @Test
        void aSecondAnswerBehindARefusalIsNotHeard() throws Exception {
            assertThat(failure((server, request) -> server.say(
                            "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n" + YES + accept(request) + "\r\n")))
                    .hasMessageContaining("403");
        }

        @Test
        void framesBeforeTheAnswerAreNotHttp() throws Exception {
            assertThat(failure((server, request) -> server.say(new byte[] {(byte) 0x81, 2, 'h', 'i'})
                            .say("\r\n" + YES + accept(request) + "\r\n")))
                    .hasMessage(where() + " did not answer in HTTP");
        }

        @ParameterizedTest
        @ValueSource(ints = {300, 301, 302, 303, 307, 308})
        void redirectsAreNotFollowedAndThatIsSaid(int status) throws Exception {
            DialFailed failed = failure((server, request) -> server.say(
                    "HTTP/1.1 " + status + " Elsewhere\r\nLocation: ws://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"));
            assertThat(failed).hasMessageEndingWith(status + " instead of 101, and redirects are not followed");
            assertThat(failed.status()).hasValue(status);
        }

        @Test
        void aBodyWithoutEndBehindARefusalIsNotRead() throws Exception {
            assertThat(failure((server, request) -> {
                        server.say("HTTP/1.1 500 No\r\nTransfer-Encoding: chunked\r\n\r\n");
                        for (int i = 0; i < 10_000; i++) server.say("400\r\n" + "x".repeat(1024) + "\r\n");
                    }))
                    .hasMessageContaining("500");
        }
    }

    @Test
    void aServerThatAcceptsAndSaysNothingFailsInTime() throws Exception {
        CompletableFuture<WebSocket> dialled =
                client.dial(address(), new Heard()).toCompletableFuture();
        try (RawPeer server = RawPeer.of(listening.accept())) {
            server.head();
            assertThat(dialled.handle((line, fault) -> fault).get(10, TimeUnit.SECONDS))
                    .hasMessage("no answer from " + where() + " within 900 ms");
            assertThat(server.isEnded()).isTrue();
        }
    }

    @Nested
    @DisplayName("on the line")
    class OnTheLine {
        @Test
        void aBodyOfA101IsNoFrame() throws Exception {
            Heard heard = line((server, request) ->
                    server.say(YES + "Content-Length: 13\r\n" + accept(request) + "\r\nhello, client"));
            assertThat(heard.status().code()).isEqualTo(1002);
            assertThat(heard.texts).isEmpty();
        }

        @Test
        @DisplayName("RFC 6455 §5.1 a masked frame of a server fails the line")
        void aMaskedFrameFailsTheLine() throws Exception {
            Heard heard = line((server, request) -> {
                server.say(YES + accept(request) + "\r\n");
                server.say(RawPeer.text("masked"));
            });
            assertThat(heard.status().code()).isEqualTo(1002);
            assertThat(heard.texts).isEmpty();
        }

        @Test
        void aMessageThatIsTooLargeIsNotWaitedFor() throws Exception {
            Heard heard = line((server, request) -> {
                server.say(YES + accept(request) + "\r\n");
                server.say(new byte[] {(byte) 0x82, 127, 0x7f, -1, -1, -1, -1, -1, -1, -1});
            });
            assertThat(heard.status().code()).isEqualTo(1009);
        }
    }

    @Nested
    @DisplayName("RFC 6455 §10.3 masking")
    class Masking {
        private static final int FRAMES = 2_000;

        private Set<Integer> keysOfALine() throws Exception {
            Set<Integer> keys = new HashSet<>();
            Heard heard = new Heard();
            client.dial(address(), heard);
            try (RawPeer server = RawPeer.of(listening.accept())) {
                server.accept();
                WebSocket line = heard.line();
                for (int i = 0; i < FRAMES; i++) {
                    assertThat(line.sendText("the same")).isEqualTo(SendResult.ACCEPTED);
                }
                for (int i = 0; i < FRAMES; i++) {
                    assertThat(server.maskedFrame().text()).isEqualTo("the same");
                    keys.add(server.maskKey());
                }
            }
            return keys;
        }

        /** Of random keys two are equal by chance about once in 2,000 runs; three pairs in one run never. */
        @Test
        void everyFrameOnTheWireHasAKeyOfItsOwnAndSoHasEveryLine() throws Exception {
            Set<Integer> first = keysOfALine();
            Set<Integer> second = keysOfALine();
            assertThat(first).hasSizeGreaterThan(FRAMES - 3);
            assertThat(second).hasSizeGreaterThan(FRAMES - 3);
            Set<Integer> both = new HashSet<>(first);
            both.retainAll(second);
            assertThat(both).hasSizeLessThan(3);
        }

        /** Each bit is set in half of the keys and changes in half of the steps: not a counter, not a constant, no fixed byte. */
        @Test
        void keysHaveNoShape() {
            MaskKeys source = MaskKeys.here();
            int keys = 20_000;
            int[] set = new int[32];
            int[] changed = new int[32];
            int previous = source.getAsInt();
            for (int i = 0; i < keys; i++) {
                int key = source.getAsInt();
                for (int bit = 0; bit < 32; bit++) {
                    set[bit] += key >>> bit & 1;
                    changed[bit] += (key ^ previous) >>> bit & 1;
                }
                previous = key;
            }
            // Half is 10,000; six standard deviations are 424.
            for (int bit = 0; bit < 32; bit++) {
                assertThat(set[bit]).as("bit %d is set", bit).isBetween(9_576, 10_424);
                assertThat(changed[bit]).as("bit %d changes", bit).isBetween(9_576, 10_424);
            }
        }

        @Test
        void threadsDoNotShareTheirKeys() throws Exception {
            Set<Integer> here = new HashSet<>();
            for (int i = 0; i < FRAMES; i++) here.add(MaskKeys.here().getAsInt());
            Set<Integer> there = new HashSet<>();
            Thread other = new Thread(() -> {
                for (int i = 0; i < FRAMES; i++) there.add(MaskKeys.here().getAsInt());
            });
            other.start();
            other.join();
            there.retainAll(here);
            assertThat(there).hasSizeLessThan(3);
        }
    }
}
