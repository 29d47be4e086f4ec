package dev.openline.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.openline.net.Transport;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Short runs against both servers, in processes of their own as in a measurement. */
class LoadTest {
    private static final double WARM_UP = 0.1;
    private static final double SECONDS = 0.3;

    private static final Map<Peer, SubjectProcess> SERVERS = new EnumMap<>(Peer.class);

    @BeforeAll
    static void start() throws IOException {
        for (Peer peer : Peer.values()) SERVERS.put(peer, start(peer));
    }

    @AfterAll
    static void stop() {
        SERVERS.values().forEach(SubjectProcess::close);
    }

    private static SubjectProcess start(Peer peer) throws IOException {
        return SubjectProcess.start(peer, Transport.NIO, 1, Pinning.none("a test"));
    }

    @ParameterizedTest
    @CsvSource({"OPENLINE, 8, 1", "OPENLINE, 70000, 3", "NETTY, 8, 1", "NETTY, 70000, 3"})
    void allEchoesComeBack(Peer peer, int size, int pipeline) throws IOException {
        SubjectProcess server = SERVERS.get(peer);
        try (Load load = Load.open(server.port(), "/echo", 3, new MaskedFrames(size))) {
            Window.Throughput throughput = load.echo(pipeline, WARM_UP, new Window(SECONDS, server.handle()));
            assertThat(throughput.messages()).isPositive();
            assertThat(throughput.seconds()).isGreaterThanOrEqualTo(SECONDS);
            Latencies latencies = load.echoLatency(50, WARM_UP, SECONDS);
            assertThat(latencies.missingShare()).isZero();
            assertThat(latencies.micros(50)).isPositive();
        }
    }

    @ParameterizedTest
    @EnumSource(Peer.class)
    void everyPublicationReachesEveryLine(Peer peer) throws IOException {
        SubjectProcess server = SERVERS.get(peer);
        try (Load load = Load.open(server.port(), "/broadcast", 20, new MaskedFrames(100))) {
            LoadLine publisher = load.publisher(server.port());
            Window.Throughput throughput = load.broadcast(publisher, 2, WARM_UP, new Window(SECONDS, server.handle()));
            assertThat(throughput.messages()).isPositive();
            assertThat(load.broadcastLatency(publisher, 20, WARM_UP, SECONDS).missingShare())
                    .isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(Peer.class)
    void aRateThatIsTooMuchEndsInTimeAndIsSeen(Peer peer) throws IOException {
        SubjectProcess server = SERVERS.get(peer);
        try (Load load = Load.open(server.port(), "/echo", 2, new MaskedFrames(65_536))) {
            Latencies latencies = load.echoLatency(1_000_000, 0, SECONDS);
            assertThat(latencies.missingShare()).isPositive();
            assertThat(latencies.micros(99)).isGreaterThanOrEqualTo(999_000);
        }
    }

    @ParameterizedTest
    @EnumSource(Peer.class)
    void aServerThatIsGoneIsAnError(Peer peer) throws IOException {
        SubjectProcess server = start(peer);
        int port = server.port();
        Load load = Load.open(port, "/echo", 1, new MaskedFrames(8));
        server.close();
        assertThatThrownBy(() -> load.echo(1, WARM_UP, new Window(SECONDS, ProcessHandle.current())))
                .isInstanceOf(IOException.class);
        load.close();
        assertThatThrownBy(() -> Load.open(port, "/echo", 1, new MaskedFrames(8)))
                .isInstanceOf(IOException.class);
    }
}
