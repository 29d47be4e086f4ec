package dev.openline.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.URI;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("RFC 7692 §7.1 agreeing on permessage-deflate")
class DeflateNegotiationTest {
    private static final DeflateOptions PLAIN = DeflateOptions.DEFAULT;
    private static final DeflateOptions KEEPING =
            PLAIN.withSending(DeflateContext.TAKEOVER).withReceiving(DeflateContext.TAKEOVER);

    /** Parameter lists that break the grammar, in an offer as in an answer. */
    static Stream<String> broken() {
        return Stream.of(
                "unknown",
                "unknown=1",
                "Server_no_context_takeover",
                "server_no_context_takeover; server_no_context_takeover",
                "client_no_context_takeover; client_no_context_takeover",
                "server_max_window_bits=10; server_max_window_bits=10",
                "client_max_window_bits=10; client_max_window_bits=10",
                "server_no_context_takeover=true",
                "server_no_context_takeover=\"1\"",
                "client_no_context_takeover=0",
                "server_max_window_bits",
                "server_max_window_bits=7",
                "server_max_window_bits=16",
                "server_max_window_bits=0",
                "server_max_window_bits=08",
                "server_max_window_bits=010",
                "server_max_window_bits=+9",
                "server_max_window_bits=-9",
                "server_max_window_bits=9.0",
                "server_max_window_bits=0x9",
                "server_max_window_bits=4294967305",
                "server_max_window_bits=\"16\"",
                "client_max_window_bits=7",
                "client_max_window_bits=16",
                "client_max_window_bits=09",
                "client_max_window_bits=abc",
                "client_max_window_bits=99999999999999999999");
    }

    @Nested
    @DisplayName("a server")
    class Server {
        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "permessage-deflate | server_no_context_takeover; client_no_context_takeover",
                    "permessage-deflate; client_max_window_bits "
                            + "| server_no_context_takeover; client_no_context_takeover",
                    "permessage-deflate; client_max_window_bits=15 "
                            + "| server_no_context_takeover; client_no_context_takeover",
                    "permessage-deflate; server_no_context_takeover; client_no_context_takeover "
                            + "| server_no_context_takeover; client_no_context_takeover",
                    "permessage-deflate; server_max_window_bits=\"10\" | "
                            + "server_no_context_takeover; client_no_context_takeover; server_max_window_bits=10",
                    "permessage-deflate; server_max_window_bits=15 | "
                            + "server_no_context_takeover; client_no_context_takeover; server_max_window_bits=15",
                    "permessage-deflate; server_max_window_bits=8 | "
                            + "server_no_context_takeover; client_no_context_takeover; server_max_window_bits=8",
                    "permessage-deflate; client_max_window_bits=9 | "
                            + "server_no_context_takeover; client_no_context_takeover; client_max_window_bits=9"
                })
        void keepsNothingBetweenMessagesUnlessToldTo(String offer, String answer) {
            assertThat(answer(PLAIN, offer)).isEqualTo("permessage-deflate; " + answer);
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "permessage-deflate |",
                    "permessage-deflate; client_max_window_bits |",
                    "permessage-deflate; server_no_context_takeover | ; server_no_context_takeover",
                    "permessage-deflate; client_no_context_takeover | ; client_no_context_takeover",
                    "permessage-deflate; server_max_window_bits=12; client_max_window_bits=11 | "
                            + "; server_max_window_bits=12; client_max_window_bits=11"
                })
        void takesContextOverWhereBothWant(String offer, @Nullable String answer) {
            assertThat(answer(KEEPING, offer)).isEqualTo("permessage-deflate" + (answer == null ? "" : answer));
        }

        @ParameterizedTest
        @CsvSource({
            "permessage-deflate; client_max_window_bits, 12, 10",
            "permessage-deflate; client_max_window_bits=12, 12, 10",
            "permessage-deflate; client_max_window_bits=9, 12, 9",
            "permessage-deflate; server_max_window_bits=13; client_max_window_bits, 12, 10",
            "permessage-deflate; server_max_window_bits=11; client_max_window_bits, 11, 10"
        })
        void asksForTheSmallerWindow(String offer, int server, int client) {
            DeflateOptions options = KEEPING.withSending(DeflateContext.TAKEOVER.withWindowBits(12))
                    .withReceiving(DeflateContext.TAKEOVER.withWindowBits(10));
            assertThat(answer(options, offer))
                    .isEqualTo("permessage-deflate; server_max_window_bits=" + server + "; client_max_window_bits="
                            + client);
            assertThat(agreed(options, offer))
                    .isEqualTo(new DeflateParameters(
                            DeflateContext.TAKEOVER.withWindowBits(server),
                            DeflateContext.TAKEOVER.withWindowBits(client)));
        }

        @Test
        void forbidsTakeoverToAClientThatCannotBeToldASmallerWindow() {
            DeflateOptions options = KEEPING.withReceiving(DeflateContext.TAKEOVER.withWindowBits(10));
            assertThat(answer(options, "permessage-deflate"))
                    .isEqualTo("permessage-deflate; client_no_context_takeover");
            assertThat(agreed(options, "permessage-deflate"))
                    .isEqualTo(new DeflateParameters(DeflateContext.TAKEOVER, DeflateContext.NO_TAKEOVER));
        }

        @ParameterizedTest
        @MethodSource("dev.openline.wire.DeflateNegotiationTest#broken")
        void declinesAnOfferThatBreaksTheGrammar(String parameters) {
            String offer = "permessage-deflate; " + parameters;
            assertThat(answer(PLAIN, offer)).isNull();
            assertThat(answer(KEEPING, offer)).isNull();
        }

        @Test
        void takesTheFirstOfSeveralOffersThatItCanMeet() {
            String offers = "x-webkit-deflate-frame, permessage-deflate; server_max_window_bits=7, "
                    + "permessage-bzip2, permessage-deflate; server_max_window_bits=9, permessage-deflate";
            assertThat(answer(KEEPING, offers)).isEqualTo("permessage-deflate; server_max_window_bits=9");
        }

        @Test
        void ownsTheFirstReservedBitOnlyOnceAgreed() {
            assertThat(accepted(PLAIN, "permessage-deflate").reserved().bits()).isEqualTo(0x40);
            assertThat(accepted(PLAIN, "permessage-deflate; x").reserved().bits())
                    .isZero();
            assertThat(accepted(PLAIN, "permessage-deflate; x").deflate()).isNull();
        }
    }

    @Nested
    @DisplayName("a client")
    class Client {
        @Test
        void offersWhatItsOptionsSay() {
            assertThat(offer(PLAIN))
                    .isEqualTo("permessage-deflate; server_no_context_takeover; client_no_context_takeover; "
                            + "client_max_window_bits");
            assertThat(offer(KEEPING)).isEqualTo("permessage-deflate; client_max_window_bits");
            assertThat(offer(KEEPING.withSending(DeflateContext.TAKEOVER.withWindowBits(9))
                            .withReceiving(DeflateContext.TAKEOVER.withWindowBits(12))))
                    .isEqualTo("permessage-deflate; server_max_window_bits=12; client_max_window_bits=9");
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "permessage-deflate | YES 15 | YES 15",
                    "permessage-deflate; server_no_context_takeover | NO 15 | YES 15",
                    "permessage-deflate; client_no_context_takeover | YES 15 | NO 15",
                    "permessage-deflate; server_max_window_bits=8; client_max_window_bits=9 | YES 8 | YES 9",
                    "permessage-deflate; server_max_window_bits=\"15\"; client_max_window_bits=15 | YES 15 | YES 15"
                })
        void takesWhatTheServerAnswers(String answer, String server, String client) {
            assertThat(verify(KEEPING, answer)).isEqualTo(new DeflateParameters(context(server), context(client)));
        }

        @Test
        void goesOnWithoutWhenTheServerDeclines() {
            assertThat(verify(PLAIN, null)).isNull();
        }

        @ParameterizedTest
        @MethodSource("dev.openline.wire.DeflateNegotiationTest#broken")
        void failsOnAnAnswerThatBreaksTheGrammar(String parameters) {
            assertFails(KEEPING, "permessage-deflate; " + parameters);
        }

        @Test
        void failsOnAWindowOfItsOwnWithoutAValue() {
            assertFails(KEEPING, "permessage-deflate; client_max_window_bits");
        }

        @Test
        void failsOnTwoAnswers() {
            assertFails(KEEPING, "permessage-deflate, permessage-deflate");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "permessage-deflate",
                    "permessage-deflate; client_no_context_takeover",
                    "permessage-deflate; server_max_window_bits=9"
                })
        void failsOnATakeoverItDidNotOffer(String answer) {
            assertFails(PLAIN, answer);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "permessage-deflate",
                    "permessage-deflate; server_max_window_bits=13",
                    "permessage-deflate; server_max_window_bits=12; client_max_window_bits=11"
                })
        void failsOnAWindowLargerThanItOffered(String answer) {
            DeflateContext window = DeflateContext.TAKEOVER.withWindowBits(12);
            assertFails(KEEPING.withReceiving(window).withSending(window.withWindowBits(10)), answer);
        }

        @Test
        void agreesWithOurOwnServerOnEveryChoice() {
            for (ContextTakeover mine : ContextTakeover.values()) {
                for (ContextTakeover theirs : ContextTakeover.values()) {
                    for (int bits = 8; bits <= 15; bits++) {
                        DeflateOptions client = PLAIN.withSending(new DeflateContext(mine, bits))
                                .withReceiving(new DeflateContext(theirs, 23 - bits));
                        for (DeflateOptions server : List.of(PLAIN, KEEPING)) {
                            assertAgree(client, server);
                        }
                    }
                }
            }
        }

        private void assertAgree(DeflateOptions client, DeflateOptions server) {
            Answer.Accepted answer = accepted(server, offer(client));
            assertThat(answer.deflate()).isNotNull();
            assertThat(verify(client, answer.extensions().extensions().get(0).toString()))
                    .isEqualTo(answer.deflate());
        }
    }

    @Nested
    @DisplayName("options")
    class Options {
        @ParameterizedTest
        @ValueSource(ints = {0, 10, -1})
        void refuseALevelThatDoesNotExist(int level) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> PLAIN.withLevel(level))
                    .withMessageContaining("level");
        }

        @ParameterizedTest
        @ValueSource(ints = {7, 16})
        void refuseAWindowThatDoesNotExist(int bits) {
            assertThatIllegalArgumentException().isThrownBy(() -> DeflateContext.TAKEOVER.withWindowBits(bits));
        }

        @Test
        void refuseLimitsThatLeaveNothing() {
            assertThatIllegalArgumentException().isThrownBy(() -> PLAIN.withMaxRatio(0, 0));
            assertThatIllegalArgumentException().isThrownBy(() -> PLAIN.withMaxRatio(1, -1));
            assertThatIllegalArgumentException().isThrownBy(() -> PLAIN.withThresholdBytes(-1));
            assertThatIllegalArgumentException().isThrownBy(() -> PLAIN.withContextBytes(0));
            assertThatIllegalArgumentException().isThrownBy(() -> PLAIN.withContextBytes(32769));
        }
    }

    private static DeflateContext context(String words) {
        String[] word = words.split(" ");
        return new DeflateContext(ContextTakeover.valueOf(word[0]), Integer.parseInt(word[1]));
    }

    private static String offer(DeflateOptions options) {
        return client(options).request().headers().first("Sec-WebSocket-Extensions");
    }

    private static ClientHandshake client(DeflateOptions options) {
        return ClientHandshake.to(URI.create("ws://a"), List.of(), List.of(), new byte[16])
                .offering(options);
    }

    private static @Nullable String answer(DeflateOptions options, String offers) {
        return accepted(options, offers).head().headers().first("Sec-WebSocket-Extensions");
    }

    private static @Nullable DeflateParameters agreed(DeflateOptions options, String offers) {
        return accepted(options, offers).deflate();
    }

    private static Answer.Accepted accepted(DeflateOptions options, String offers) {
        RequestHead plain = ClientHandshake.to(URI.create("ws://a"), List.of(), List.of(), new byte[16])
                .request();
        RequestHead request = new RequestHead(
                plain.method(),
                plain.target(),
                plain.version(),
                plain.headers().with("Sec-WebSocket-Extensions", offers));
        return (Answer.Accepted) ServerHandshake.answer(request, List.of(), ExtensionNegotiation.deflate(options));
    }

    private static Opening opening(DeflateOptions options, @Nullable String answer) {
        Headers headers = Headers.NONE
                .with("Upgrade", "websocket")
                .with("Connection", "Upgrade")
                .with("Sec-WebSocket-Accept", HandshakeKey.accept(HandshakeKey.of(new byte[16])));
        if (answer != null) {
            headers = headers.with("Sec-WebSocket-Extensions", answer);
        }
        return client(options).verify(new ResponseHead(101, "Switching Protocols", headers));
    }

    private static @Nullable DeflateParameters verify(DeflateOptions options, @Nullable String answer) {
        return ((Opening.Accepted) opening(options, answer)).deflate();
    }

    private static void assertFails(DeflateOptions options, String answer) {
        assertThat(opening(options, answer))
                .isInstanceOfSatisfying(
                        Opening.Failed.class, failed -> assertThat(failed.why()).contains("permessage-deflate"));
    }
}
