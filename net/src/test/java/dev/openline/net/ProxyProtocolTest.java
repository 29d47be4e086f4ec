package dev.openline.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("the PROXY protocol, versions 1 and 2")
class ProxyProtocolTest {
    private static final byte[] SIGNATURE = HexFormat.of().parseHex("0d0a0d0a000d0a515549540a");

    private WebSocketServer server;

    private void serve(String trusted, UnaryOperator<TrustedProxies> how) throws Exception {
        server = WebSocketServer.listen(o -> o.port(0)
                .transport(Transport.NIO)
                .handshakeTimeout(Duration.ofMillis(700))
                .trustProxies(how.apply(TrustedProxies.at(trusted)))
                .http(request -> CompletableFuture.completedStage(
                        HttpResponse.text(200, request.remoteAddress() + " by " + request.peerAddress())))
                .webSocket("/", request -> new Heard() {
                    @Override
                    public void onOpen(WebSocket line) {
                        line.sendText(String.valueOf(line.request().remoteAddress()));
                    }
                }));
    }

    private void serve() throws Exception {
        serve("127.0.0.0/8", TrustedProxies::sendingProxyProtocol);
    }

    @AfterEach
    void close() {
        server.close();
    }

    private static byte[] v2(int command, int family, String addresses) {
        byte[] block = HexFormat.of().parseHex(addresses);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(SIGNATURE);
        out.write(0x20 | command);
        out.write(family);
        out.write(block.length >> 8);
        out.write(block.length);
        out.writeBytes(block);
        return out.toByteArray();
    }

    private static String answer(RawPeer peer) throws Exception {
        String head = peer.head();
        assertThat(head).startsWith("HTTP/1.1 200 ");
        int length = head.indexOf("content-length: ");
        return peer.body(Integer.parseInt(head.substring(length + 16, head.indexOf("\r\n", length))));
    }

    private static final String GET = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n";

    @Test
    void theHeaderOfVersion1SaysWhoTheClientIs() throws Exception {
        serve();
        try (RawPeer peer = RawPeer.connect(server.port())) {
            peer.say("PROXY TCP4 203.0.113.7 192.0.2.1 4711 80\r\n" + GET);
            assertThat(answer(peer)).startsWith("/203.0.113.7:4711 by /127.0.0.1:");
            assertThat(answer(peer.say(GET))).as("on every request").startsWith("/203.0.113.7:4711 by ");
        }
        try (RawPeer peer = RawPeer.connect(server.port())) {
            peer.say("PROXY TCP6 2001:db8::7 2001:db8::1 4711 80\r\n" + RawPeer.upgrade("/", ""));
            assertThat(peer.head()).startsWith("HTTP/1.1 101 ");
            assertThat(peer.frame().text()).isEqualTo("/[2001:db8:0:0:0:0:0:7]:4711");
        }
    }

    @Test
    void theHeaderOfVersion2Too() throws Exception {
        serve();
        try (RawPeer peer = RawPeer.connect(server.port())) {
            peer.say(v2(1, 0x11, "cb007107" + "c0000201" + "1267" + "0050")).say(GET);
            assertThat(answer(peer)).startsWith("/203.0.113.7:4711 by /127.0.0.1:");
        }
    }

    @Test
    void aProxyThatSpeaksForItselfIsTheClient() throws Exception {
        serve();
        try (RawPeer peer = RawPeer.connect(server.port())) {
            assertThat(answer(peer.say("PROXY UNKNOWN\r\n" + GET))).startsWith("/127.0.0.1:");
        }
        try (RawPeer peer = RawPeer.connect(server.port())) {
            assertThat(answer(peer.say(v2(0, 0x00, "")).say(GET))).startsWith("/127.0.0.1:");
        }
    }

    @Test
    void aHeaderThatComesByteByByteIsReadAndOneThatNeverEndsIsCut() throws Exception {
        serve();
        try (RawPeer peer = RawPeer.connect(server.port())) {
            for (char c : ("PROXY TCP4 203.0.113.7 192.0.2.1 4711 80\r\n" + GET).toCharArray()) peer.say("" + c);
            assertThat(answer(peer)).startsWith("/203.0.113.7:4711");
        }
        try (RawPeer peer = RawPeer.connect(server.port())) {
            assertThat(peer.say("PROXY TC").isEnded()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                GET,
                "PROXY TCP4 203.0.113.7\r\n" + GET,
                "PROXY TCP4 a.example 192.0.2.1 4711 80\r\n" + GET,
                "PROXY TCP4 203.0.113.7 192.0.2.1 4711 80000\r\n" + GET,
                "PROXY TCP4 203.0.113.7 192.0.2.1 4711 80                                                                         \r\n",
                "proxy tcp4 203.0.113.7 192.0.2.1 4711 80\r\n" + GET
            })
    void aTrustedProxyWithoutAGoodHeaderIsCut(String said) throws Exception {
        serve();
        try (RawPeer peer = RawPeer.connect(server.port())) {
            assertThat(peer.say(said).isEnded()).isTrue();
        }
    }

    @Test
    void aHeaderFromAStrangerIsNoHttp() throws Exception {
        serve("192.0.2.0/24", TrustedProxies::sendingProxyProtocol);
        try (RawPeer peer = RawPeer.connect(server.port())) {
            peer.say("PROXY TCP4 203.0.113.7 192.0.2.1 4711 80\r\n" + GET);
            assertThat(peer.head()).startsWith("HTTP/1.1 400 ");
        }
        try (RawPeer peer = RawPeer.connect(server.port())) {
            peer.say(v2(1, 0x11, "cb007107" + "c0000201" + "1267" + "0050")).say(GET);
            assertThat(peer.head()).startsWith("HTTP/1.1 400 ");
        }
        try (RawPeer peer = RawPeer.connect(server.port())) {
            assertThat(answer(peer.say(GET))).as("a stranger may do without").startsWith("/127.0.0.1:");
        }
    }

    @Test
    void aSecondHeaderIsNoHttpEither() throws Exception {
        serve();
        String header = "PROXY TCP4 203.0.113.7 192.0.2.1 4711 80\r\n";
        try (RawPeer peer = RawPeer.connect(server.port())) {
            assertThat(peer.say(header + header + GET).head()).startsWith("HTTP/1.1 400 ");
        }
    }

    @Test
    void headersOfAProxyOnTheOtherSideOfTheHeaderAreBelievedIfThatOneIsTrusted() throws Exception {
        serve("127.0.0.0/8", TrustedProxies::sendingProxyProtocol);
        String get = "GET /x HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 198.51.100.9\r\n\r\n";
        try (RawPeer peer = RawPeer.connect(server.port())) {
            peer.say("PROXY TCP4 203.0.113.7 192.0.2.1 4711 80\r\n" + get);
            assertThat(answer(peer)).as("the client's own words").startsWith("/203.0.113.7:");
        }
        try (RawPeer peer = RawPeer.connect(server.port())) {
            peer.say(("PROXY TCP4 127.0.0.9 192.0.2.1 4711 80\r\n" + get).getBytes(StandardCharsets.ISO_8859_1));
            assertThat(answer(peer)).startsWith("/198.51.100.9:0 by ");
        }
    }

    @Test
    void xForwardedForIsHeardOnARealConnection() throws Exception {
        serve("127.0.0.1", proxies -> proxies);
        try (RawPeer peer = RawPeer.connect(server.port())) {
            peer.say("GET /x HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 198.51.100.9, 203.0.113.7\r\n\r\n");
            assertThat(answer(peer)).startsWith("/203.0.113.7:0 by /127.0.0.1:");
        }
    }
}
