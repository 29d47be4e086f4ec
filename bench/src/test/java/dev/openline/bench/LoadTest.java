package dev.openline.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.openline.net.Transport;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Short runs against every server that can be measured here, and one in a process of its own, as in a measurement. */
class LoadTest {
    private static final double WARM_UP = 0.02;
    private static final double SECONDS = 0.05;

    /** Each form of a length, and a message that takes many reads. */
    private static final List<Integer> SIZES = List.of(8, 126, 65_536, 1 << 20);

    private static Identity identity;
    private static final Map<String, Server> RUNNING = new HashMap<>();

    /** A server in this process, which keeps a test of all of them short. */
    private record InProcess(Contender contender, Variant variant, int port) implements Server {
        @Override
        public ProcessHandle handle() {
            return ProcessHandle.current();
        }

        @Override
        public long liveHeapBytes() {
            return -1;
        }

        @Override
        public void close() {}
    }

    static Stream<String> names() {
        return Contender.names().stream();
    }

    static Stream<String> webSocketNames() {
        return names().filter(name -> Contender.parse(name).speaksWebSocket());
    }

    private static Server server(String name) throws IOException {
        return server(name, Variant.PLAIN);
    }

    private static Server server(String name, Variant variant) throws IOException {
        Server running = RUNNING.get(name + variant.suffix());
        if (running != null) return running;
        Contender contender = Contender.parse(name);
        int port = contender.peer().start(contender.options(1, variant, identity));
        RUNNING.put(name + variant.suffix(), new InProcess(contender, variant, port));
        return RUNNING.get(name + variant.suffix());
    }

    @BeforeAll
    static void identify() throws IOException {
        identity = Identity.make();
    }

    @AfterAll
    static void stop() {
        RUNNING.values().forEach(Server::close);
    }

    @ParameterizedTest
    @MethodSource("names")
    void echoesOfEverySizeComeBackUnchanged(String name) throws IOException {
        for (int size : SIZES) {
            Server server = server(name);
            try (Load load = Load.open(server, server.echoPath(), 2)) {
                ClosedLoad closed = new ClosedLoad(load, new MaskedFrames(size));
                closed.echo(3, WARM_UP, new Window(SECONDS, server.handle()));
                assertThat(closed.received()).as("of %d bytes", size).isGreaterThanOrEqualTo(2 * 3);
            }
        }
    }

    static Stream<Arguments> variantsOfAll() {
        return Stream.of(Variant.DEFLATE, Variant.TLS)
                .flatMap(variant -> webSocketNames().map(name -> Arguments.of(variant, name)));
    }

    @ParameterizedTest
    @MethodSource("variantsOfAll")
    void echoesComeBackCompressedAndThroughTls(Variant variant, String name) throws IOException {
        Server server = server(name, variant);
        for (int size : List.of(1 << 10, 16 << 10)) {
            try (Load load = Load.open(server, server.echoPath(), 2)) {
                ClosedLoad closed = new ClosedLoad(load, MaskedFrames.of(size, variant));
                closed.echo(3, WARM_UP, new Window(SECONDS, server.handle()));
                assertThat(closed.received()).as("of %d bytes", size).isGreaterThanOrEqualTo(2 * 3);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("webSocketNames")
    void everyPublicationReachesEveryLine(String name) throws IOException {
        Server server = server(name);
        try (Load load = Load.open(server, "/broadcast", 20)) {
            ClosedLoad closed = new ClosedLoad(load, new MaskedFrames(100));
            closed.broadcast(load.line("/publish"), 2, WARM_UP, new Window(SECONDS, server.handle()));
            assertThat(closed.received()).isGreaterThanOrEqualTo(2 * 20);
        }
        Figures paced = new BroadcastCase(20, 100, 1, 20).measure(server, WARM_UP, 0.2);
        assertThat(paced.get(Figure.MISSING)).isZero();
    }

    @ParameterizedTest
    @MethodSource("webSocketNames")
    void pacedMessagesAllComeBack(String name) throws IOException {
        Figures figures = new PacedCase(3, 20, 100).measure(server(name), WARM_UP, 0.2);
        assertThat(figures.get(Figure.MISSING)).isZero();
        assertThat(figures.get(Figure.P50)).isPositive();
    }

    @ParameterizedTest
    @MethodSource("webSocketNames")
    void clientsThatSayGoodbyeAreHungUpOn(String name) throws IOException {
        try (ConnectLoad load = new ConnectLoad(server(name))) {
            load.run(4, WARM_UP, new Window(SECONDS, ProcessHandle.current()));
            assertThat(load.done()).isGreaterThanOrEqualTo(4);
        }
    }

    @Test
    void aRateThatIsTooMuchEndsInTimeAndIsSeen() throws IOException {
        Figures figures = new PacedCase(2, 65_536, 1_000_000).measure(server("netty-nio"), 0.001, 0.3);
        assertThat(figures.get(Figure.MISSING)).isPositive();
        assertThat(figures.get(Figure.P99)).isGreaterThanOrEqualTo(999_000);
    }

    @Test
    void aReplyThatIsWrongIsNoFigure() throws IOException {
        Exchange exchange = new Exchange(new MaskedFrames(20), 1 << 10);
        exchange.expectPlain();
        byte[] reply = new MaskedFrames(20).serverFrame();
        exchange.check(java.nio.ByteBuffer.wrap(reply), 0);
        reply[15]++;
        assertThatThrownBy(() -> exchange.check(java.nio.ByteBuffer.wrap(reply), 0))
                .hasMessage("a reply is wrong at byte 15");
    }

    @Test
    void aServerInAProcessOfItsOwnTellsItsHeapAndIsMissedWhenItEnds() throws IOException {
        Server server =
                Contender.parse("openline-nio").start(SubjectOptions.plain(Transport.NIO, 1), Pinning.none("a test"));
        try (Load load = Load.open(server, "/echo", 1)) {
            assertThat(server.liveHeapBytes()).isBetween(100_000L, 512L << 20);
            server.close();
            ClosedLoad closed = new ClosedLoad(load, new MaskedFrames(8));
            assertThatThrownBy(() -> closed.echo(1, WARM_UP, new Window(SECONDS, ProcessHandle.current())))
                    .isInstanceOf(IOException.class);
        }
        assertThatThrownBy(() -> Load.open(server, "/echo", 1)).isInstanceOf(IOException.class);
    }

    @Test
    void anExternalServerIsFoundByItsProcessAndLeftRunning() throws IOException {
        Contender own = Contender.external("it=" + server("netty-nio").port() + ","
                + ProcessHandle.current().pid());
        try (Server external = own.start(SubjectOptions.plain(Transport.NIO, 1), Pinning.none("a test"))) {
            assertThat(external.echoPath()).isEqualTo("/");
            Figures figures = new EchoCase(1, 20, 1).measure(external, WARM_UP, SECONDS);
            assertThat(figures.get(Figure.PER_SECOND)).isNotNull();
        }
        Contender nobody = Contender.external("it=1," + Long.MAX_VALUE);
        assertThatThrownBy(() -> nobody.start(SubjectOptions.plain(Transport.NIO, 1), Pinning.none("a test")))
                .hasMessageContaining("there is no process");
    }
}
