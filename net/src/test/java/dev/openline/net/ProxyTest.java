package dev.openline.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import dev.openline.wire.CloseStatus;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Base64;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Dials through small proxies, over real sockets. */
class ProxyTest {
    private static final String USER = "alice";
    private static final String PASSWORD = "pass:word";
    private static final String BASIC = Base64.getEncoder()
            .encodeToString((USER + ":" + PASSWORD).getBytes(java.nio.charset.StandardCharsets.UTF_8));

    private EventLoops loops;
    private WebSocketServer server;

    @BeforeEach
    void listen() throws IOException {
        loops = EventLoops.start(Transport.NIO, 1);
        server = WebSocketServer.listen(o -> o.port(0).loops(loops).webSocket("/", request -> new WebSocketHandler() {
            @Override
            public void onText(WebSocket line, String text) {
                line.sendText("echo " + text);
            }

            @Override
            public void onBinary(WebSocket line, ByteBuffer data) {
                line.sendBinary(data);
            }
        }));
    }

    @AfterEach
    void close() {
        server.close();
        loops.close();
    }

    /** Names are never looked up here: the proxy does it. */
    private WebSocketClient client(Proxy proxy, Consumer<ClientOptions> more) {
        Names none = new Names(Runnable::run, name -> {
            throw new UnknownHostException(name);
        });
        return WebSocketClient.create(o -> {
            o.loops(loops).names(none).proxy(proxy);
            more.accept(o);
        });
    }

    private static Proxy to(Proxy.Kind kind, int port) {
        return kind == Proxy.Kind.HTTP ? Proxy.http("127.0.0.1", port) : Proxy.socks5("127.0.0.1", port);
    }

    private static SmallProxy.Manner open(Proxy.Kind kind) {
        return kind == Proxy.Kind.HTTP ? SmallProxy.connect(null) : SmallProxy.socks5(null, null);
    }

    private static SmallProxy.Manner guarded(Proxy.Kind kind) {
        return kind == Proxy.Kind.HTTP ? SmallProxy.connect(BASIC) : SmallProxy.socks5(USER, PASSWORD);
    }

    private URI address(String host) {
        return URI.create("ws://" + host + ":" + server.port() + "/");
    }

    private DialFailed failure(Proxy proxy) throws Exception {
        return (DialFailed) client(proxy, o -> o.dialTimeout(Duration.ofSeconds(2)))
                .dial(address("server.example"), new Heard())
                .toCompletableFuture()
                .handle((line, fault) -> fault)
                .get(10, TimeUnit.SECONDS);
    }

    private void talk(Proxy proxy, String host) throws Exception {
        Heard heard = new Heard();
        WebSocket line = client(proxy, o -> {})
                .dial(address(host), heard)
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
        line.sendText("hello");
        assertThat(heard.text()).isEqualTo("echo hello");
        line.sendBinary(ByteBuffer.allocate(200_000));
        assertThat(heard.binarySizes.poll(10, TimeUnit.SECONDS)).isEqualTo(200_000);
        assertThat(line.sendTextTracked("more").toCompletableFuture().get(10, TimeUnit.SECONDS))
                .isEqualTo(SendOutcome.WRITTEN);
        line.close(CloseStatus.NORMAL);
        assertThat(heard.status()).isEqualTo(CloseStatus.NORMAL);
    }

    @ParameterizedTest
    @EnumSource
    void aLineThroughAProxyIsALineAndTheProxyLooksTheNameUp(Proxy.Kind kind) throws Exception {
        try (SmallProxy proxy = new SmallProxy(open(kind))) {
            talk(to(kind, proxy.port()), "server.example");
            talk(to(kind, proxy.port()), "127.0.0.1");
            if (kind == Proxy.Kind.HTTP) {
                assertThat(proxy.asked)
                        .containsExactly(
                                "CONNECT server.example:" + server.port() + " HTTP/1.1",
                                "CONNECT 127.0.0.1:" + server.port() + " HTTP/1.1");
            } else {
                assertThat(proxy.asked)
                        .containsExactly("name server.example:" + server.port(), "address 127.0.0.1:" + server.port());
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aProxyThatKnowsTheUserLetsHimThrough(Proxy.Kind kind) throws Exception {
        try (SmallProxy proxy = new SmallProxy(guarded(kind))) {
            talk(to(kind, proxy.port()).as(USER, PASSWORD), "server.example");
        }
    }

    @ParameterizedTest
    @EnumSource
    void refusedCredentialsAreSaidInOneSentenceWithoutThem(Proxy.Kind kind) throws Exception {
        try (SmallProxy proxy = new SmallProxy(guarded(kind))) {
            DialFailed failed = failure(to(kind, proxy.port()).as(USER, "wrong"));
            assertThat(failed.step()).isEqualTo(DialFailed.Step.PROXY);
            assertThat(failed.getMessage())
                    .isEqualTo(
                            kind == Proxy.Kind.HTTP
                                    ? "the proxy 127.0.0.1:" + proxy.port()
                                            + " answered 407 when asked for server.example:" + server.port()
                                            + ", it wants other credentials"
                                    : "the proxy 127.0.0.1:" + proxy.port() + " refused the credentials");
            assertThat(failed.status()).isEqualTo(kind == Proxy.Kind.HTTP ? OptionalInt.of(407) : OptionalInt.empty());
        }
    }

    @ParameterizedTest
    @EnumSource
    void missingCredentialsAreSaidSo(Proxy.Kind kind) throws Exception {
        try (SmallProxy proxy = new SmallProxy(guarded(kind))) {
            assertThat(failure(to(kind, proxy.port())).getMessage())
                    .containsPattern("wants other credentials$|accepted no way to log in$");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aProxyThatHangsFailsTheDialInTime(Proxy.Kind kind) throws Exception {
        try (SmallProxy proxy = new SmallProxy(SmallProxy.hanging())) {
            DialFailed failed = failure(to(kind, proxy.port()));
            assertThat(failed.step()).isEqualTo(DialFailed.Step.PROXY);
            assertThat(failed).hasMessage("no answer from the proxy 127.0.0.1:" + proxy.port() + " within 2000 ms");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aServerThatHangsBehindAProxyIsToldFromTheProxy(Proxy.Kind kind) throws Exception {
        try (SmallProxy proxy = new SmallProxy(open(kind));
                ServerSocket silent = new ServerSocket(0)) {
            DialFailed failed = (DialFailed) client(to(kind, proxy.port()), o -> o.dialTimeout(Duration.ofMillis(800)))
                    .dial(URI.create("ws://server.example:" + silent.getLocalPort() + "/"), new Heard())
                    .toCompletableFuture()
                    .handle((line, fault) -> fault)
                    .get(10, TimeUnit.SECONDS);
            assertThat(failed.step()).isEqualTo(DialFailed.Step.UPGRADE);
            assertThat(failed).hasMessage("no answer from server.example:" + silent.getLocalPort() + " within 800 ms");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aProxyThatHangsUpIsSaidSo(Proxy.Kind kind) throws Exception {
        try (SmallProxy proxy = new SmallProxy(SmallProxy.hangingUp())) {
            assertThat(failure(to(kind, proxy.port())).getMessage())
                    .matches("the proxy 127.0.0.1:\\d+ closed the connection|the connection to the proxy .* broke: .*"
                            + "|the proxy 127.0.0.1:\\d+ did not answer as a proxy of its kind");
        }
    }

    @ParameterizedTest
    @EnumSource
    void garbageFromAProxyIsOneSentence(Proxy.Kind kind) throws Exception {
        for (String garbage :
                new String[] {"\u0000\u0001\u0002garbage\r\n\r\n", "SSH-2.0-x\r\n", "HTTP/9.9 abc\r\n\r\n"}) {
            try (SmallProxy proxy = new SmallProxy(SmallProxy.saying(garbage))) {
                DialFailed failed = failure(to(kind, proxy.port()));
                assertThat(failed.step()).isEqualTo(DialFailed.Step.PROXY);
                assertThat(failed.getMessage())
                        .startsWith("the proxy 127.0.0.1:" + proxy.port())
                        .doesNotContain("\n", "Exception", "garbage", "SSH");
            }
        }
    }

    @Test
    void anEndlessAnswerOfAProxyIsNotRead() throws Exception {
        String endless = "HTTP/1.1 200 OK\r\n" + "X-Filler: yes\r\n".repeat(100_000);
        try (SmallProxy proxy = new SmallProxy(SmallProxy.saying(endless))) {
            assertThat(failure(Proxy.http("127.0.0.1", proxy.port())).step()).isEqualTo(DialFailed.Step.PROXY);
        }
    }

    @Test
    void aServerThatTheProxyCannotReachIsSaidSo() throws Exception {
        server.close();
        try (SmallProxy proxy = new SmallProxy(SmallProxy.socks5(null, null))) {
            assertThat(failure(Proxy.socks5("127.0.0.1", proxy.port())))
                    .hasMessage("the proxy 127.0.0.1:" + proxy.port() + " cannot connect to server.example:"
                            + server.port() + ": connection refused");
        }
        try (SmallProxy proxy =
                new SmallProxy(SmallProxy.saying("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"))) {
            DialFailed failed = failure(Proxy.http("127.0.0.1", proxy.port()));
            assertThat(failed.status()).isEqualTo(OptionalInt.of(502));
        }
    }

    @Test
    void aProxyThatIsNotThereIsSaidSo() throws Exception {
        SmallProxy gone = new SmallProxy(SmallProxy.hanging());
        gone.close();
        DialFailed failed = failure(Proxy.http("127.0.0.1", gone.port()));
        assertThat(failed.step()).isEqualTo(DialFailed.Step.CONNECT);
        assertThat(failed).hasMessage("cannot connect to the proxy 127.0.0.1:" + gone.port() + ": connection refused");
    }

    @ParameterizedTest
    @EnumSource
    void aLineThatTheProxyCutsIsRedialledThroughIt(Proxy.Kind kind) throws Exception {
        AtomicInteger opened = new AtomicInteger();
        WebSocketHandler counting = new WebSocketHandler() {
            @Override
            public void onOpen(WebSocket line) {
                opened.incrementAndGet();
            }
        };
        try (SmallProxy proxy = new SmallProxy(open(kind));
                RedialingLine line = client(to(kind, proxy.port()), o -> {})
                        .keepOpen(
                                address("server.example"),
                                counting,
                                o -> o.delays(Duration.ofMillis(1), Duration.ofMillis(9)))) {
            for (int i = 1; i <= 3; i++) {
                int lines = i;
                await().until(() -> opened.get() >= lines && line.state() == LineState.OPEN);
                proxy.cut();
            }
            await().until(() -> opened.get() >= 4);
            assertThat(proxy.asked).hasSizeGreaterThanOrEqualTo(4);
        }
    }

    @Test
    void whatAProxyCannotBeToldIsTheCallersFault() {
        assertThatIllegalArgumentException().isThrownBy(() -> Proxy.http("", 1));
        assertThatIllegalArgumentException().isThrownBy(() -> Proxy.http("proxy.example", 0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Proxy.http("proxy.example", 1).as("a:b", "c"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Proxy.socks5("proxy.example", 1).as("", "c"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Proxy.socks5("proxy.example", 1).as("a", "c".repeat(256)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Proxy.socks5("proxy.example", 1).as("ä", "c"));
        assertThat(Proxy.http("proxy.example", 3128).as("alice", "secret").toString())
                .isEqualTo("proxy.example:3128");
        assertThat(new Proxy.Credentials("alice", "secret").toString()).doesNotContain("secret");
    }
}
