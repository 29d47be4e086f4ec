package dev.openline.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.wire.Header;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What comes before the upgrade: the plan, the lookup of the name, one address after the other. */
class DialStepsTest {
    private EventLoops loops;
    private ServerSocket listening;

    @BeforeEach
    void listen() throws IOException {
        loops = EventLoops.start(Transport.NIO, 1);
        listening = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"));
    }

    @AfterEach
    void close() throws IOException {
        listening.close();
        loops.close();
    }

    private WebSocketClient client(Consumer<ClientOptions> more) {
        return WebSocketClient.create(o -> {
            o.loops(loops);
            more.accept(o);
        });
    }

    private URI address(String host) {
        return URI.create("ws://" + host + ":" + listening.getLocalPort() + "/");
    }

    private static DialFailed failure(CompletionStage<WebSocket> dialled) throws Exception {
        return (DialFailed)
                dialled.toCompletableFuture().handle((line, fault) -> fault).get(10, TimeUnit.SECONDS);
    }

    @Test
    void everyDialSaysWhatItsPlanSays() throws Exception {
        AtomicInteger dials = new AtomicInteger();
        CompletableFuture<String> token = new CompletableFuture<>();
        WebSocketClient client = client(o -> o.header("Cookie", "a=b")
                .subprotocols(List.of("v1"))
                .beforeDial(plan -> token.thenApply(value -> plan.withHeader("Authorization", "Bearer " + value)
                        .withAddress(URI.create(plan.address() + "?dial=" + dials.incrementAndGet()))
                        .withSubprotocols(List.of("v2")))));

        for (int i = 1; i <= 2; i++) {
            client.dial(address("127.0.0.1"), new Heard());
            token.complete("fresh");
            try (RawPeer server = RawPeer.of(listening.accept())) {
                assertThat(server.head())
                        .startsWith("GET /?dial=" + i + " HTTP/1.1\r\n")
                        .contains(
                                "Cookie: a=b\r\n", "Authorization: Bearer fresh\r\n", "Sec-WebSocket-Protocol: v2\r\n");
            }
        }
    }

    @Test
    void aPlanThatFailsFailsTheDialInOneSentence() throws Exception {
        WebSocketClient later =
                client(o -> o.beforeDial(plan -> CompletableFuture.failedFuture(new IOException("no token today"))));
        WebSocketClient atOnce = client(o -> o.beforeDial(plan -> {
            throw new IllegalStateException("no token today");
        }));

        for (WebSocketClient client : List.of(later, atOnce)) {
            DialFailed failed = failure(client.dial(address("127.0.0.1"), new Heard()));
            assertThat(failed.step()).isEqualTo(DialFailed.Step.PREPARE);
            assertThat(failed)
                    .hasMessage("the dial to 127.0.0.1:" + listening.getLocalPort()
                            + " could not be prepared: no token today");
        }
    }

    @Test
    void aPlanMustNotLeaveTlsOut() throws Exception {
        URI secure = URI.create("wss://127.0.0.1:" + listening.getLocalPort() + "/");
        try (WebSocketClient client = client(
                o -> o.beforeDial(plan -> CompletableFuture.completedFuture(plan.withAddress(address("127.0.0.1")))))) {
            assertThat(failure(client.dial(secure, new Heard())))
                    .hasMessageEndingWith("a plan must not change between ws: and wss:");
        }
    }

    @Test
    void aPlanThatNeverComesFailsInTime() throws Exception {
        WebSocketClient client =
                client(o -> o.dialTimeout(Duration.ofMillis(300)).beforeDial(plan -> new CompletableFuture<>()));
        DialFailed failed = failure(client.dial(address("127.0.0.1"), new Heard()));
        assertThat(failed.step()).isEqualTo(DialFailed.Step.PREPARE);
        assertThat(failed).hasMessageContaining("was not prepared within 300 ms");
    }

    @Test
    void aLookupThatHangsHoldsUpNobodyAndFailsInTime() throws Exception {
        CountDownLatch released = new CountDownLatch(1);
        Names stuck = new Names(task -> new Thread(task, "stuck").start(), name -> {
            released.await();
            return List.of();
        });
        WebSocketClient client =
                client(o -> o.dialTimeout(Duration.ofMillis(300)).names(stuck));

        CompletionStage<WebSocket> dialled = client.dial(address("a-name.example"), new Heard());
        CompletableFuture<Boolean> loopIsFree = new CompletableFuture<>();
        loops.loop(0).execute(() -> loopIsFree.complete(true));

        assertThat(loopIsFree.get(10, TimeUnit.SECONDS)).isTrue();
        DialFailed failed = failure(dialled);
        released.countDown();
        assertThat(failed.step()).isEqualTo(DialFailed.Step.LOOKUP);
        assertThat(failed).hasMessage("no address for a-name.example within 300 ms");
    }

    @Test
    void aNameWithoutAddressIsSaidSo() throws Exception {
        Names none = new Names(Runnable::run, name -> {
            throw new java.net.UnknownHostException(name);
        });
        DialFailed failed = failure(client(o -> o.names(none)).dial(address("a-name.example"), new Heard()));
        assertThat(failed.step()).isEqualTo(DialFailed.Step.LOOKUP);
        assertThat(failed)
                .hasMessageContaining("cannot connect to a-name.example")
                .hasMessageContaining("no such host");
    }

    @Test
    void whenOneAddressRefusesTheNextIsTried() throws Exception {
        Names two = new Names(
                Runnable::run, name -> List.of(InetAddress.getByName("127.0.0.3"), InetAddress.getByName("127.0.0.1")));
        client(o -> o.names(two)).dial(address("a-name.example"), new Heard());
        try (RawPeer server = RawPeer.of(listening.accept())) {
            assertThat(server.head()).contains("Host: a-name.example:" + listening.getLocalPort() + "\r\n");
        }
    }

    @Test
    void aDialThatIsGivenUpClosesItsConnection() throws Exception {
        CompletableFuture<WebSocket> dialled =
                client(o -> {}).dial(address("127.0.0.1"), new Heard()).toCompletableFuture();
        try (RawPeer server = RawPeer.of(listening.accept())) {
            server.head();
            dialled.cancel(false);
            assertThat(server.isEnded()).isTrue();
        }
    }

    @Test
    void aPlanDoesNotShowItsSecrets() {
        DialPlan plan = new DialPlan(
                URI.create("ws://example.org/a?ticket=secret"),
                List.of(new Header("Authorization", "secret")),
                List.of());
        assertThat(plan.toString()).isEqualTo("dial to example.org");
    }
}
