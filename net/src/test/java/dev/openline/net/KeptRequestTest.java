package dev.openline.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.wire.Header;
import dev.openline.wire.Headers;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A line keeps its request packed; nobody who asks may see a difference. */
@DisplayName("the request that a line keeps")
class KeptRequestTest {
    private static final Attribute<String> USER = Attribute.named("user");
    private static final Attribute<Integer> AGE = Attribute.named("age");

    /** As Chrome sends it. */
    private static final Headers BROWSER = Headers.of(
            new Header("Host", "auction.example:8443"),
            new Header("Connection", "Upgrade"),
            new Header("Pragma", "no-cache"),
            new Header("Cache-Control", "no-cache"),
            new Header(
                    "User-Agent",
                    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"),
            new Header("Upgrade", "websocket"),
            new Header("Origin", "https://auction.example:8443"),
            new Header("Sec-WebSocket-Version", "13"),
            new Header("Accept-Encoding", "gzip, deflate, br, zstd"),
            new Header("Accept-Language", "en-GB,en;q=0.9"),
            new Header("Cookie", "session=7f3a9c; session=outer"),
            new Header("Cookie", "theme=\"dark\""),
            new Header("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
            new Header("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits"));

    private static HttpRequest kept(String target, Headers headers) {
        return HttpRequest.of("GET", target, headers).kept(Attributes.NONE);
    }

    @Test
    void showsWhatItShowedBefore() {
        HttpRequest request = kept("/bid/caf%C3%A9?lot=7&lot=8&x=%20", BROWSER);
        assertThat(request.method()).isEqualTo("GET");
        assertThat(request.target()).isEqualTo("/bid/caf%C3%A9?lot=7&lot=8&x=%20");
        assertThat(request.path()).isEqualTo("/bid/café");
        assertThat(request.queries("lot")).containsExactly("7", "8");
        assertThat(request.query("x")).isEqualTo(" ");
        assertThat(request.host()).isEqualTo("auction.example:8443");
        assertThat(request.headers()).isEqualTo(BROWSER);
        assertThat(request.headers().first("hOsT")).isEqualTo("auction.example:8443");
        assertThat(request.headers().all("cookie")).hasSize(2);
        assertThat(request.cookies("session")).containsExactly("7f3a9c", "outer");
        assertThat(request.cookie("theme")).isEqualTo("dark");
        assertThat(request.body()).isEmpty();
        assertThat(request).hasToString("GET /bid/caf%C3%A9");
    }

    @Test
    void isFarSmallerThanItWas() {
        assertThat(PackedHead.of("GET", "/connection/websocket", Arrival.NOWHERE, BROWSER))
                .hasSizeLessThan(350);
    }

    @Test
    void keepsHowItCame() {
        SocketAddress proxy = InetSocketAddress.createUnresolved("proxy.example", 4000);
        SocketAddress client = InetSocketAddress.createUnresolved("client.example", 0);
        HttpRequest request = HttpRequest.of("GET", "/", BROWSER, new Arrival(proxy, client, true, "told.example"))
                .kept(Attributes.NONE);
        assertThat(request.peerAddress()).isSameAs(proxy);
        assertThat(request.remoteAddress()).isSameAs(client);
        assertThat(request.isSecure()).isTrue();
        assertThat(request.host()).isEqualTo("told.example");
        assertThat(request.target()).isEqualTo("/");
        assertThat(request.headers()).isEqualTo(BROWSER);
    }

    @Test
    void keepsWhatRouteAndDecisionSaid() {
        HttpRequest request = HttpRequest.of("GET", "/room/7", BROWSER)
                .withPathParameters(Map.of("room", "7"))
                .kept(Attributes.NONE.with(USER, "ann").with(AGE, 7).with(USER, "eve"));
        assertThat(request.pathParameter("room")).isEqualTo("7");
        assertThat(request.attribute(USER)).isEqualTo("eve");
        assertThat(request.attribute(AGE)).isEqualTo(7);
        assertThat(request.attribute(Attribute.<String>named("user"))).isNull();
    }

    @Test
    void ofAnHttp2StreamKeepsItsLowerCaseNames() {
        Headers sent = Headers.of(
                new Header("host", "a.example"),
                new Header("sec-websocket-version", "13"),
                new Header("origin", "https://a.example"),
                new Header("cookie", "a=1; b=2"));
        HttpRequest request = HttpRequest.of("CONNECT", "/chat", sent).kept(Attributes.NONE);
        assertThat(request.method()).isEqualTo("CONNECT");
        assertThat(request.headers()).isEqualTo(sent);
        assertThat(request.cookie("b")).isEqualTo("2");
    }

    @Test
    void withoutFieldsHasNone() {
        HttpRequest request = kept("http://a.example/b", Headers.NONE);
        assertThat(request.headers().asList()).isEmpty();
        assertThat(request.host()).isEqualTo("a.example");
        assertThat(request.path()).isEqualTo("/b");
    }

    @ParameterizedTest(name = "of {0} characters")
    @ValueSource(ints = {0, 1, 60, 70, 71, 72, 73, 127, 128, 16_200, 16_400, 70_000})
    void keepsWordsOfAnyLength(int length) {
        String word = "é~".repeat(length).substring(0, length);
        Headers headers = Headers.of(new Header("x-" + word, word), new Header("last", "one"));
        HttpRequest request = kept("/" + word, headers);
        assertThat(request.target()).isEqualTo("/" + word);
        assertThat(request.headers()).isEqualTo(headers);
    }

    /** Netty reads a field's bytes as Latin-1, so each of these may stand in one. */
    @Test
    void keepsEveryCharacterOfLatin1() {
        List<Header> fields = new ArrayList<>();
        for (char c = 0; c < 256; c++) fields.add(new Header("x" + c, c + "y"));
        assertThat(kept("/", Headers.of(fields)).headers().asList()).isEqualTo(fields);
    }
}
