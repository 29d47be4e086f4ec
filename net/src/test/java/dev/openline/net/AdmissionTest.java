package dev.openline.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Who gets in, and that the counts are exact however connections end. */
class AdmissionTest {
    private WebSocketServer server;

    private void serve(Consumer<ServerOptions> more) throws IOException {
        server = WebSocketServer.listen(o -> {
            o.port(0).transport(Transport.NIO).webSocket("/", request -> new Heard());
            more.accept(o);
        });
    }

    @AfterEach
    void close() {
        if (server != null) server.close();
    }

    private String answer() throws IOException {
        try (RawPeer peer = RawPeer.connect(server.port())) {
            return peer.say(RawPeer.upgrade("/", "")).head();
        }
    }

    private static RawPeer from(String local, int port) throws IOException {
        Socket socket = new Socket();
        socket.bind(new InetSocketAddress(local, 0));
        socket.connect(new InetSocketAddress("127.0.0.1", port));
        return RawPeer.of(socket);
    }

    private void await(int connections) {
        Awaitility.await().untilAsserted(() -> assertThat(server.connections()).isEqualTo(connections));
    }

    @Test
    void oneConnectionTooManyIsToldSoAndAFreedPlaceIsTaken() throws Exception {
        serve(o -> o.maxConnections(2));
        RawPeer one = RawPeer.open(server.port());
        try (RawPeer two = RawPeer.open(server.port())) {
            assertThat(answer())
                    .startsWith("HTTP/1.1 503 ")
                    .containsPattern("(?i)retry-after: ([2-9]|10)\r\n")
                    .containsIgnoringCase("connection: close");
            one.close();
            await(1);
            assertThat(answer()).startsWith("HTTP/1.1 101 ");
            two.say(RawPeer.text("still there"));
        }
        await(0);
        assertThat(server.admission().beingRefused()).isZero();
    }

    @Test
    void aPlainRequestTooManyIsToldSoToo() throws Exception {
        serve(o -> o.maxConnections(1)
                .http(request ->
                        java.util.concurrent.CompletableFuture.completedFuture(HttpResponse.text(200, "hello"))));
        try (RawPeer first = RawPeer.open(server.port());
                RawPeer second = RawPeer.connect(server.port())) {
            second.say("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(second.head()).startsWith("HTTP/1.1 503 ");
            assertThat(first.socket().isClosed()).isFalse();
        }
    }

    @Test
    void whenTooManyWaitToBeRefusedTheRestIsClosedWithoutAWord() throws Exception {
        serve(o -> o.maxConnections(1));
        List<RawPeer> peers = new ArrayList<>();
        try {
            for (int i = 0; i < 1 + Admission.MAX_BEING_REFUSED; i++) peers.add(RawPeer.connect(server.port()));
            Awaitility.await().until(() -> server.admission().beingRefused() == Admission.MAX_BEING_REFUSED);
            try (RawPeer last = RawPeer.connect(server.port())) {
                assertThat(last.isEnded()).isTrue();
            }
        } finally {
            for (RawPeer peer : peers) peer.close();
        }
        await(0);
        Awaitility.await().until(() -> server.admission().beingRefused() == 0);
    }

    @Test
    void addressesAreCountedByThemselves() throws Exception {
        serve(o -> o.maxConnectionsPerAddress(2));
        try (RawPeer one = RawPeer.open(server.port());
                RawPeer two = RawPeer.open(server.port());
                RawPeer other = from("127.0.0.2", server.port())) {
            assertThat(answer()).startsWith("HTTP/1.1 503 ");
            assertThat(other.say(RawPeer.upgrade("/", "")).head()).startsWith("HTTP/1.1 101 ");
            one.close();
            two.close();
        }
        await(0);
        assertThat(server.admission().addresses().size()).isZero();
    }

    @Test
    void loopbackIsExemptOnlyWhenToldSo() throws Exception {
        serve(o -> o.maxConnectionsPerAddress(1).exemptLoopback());
        try (RawPeer one = RawPeer.open(server.port());
                RawPeer two = RawPeer.open(server.port())) {
            assertThat(server.connections()).isEqualTo(2);
            one.close();
            two.close();
        }
        await(0);
    }

    @Test
    void connectsAboveTheRateAreToldSo() throws Exception {
        serve(o -> o.maxConnectsPerSecond(1));
        assertThat(answer()).startsWith("HTTP/1.1 101 ");
        // Whatever the second that has begun is worth, it is not worth all of these.
        List<String> answers = new ArrayList<>();
        for (int i = 0; i < 100; i++) answers.add(answer());
        assertThat(answers).anySatisfy(head -> assertThat(head).startsWith("HTTP/1.1 503 "));
    }

    @Test
    void aBucketHoldsOneSecondAndFillsEvenly() {
        ConnectRate rate = new ConnectRate(10, Long.MAX_VALUE - 5);
        long now = Long.MAX_VALUE - 5;
        for (int i = 0; i < 10; i++) assertThat(rate.allows(now)).isTrue();
        assertThat(rate.allows(now)).isFalse();
        assertThat(rate.allows(now + 99_999_999)).isFalse();
        assertThat(rate.allows(now + 100_000_000)).isTrue();
        assertThat(rate.allows(now + 100_000_000)).isFalse();
        long later = now + 100_000_000_000L;
        for (int i = 0; i < 10; i++) assertThat(rate.allows(later)).isTrue();
        assertThat(rate.allows(later)).isFalse();
    }

    @Test
    void anIpv6AddressCountsForItsNetwork() throws Exception {
        Network network = network("2001:db8:1:2:3::4");
        assertThat(network("2001:db8:1:2:ffff::1")).isEqualTo(network);
        assertThat(network("2001:db8:1:3::4")).isNotEqualTo(network);
        assertThat(network("::ffff:10.0.0.1")).isEqualTo(network("10.0.0.1")).isNotEqualTo(network("10.0.0.2"));
        assertThat(network("::1")).isNotEqualTo(network("0.0.0.1"));
        assertThat(network("255.255.255.255")).isNotEqualTo(Network.UNCOUNTED);
    }

    private static Network network(String literal) throws Exception {
        return Network.of(InetAddress.getByName(literal));
    }

    @Test
    void aConnectionCountsForTheClientThatATrustedProxyNames() throws Exception {
        serve(o -> o.maxConnectionsPerAddress(1));
        Admission admission = server.admission();
        AddressCounts counts = admission.addresses();
        var channel = new io.netty.channel.embedded.EmbeddedChannel();
        InetAddress client = InetAddress.getByName("192.0.2.7");
        Seat seat = new Seat(
                new LoopSeats(admission, channel.eventLoop()), channel, Network.of(client.getLoopbackAddress()));
        assertThat(counts.add(seat.network())).isTrue();
        assertThat(seat.isFrom(client)).isNull();
        assertThat(seat.isFrom(client)).isNull();
        assertThat(counts.size()).isEqualTo(1);
        assertThat(counts.add(Network.of(client))).isFalse();
        assertThat(counts.add(Network.of(InetAddress.getLoopbackAddress()))).isTrue();
        assertThat(seat.isFrom(InetAddress.getLoopbackAddress())).isEqualTo("maxConnectionsPerAddress are open");
    }

    @Test
    void aLimitBelowOneIsRefusedWhenItIsSet() {
        assertThatIllegalArgumentException().isThrownBy(() -> new ServerOptions().maxConnections(0));
        assertThatIllegalArgumentException().isThrownBy(() -> new ServerOptions().maxConnectionsPerAddress(0));
        assertThatIllegalArgumentException().isThrownBy(() -> new ServerOptions().maxConnectsPerSecond(0));
    }

    static List<Transport> transports() {
        return java.util.Arrays.stream(Transport.values())
                .filter(Transport::isAvailable)
                .toList();
    }

    /** However connections end, the counts come back to nothing. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("transports")
    void thousandsThatComeAndBreakOffLeaveNoCountBehind(Transport transport) throws Exception {
        serve(o -> o.transport(transport)
                .maxConnections(20)
                .maxConnectionsPerAddress(15)
                .webSocket("/throws", request -> new WebSocketHandler() {
                    @Override
                    public void onOpen(WebSocket line) {
                        line.abort();
                    }
                }));
        Random random = new Random(7);
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            long seed = random.nextLong();
            Thread thread = new Thread(() -> storm(seed));
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) thread.join();
        await(0);
        Awaitility.await().until(() -> server.admission().beingRefused() == 0);
        assertThat(server.admission().addresses().size()).isZero();
        assertThat(answer()).startsWith("HTTP/1.1 101 ");
    }

    private void storm(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 250; i++) {
            try (RawPeer peer = RawPeer.connect(server.port())) {
                if (random.nextBoolean()) peer.socket().setSoLinger(true, 0);
                switch (random.nextInt(5)) {
                    case 0 -> peer.say("GET / HT");
                    case 1 -> peer.say(RawPeer.upgrade("/", ""));
                    case 2 -> peer.say(RawPeer.upgrade("/", "")).head();
                    case 3 -> peer.say(RawPeer.upgrade("/throws", ""));
                    default -> {}
                }
            } catch (IOException broken) {
                // A refused connection may break at any call; only the counts matter.
            }
        }
    }
}
