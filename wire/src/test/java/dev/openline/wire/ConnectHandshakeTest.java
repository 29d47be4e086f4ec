package dev.openline.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("RFC 8441 §5 the opening handshake in HTTP/2")
class ConnectHandshakeTest {
    private static final Headers GOOD = Headers.of(
            new Header("Host", "server.example.com"),
            new Header("origin", "http://www.example.com"),
            new Header("sec-websocket-version", "13"));

    private static Answer judge(String method, String target, String protocol, Headers headers) {
        return ServerHandshake.answerConnect(
                new RequestHead(method, target, "HTTP/2", headers),
                protocol,
                List.of("superchat", "chat"),
                ExtensionNegotiation.NONE);
    }

    private static Answer.Refused refused(Headers headers) {
        Answer answer = judge("CONNECT", "/chat", "websocket", headers);
        assertThat(answer).isInstanceOf(Answer.Refused.class);
        return (Answer.Refused) answer;
    }

    @Test
    void theExampleOfTheRfcIsAnsweredWith200AndItsSubprotocol() {
        Headers headers = GOOD.with("sec-websocket-protocol", "chat, superchat");
        Answer.Accepted yes = (Answer.Accepted) judge("CONNECT", "/chat", "websocket", headers);
        assertThat(yes.head().status()).isEqualTo(200);
        assertThat(yes.subprotocol()).isEqualTo("superchat");
        assertThat(yes.head().headers()).isEqualTo(Headers.NONE.with("Sec-WebSocket-Protocol", "superchat"));
    }

    @Test
    void noKeyIsWantedAndNoneIsAnswered() {
        Answer.Accepted yes = (Answer.Accepted) judge("CONNECT", "/chat", "websocket", GOOD);
        assertThat(yes.head().headers()).isEqualTo(Headers.NONE);
        Headers withKey = GOOD.with("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==");
        assertThat(judge("CONNECT", "/chat", "websocket", withKey)).isInstanceOf(Answer.Accepted.class);
    }

    @Test
    void anotherProtocolIs501() {
        Answer.Refused no = (Answer.Refused) judge("CONNECT", "/chat", "connect-udp", GOOD);
        assertThat(no.head().status()).isEqualTo(501);
    }

    @Test
    void anotherMethodIs405() {
        Answer.Refused no = (Answer.Refused) judge("GET", "/chat", "websocket", GOOD);
        assertThat(no.head().status()).isEqualTo(405);
        assertThat(no.head().headers().first("Allow")).isEqualTo("CONNECT");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "chat", "/a b", "/a#b", "/a\nb"})
    void aMalformedPathIs400(String path) {
        Answer.Refused no = (Answer.Refused) judge("CONNECT", path, "websocket", GOOD);
        assertThat(no.head().status()).isEqualTo(400);
    }

    @ParameterizedTest
    @CsvSource({
        "connection, upgrade",
        "upgrade, websocket",
        "keep-alive, 5",
        "proxy-connection, x",
        "transfer-encoding, chunked",
        "content-length, 5",
        "host, another.example",
    })
    void fieldsOfAConnectionAndWhatHintsAtABodyAre400(String name, String value) {
        assertThat(refused(GOOD.with(name, value)).head().status()).isEqualTo(400);
    }

    @Test
    void noRefusalHasFieldsThatAStreamMustNotHave() {
        for (Answer.Refused no : List.of(
                refused(GOOD.with("upgrade", "websocket")),
                refused(Headers.of(new Header("Host", "a"))),
                (Answer.Refused) judge("GET", "/", "websocket", GOOD))) {
            assertThat(no.head().headers().first("Connection")).isNull();
            assertThat(no.head().headers().first("Upgrade")).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"8", "12", "14", "13, 13"})
    void anotherVersionIs400AndToldWhichWorks(String version) {
        Answer.Refused no = refused(Headers.of(new Header("Host", "a"), new Header("sec-websocket-version", version)));
        assertThat(no.head().status()).isEqualTo(400);
        assertThat(no.head().headers().first("Sec-WebSocket-Version")).isEqualTo("13");
    }

    @Test
    void malformedOffersAre400() {
        assertThat(refused(GOOD.with("sec-websocket-protocol", "a, a")).head().status())
                .isEqualTo(400);
        assertThat(refused(GOOD.with("sec-websocket-extensions", "a;;")).head().status())
                .isEqualTo(400);
    }
}
