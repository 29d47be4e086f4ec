package dev.openline.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientHandshakeTest {
    private static final byte[] NONCE = "the sample nonce".getBytes(StandardCharsets.US_ASCII);

    @Nested
    @DisplayName("RFC 6455 §4.1 the request")
    class TheRequest {
        @Test
        void isTheRfcsOwnExample() {
            RequestHead request = ClientHandshake.to(
                            URI.create("ws://server.example.com/chat"),
                            List.of("chat", "superchat"),
                            List.of(new Header("Origin", "http://example.com")),
                            NONCE)
                    .request();
            assertThat(request.method()).isEqualTo("GET");
            assertThat(request.target()).isEqualTo("/chat");
            assertThat(request.version()).isEqualTo("HTTP/1.1");
            assertThat(request.headers().asList())
                    .containsExactly(
                            new Header("Host", "server.example.com"),
                            new Header("Upgrade", "websocket"),
                            new Header("Connection", "Upgrade"),
                            new Header("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
                            new Header("Sec-WebSocket-Version", "13"),
                            new Header("Sec-WebSocket-Protocol", "chat, superchat"),
                            new Header("Origin", "http://example.com"));
        }

        @ParameterizedTest
        @CsvSource({
            "ws://a, a, /",
            "ws://a:80/, a, /",
            "ws://a:443/x, a:443, /x",
            "wss://a:443/x, a, /x",
            "WSS://a:80?q=1, a:80, /?q=1",
            "ws://[::1]:8000/a%20b?c=%2F, [::1]:8000, /a%20b?c=%2F",
            "ws://a/ü, a, /%C3%BC"
        })
        void namesHostAndTargetOfItsAddress(URI address, String host, String target) {
            RequestHead request = to(address).request();
            assertThat(request.headers().all("Host")).containsExactly(host);
            assertThat(request.target()).isEqualTo(target);
        }

        @ParameterizedTest
        @ValueSource(strings = {"http://a", "a", "ws:a", "ws:///x", "ws://a/#f", "ws://user@a/", "ws://a_b/"})
        void toAnAddressThatIsNoneIsTheCallersFault(URI address) {
            assertThatIllegalArgumentException().isThrownBy(() -> to(address));
        }

        @Test
        void withSubprotocolsThatAreNoTokensOrTwiceThereIsTheCallersFault() {
            for (List<String> bad : List.of(List.of(""), List.of("a b"), List.of("a\r\nX: y"), List.of("a", "a"))) {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> ClientHandshake.to(URI.create("ws://a"), bad, List.of(), NONCE));
            }
        }

        @Test
        void withHeadersThatBreakTheHeadIsTheCallersFault() {
            for (Header bad : List.of(
                    new Header("X", "a\r\nY: z"),
                    new Header("X\r\n", "a"),
                    new Header("X Y", "a"),
                    new Header("host", "other"),
                    new Header("SEC-WEBSOCKET-KEY", "other"),
                    new Header("Content-Length", "5"),
                    new Header("Transfer-Encoding", "chunked"),
                    new Header("Connection", "close"))) {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> ClientHandshake.to(URI.create("ws://a"), List.of(), List.of(bad), NONCE));
            }
        }

        @Test
        void withANonceOfAnotherLengthIsTheCallersFault() {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> ClientHandshake.to(URI.create("ws://a"), List.of(), List.of(), new byte[15]));
        }

        @Test
        void isAcceptedByOurOwnServer() {
            ClientHandshake client = ClientHandshake.to(URI.create("wss://a/x"), List.of("b", "c"), List.of(), NONCE)
                    .offering(List.of(new Extension("e", List.of(new Extension.Parameter("p", null)))));
            Answer answer = ServerHandshake.answer(
                    client.request(),
                    List.of("c"),
                    offers -> new ExtensionNegotiation.Agreement(offers, ReservedBits.NONE));
            assertThat(client.verify(answer.head()))
                    .isEqualTo(new Opening.Accepted(
                            "c", List.of(new Extension("e", List.of(new Extension.Parameter("p", null))))));
        }
    }

    @Nested
    @DisplayName("RFC 6455 §4.1 the server's answer")
    class TheAnswer {
        private final List<Header> fields = new ArrayList<>(List.of(
                new Header("Upgrade", "WebSocket"),
                new Header("Connection", "keep-alive, upgrade"),
                new Header("Sec-WebSocket-Accept", " s3pPLMBiTxaQ9kYGzzhZRbK+xOo= ")));

        @Test
        void ofTheRfcIsAccepted() {
            assertThat(verify(101)).isEqualTo(new Opening.Accepted(null, List.of()));
        }

        @Test
        void maySelectASubprotocolThatWasOffered() {
            fields.add(new Header("Sec-WebSocket-Protocol", "superchat"));
            assertThat(verify(101)).isEqualTo(new Opening.Accepted("superchat", List.of()));
        }

        @ParameterizedTest
        @ValueSource(ints = {100, 200, 301, 400, 401, 403, 426, 503})
        void withoutA101FailsAndNamesTheStatus(int status) {
            assertThat(verify(status)).isInstanceOf(Opening.Failed.class);
            assertThat(((Opening.Failed) verify(status)).status()).isEqualTo(status);
        }

        @ParameterizedTest
        @CsvSource({
            "Upgrade, h2c",
            "Upgrade, ''",
            "Upgrade, 'websocket, h2c'",
            "Connection, close",
            "Connection, ''",
            "Sec-WebSocket-Accept, s3pPLMBiTxaQ9kYGzzhZRbK+xOO=",
            "Sec-WebSocket-Accept, S3PPLMBITXAQ9KYGZZHZRBK+XOO=",
            "Sec-WebSocket-Accept, dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Accept, ''"
        })
        void withAWrongHeaderFails(String name, String value) {
            fields.removeIf(header -> header.is(name));
            failed();
            fields.add(new Header(name, value));
            failed();
        }

        @Test
        void withTwoProofsFails() {
            fields.add(new Header("Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
            failed();
        }

        @ParameterizedTest
        @ValueSource(strings = {"json", "", "chat, superchat", "Chat"})
        void withASubprotocolThatWasNotOfferedFails(String other) {
            fields.add(new Header("Sec-WebSocket-Protocol", other));
            failed();
        }

        @Test
        void withTwoSubprotocolsFails() {
            fields.add(new Header("Sec-WebSocket-Protocol", "chat"));
            fields.add(new Header("Sec-WebSocket-Protocol", "chat"));
            failed();
        }

        @ParameterizedTest
        @ValueSource(strings = {"permessage-deflate", "x-offered, permessage-deflate", "", "x-offered;", "X-Offered"})
        void withAnExtensionThatWasNotOfferedFails(String list) {
            fields.add(new Header("Sec-WebSocket-Extensions", list));
            failed();
        }

        @Test
        void withControlCharactersFails() {
            fields.add(new Header("X", "a\u0000"));
            failed();
        }

        private void failed() {
            assertThat(verify(101)).isInstanceOf(Opening.Failed.class);
        }

        private Opening verify(int status) {
            return ClientHandshake.to(URI.create("ws://a"), List.of("chat", "superchat"), List.of(), NONCE)
                    .offering(List.of(new Extension("x-offered", List.of())))
                    .verify(new ResponseHead(status, "", Headers.of(fields)));
        }
    }

    private static ClientHandshake to(URI address) {
        return ClientHandshake.to(address, List.of(), List.of(), NONCE);
    }
}
