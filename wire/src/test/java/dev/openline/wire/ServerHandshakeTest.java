package dev.openline.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServerHandshakeTest {
    private final List<Header> fields = new ArrayList<>(List.of(
            new Header("Host", "server.example.com"),
            new Header("Upgrade", "websocket"),
            new Header("Connection", "Upgrade"),
            new Header("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
            new Header("Sec-WebSocket-Version", "13")));

    private String method = "GET";
    private String target = "/chat";
    private String version = "HTTP/1.1";

    @Nested
    @DisplayName("RFC 6455 §4.2.2 the answer")
    class TheAnswer {
        @Test
        void isTheRfcsOwnExample() {
            Answer.Accepted accepted = accepted();
            assertThat(accepted.head().status()).isEqualTo(101);
            assertThat(accepted.head().headers().asList())
                    .containsExactly(
                            new Header("Upgrade", "websocket"),
                            new Header("Connection", "Upgrade"),
                            new Header("Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
            assertThat(accepted.subprotocol()).isNull();
            assertThat(accepted.reserved()).isSameAs(ReservedBits.NONE);
        }

        @Test
        void namesTheFirstSubprotocolOfTheServerThatTheClientOffers() {
            fields.add(new Header("Sec-WebSocket-Protocol", "chat, superchat"));
            fields.add(new Header("sec-websocket-protocol", "json"));
            Answer.Accepted accepted = accepted("unknown", "json", "chat");
            assertThat(accepted.subprotocol()).isEqualTo("json");
            assertThat(accepted.head().headers().all("Sec-WebSocket-Protocol")).containsExactly("json");
        }

        @Test
        void namesNoSubprotocolWhenNoneIsCommon() {
            fields.add(new Header("Sec-WebSocket-Protocol", "chat"));
            assertThat(accepted("Chat", "json").subprotocol()).isNull();
            assertThat(accepted("json").head().headers().first("Sec-WebSocket-Protocol"))
                    .isNull();
        }

        @Test
        void declinesEveryExtensionUnlessToldOtherwise() {
            fields.add(new Header("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits"));
            assertThat(accepted().extensions().extensions()).isEmpty();
            assertThat(accepted().head().headers().first("Sec-WebSocket-Extensions"))
                    .isNull();
        }

        @Test
        void carriesWhatANegotiationChooses() {
            fields.add(new Header("Sec-WebSocket-Extensions", "a;x=1, b"));
            fields.add(new Header("Sec-WebSocket-Extensions", "c"));
            List<Extension> offered = new ArrayList<>();
            Answer answer = ServerHandshake.answer(request(), List.of(), offers -> {
                offered.addAll(offers);
                return new ExtensionNegotiation.Agreement(
                        List.of(offers.get(0), offers.get(2)), ReservedBits.owning(0x40));
            });
            assertThat(offered).extracting(Extension::toString).containsExactly("a; x=1", "b", "c");
            assertThat(answer.head().headers().all("Sec-WebSocket-Extensions")).containsExactly("a; x=1", "c");
            assertThat(((Answer.Accepted) answer).reserved().bits()).isEqualTo(0x40);
        }
    }

    @Nested
    @DisplayName("RFC 6455 §4.2.1 the request")
    class TheRequest {
        @ParameterizedTest
        @CsvSource({
            "Upgrade, WebSocket",
            "Upgrade, 'h2c, websocket'",
            "Connection, upgrade",
            "Connection, 'keep-alive, Upgrade'",
            "Connection, ', , UPGRADE ,'",
            "Content-Length, 0",
            "Sec-WebSocket-Version, ' 13\t'"
        })
        void mayBeSpelledInOtherWays(String name, String value) {
            set(name, value);
            accepted();
        }

        @Test
        void mayNameItsListsInSeveralFields() {
            set("Connection", "keep-alive");
            fields.add(new Header("connection", "upgrade"));
            accepted();
        }

        @ParameterizedTest
        @ValueSource(strings = {"HTTP/1.1", "HTTP/1.9", "HTTP/2.0"})
        void mayBeOfHttp11OrNewer(String newer) {
            version = newer;
            accepted();
        }

        @ParameterizedTest
        @ValueSource(strings = {"HTTP/1.0", "HTTP/0.9", "http/1.1", "HTTP/1.1 ", "HTTP/11", "", "HTTP/1.10"})
        void ofAnOlderOrUnknownHttpIsRefusedWith400(String older) {
            version = older;
            refused(400);
        }

        @ParameterizedTest
        @ValueSource(strings = {"POST", "get", "", "HEAD", "CONNECT"})
        void ofAnotherMethodIsRefusedWith405AndTheMethodThatWorks(String other) {
            method = other;
            assertThat(refused(405).headers().all("Allow")).containsExactly("GET");
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "chat", "*", "/a b", "/a#b", "/\u0000", "/ä", "/a\r\nX: y"})
        void forAMalformedTargetIsRefusedWith400(String malformed) {
            target = malformed;
            refused(400);
        }

        @ParameterizedTest
        @ValueSource(strings = {"/", "/a?b=c%20d", "http://server.example.com/chat", "//x"})
        void mayNameAnyTarget(String fine) {
            target = fine;
            accepted();
        }

        @Test
        void needsExactlyOneHost() {
            remove("Host");
            refused(400);
            fields.add(new Header("Host", "a"));
            fields.add(new Header("host", "a"));
            refused(400);
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "websockets", "h2c", "web socket", "\"websocket\""})
        void withoutTheUpgradeIsRefusedWith426(String other) {
            set("Upgrade", other);
            assertThat(refused(426).headers().all("Upgrade")).containsExactly("websocket");
            remove("Upgrade");
            assertThat(refused(426).headers().hasToken("Connection", "upgrade")).isTrue();
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "close", "keep-alive", "upgraded"})
        void withoutConnectionUpgradeIsRefusedWith400(String other) {
            set("Connection", other);
            refused(400);
            remove("Connection");
            refused(400);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    "dGhlIHNhbXBsZSBub25jZQ",
                    "dGhlIHNhbXBsZSBub25jZQ=",
                    "dGhlIHNhbXBsZSBub25jZQ===",
                    "dGhlIHNhbXBsZSBub25jZTE=",
                    "dGhlIHNhbXBsZSBub25j",
                    "dGhlIHNhbXBsZSBub25j ZQ==",
                    "dGhlIHNhbXBsZSBub2-_ZQ==",
                    "========================"
                })
        void withAKeyThatIsNot16BytesIsRefusedWith400(String bad) {
            set("Sec-WebSocket-Key", bad);
            refused(400);
        }

        @Test
        void needsExactlyOneKey() {
            fields.add(new Header("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="));
            refused(400);
            remove("Sec-WebSocket-Key");
            refused(400);
        }

        @ParameterizedTest
        @ValueSource(strings = {"8", "12", "14", "013", "13, 8", "", "thirteen", "+13"})
        @DisplayName("§4.4 of another version is refused with 426 and the version that works")
        void ofAnotherVersion(String other) {
            set("Sec-WebSocket-Version", other);
            assertThat(refused(426).headers().all("Sec-WebSocket-Version")).containsExactly("13");
            remove("Sec-WebSocket-Version");
            assertThat(refused(426).headers().all("Sec-WebSocket-Version")).containsExactly("13");
        }

        @Test
        void withTwoVersionsIsRefusedWith400() {
            fields.add(new Header("Sec-WebSocket-Version", "13"));
            refused(400);
        }

        @Test
        void withABodyIsRefusedWith400() {
            fields.add(new Header("Content-Length", "5"));
            refused(400);
            remove("Content-Length");
            fields.add(new Header("Transfer-Encoding", "chunked"));
            refused(400);
        }

        @ParameterizedTest
        @ValueSource(strings = {"a\r\nb", "a\nb", "a\rb", "a\u0000b", "a\u007fb", "\u001b[31m"})
        void withControlCharactersInAnyHeaderIsRefusedWith400(String value) {
            fields.add(new Header("X-Anything", value));
            assertThat(refused(400).headers())
                    .noneMatch(header -> header.value().contains("a"));
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "a b", "a:", "ä", "a\n", "(a)"})
        void withAHeaderNameThatIsNoTokenIsRefusedWith400(String name) {
            fields.add(new Header(name, "x"));
            refused(400);
        }
    }

    @Nested
    @DisplayName("RFC 6455 §11.3.4 subprotocols offered")
    class Subprotocols {
        @ParameterizedTest
        @ValueSource(strings = {"", ",", "a,", ",a", "a,,b", "a b", "a;b", "\"a\"", "a, a", "a/b", "ä", "a\tb"})
        void malformedListIsRefusedWith400(String list) {
            fields.add(new Header("Sec-WebSocket-Protocol", list));
            refused(400);
        }

        @Test
        void sameSubprotocolInTwoFieldsIsRefusedWith400() {
            fields.add(new Header("Sec-WebSocket-Protocol", "a"));
            fields.add(new Header("Sec-WebSocket-Protocol", "a"));
            refused(400);
        }
    }

    @Nested
    @DisplayName("RFC 6455 §9.1 extensions offered")
    class Extensions {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    ",",
                    "a,",
                    "a,,b",
                    ";",
                    "a;",
                    "a;;b",
                    "a;=1",
                    "a;b=",
                    "a;b=\"",
                    "a;b=\"\"",
                    "a;b=\"c d\"",
                    "a;b=\"c\\",
                    "a;b=c d",
                    "a b",
                    "a;b=\"c\"d",
                    "\"a\"",
                    "a;b=c=d",
                    "a=b",
                    "a/b"
                })
        void malformedListIsRefusedWith400(String list) {
            fields.add(new Header("Sec-WebSocket-Extensions", list));
            refused(400);
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                quoteCharacter = '`',
                value = {
                    "a|a",
                    "a, b|a, b",
                    " a\t;\tb = 1 ; c , d |a; b=1; c, d",
                    "a;b=\"c\"|a; b=c",
                    "a;b=\"\\c\\d\"|a; b=cd",
                    "a;b=1;b=1, a|a; b=1; b=1, a",
                    "permessage-deflate; client_max_window_bits; server_max_window_bits=10"
                            + "|permessage-deflate; client_max_window_bits; server_max_window_bits=10"
                })
        void wellFormedListIsReadInItsOrder(String list, String expected) {
            assertThat(Grammar.extensions(list)).extracting(Extension::toString).containsExactly(expected.split(", "));
        }

        @Test
        void longListsTakeLinearTime() {
            assertThat(Grammar.extensions("a;".repeat(100_000))).isNull();
            assertThat(Grammar.extensions("a;b=\"" + "\\".repeat(100_000))).isNull();
            assertThat(Grammar.extensions(" ".repeat(100_000))).isNull();
            assertThat(Grammar.tokens(" ,".repeat(100_000))).isNull();
        }
    }

    @Nested
    @DisplayName("headers of our own")
    class OwnHeaders {
        @Test
        void cannotSmuggleLines() {
            for (String bad : List.of("a\r\nX: y", "a\n", "\u0000", "\u007f")) {
                assertThatIllegalArgumentException().isThrownBy(() -> Headers.NONE.with("X", bad));
                assertThatIllegalArgumentException().isThrownBy(() -> Headers.NONE.with("X" + bad, "y"));
            }
            assertThat(Headers.NONE.with("X", "a\tb").first("x")).isEqualTo("a\tb");
        }

        @Test
        void subprotocolOfTheServerCannotSmuggleLinesEither() {
            fields.add(new Header("Sec-WebSocket-Protocol", "chat"));
            assertThat(accepted("chat\r\nX: y").subprotocol()).isNull();
        }

        @Test
        void valuesAreNotShownInLogs() {
            Headers headers = Headers.NONE.with("Cookie", "secret");
            assertThat(headers).hasToString("[Cookie]");
            assertThat(headers.asList()).hasToString("[Cookie]");
            assertThat(new RequestHead("GET", "/chat?token=secret", "HTTP/1.1", headers))
                    .hasToString("GET /chat?… HTTP/1.1 [Cookie]");
        }
    }

    private RequestHead request() {
        return new RequestHead(method, target, version, Headers.of(fields));
    }

    private Answer.Accepted accepted(String... supported) {
        Answer answer = ServerHandshake.answer(request(), List.of(supported), ExtensionNegotiation.NONE);
        assertThat(answer).isInstanceOf(Answer.Accepted.class);
        return (Answer.Accepted) answer;
    }

    private ResponseHead refused(int status) {
        Answer answer = ServerHandshake.answer(request(), List.of("a"), ExtensionNegotiation.NONE);
        assertThat(answer).isInstanceOf(Answer.Refused.class);
        assertThat(((Answer.Refused) answer).why()).isNotEmpty();
        assertThat(answer.head().status()).isEqualTo(status);
        assertThat(answer.head().headers().hasToken("Connection", "close")).isTrue();
        return answer.head();
    }

    private void set(String name, String value) {
        remove(name);
        fields.add(new Header(name, value));
    }

    private void remove(String name) {
        fields.removeIf(header -> header.is(name));
    }
}
