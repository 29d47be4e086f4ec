package dev.openline.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.net.Transport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A server that is asked for more than the system gives, and goes on. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "what a process holds and uses is read from /proc")
class StormTest {
    /** Room for the JVM with its jars, and for some dozens of connections. */
    private static final int FEW_DESCRIPTORS = 220;

    /** Connections of one storm; more by hand: {@code -Dopenline.storm=50000}. */
    private static final int STORM = Integer.getInteger("openline.storm", 3_000);

    private static final long HEAP_NOISE_BYTES = 4 << 20;

    static Stream<Transport> transports() {
        return Arrays.stream(Transport.values()).filter(Transport::isAvailable);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("transports")
    void withoutFileDescriptorsItsLinesGoOnAndItWaitsForSomeToBeFree(Transport transport) throws Exception {
        List<RawLine> fillers = new ArrayList<>();
        try (HurtProcess server = HurtProcess.start(transport, FEW_DESCRIPTORS);
                RawLine line = RawLine.open(server.port())) {
            line.expectEcho("before");
            // More than fit: the rest waits in the kernel, and is what could keep the server busy.
            for (int i = 0; i < FEW_DESCRIPTORS; i++) fillers.add(RawLine.connect(server.port()));
            Awaitility.await()
                    .atMost(Waiting.PATIENCE)
                    .until(() -> server.output().stream().anyMatch(said -> said.contains("cannot accept")));
            int said = server.output().size();

            Duration before = server.cpu();
            line.hearPings(15);
            Duration used = server.cpu().minus(before);

            line.expectEcho("meanwhile");
            assertThat(server.descriptors()).isGreaterThan(FEW_DESCRIPTORS - 5);
            assertThat(used)
                    .as("CPU time while fifteen pings came, a tenth of a second apart")
                    .isLessThan(Duration.ofMillis(400));
            assertThat(server.output()).as("what it said").hasSizeLessThan(said + 3);

            for (RawLine filler : fillers) filler.close();
            try (RawLine next = RawLine.open(server.port())) {
                next.expectEcho("after");
            }
            line.expectEcho("still there");
        } finally {
            for (RawLine filler : fillers) filler.close();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("transports")
    void aStormOfConnectsAndResetsLeavesNothingBehind(Transport transport) throws Exception {
        try (HurtProcess server = HurtProcess.start(transport, 10_000);
                RawLine line = RawLine.open(server.port())) {
            line.expectEcho("before");
            storm(server.port(), STORM / 10); // what is made once is made
            awaitCalm(server, Integer.MAX_VALUE);
            int descriptors = server.descriptors();
            long bytes = server.liveBytes();

            storm(server.port(), STORM);

            awaitCalm(server, descriptors);
            assertThat(server.liveBytes()).isLessThan(bytes + HEAP_NOISE_BYTES);
            line.expectEcho("after");
            assertThat(server.output().stream().filter(said -> said.contains("Exception")))
                    .isEmpty();
        }
    }

    /** By threads of bare sockets that do nothing else; what rate they reached is printed. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("transports")
    void connectsAndResetsAsFastAsTheyComeKeepNoLineWaiting(Transport transport) throws Exception {
        int connections = 5 * STORM;
        try (HurtProcess server = HurtProcess.start(transport, 10_000);
                RawLine line = RawLine.open(server.port())) {
            line.expectEcho("before");
            int descriptors = server.descriptors();
            AtomicInteger left = new AtomicInteger(connections);
            long begun = System.nanoTime();
            List<Thread> threads = List.of(hurrying(server.port(), left), hurrying(server.port(), left));
            while (threads.stream().anyMatch(Thread::isAlive)) line.expectEcho("meanwhile");
            System.out.printf("%s: %,d connects and resets a second%n", transport, perSecond(connections, begun));

            // A descriptor of the request that asks for the counts may be among them.
            awaitCalm(server, descriptors + 1);
            line.expectEcho("after");
        }
    }

    private static long perSecond(int connections, long begunNanos) {
        return connections * 1_000_000_000L / (System.nanoTime() - begunNanos);
    }

    private static Thread hurrying(int port, AtomicInteger left) {
        InetSocketAddress server = new InetSocketAddress("127.0.0.1", port);
        Thread thread = new Thread(() -> {
            while (left.getAndDecrement() > 0) {
                try (SocketChannel socket = SocketChannel.open()) {
                    socket.setOption(StandardSocketOptions.SO_LINGER, 0);
                    socket.connect(server);
                } catch (IOException overrun) {
                    // The kernel may refuse some of a storm; what counts is what the server is left with.
                }
            }
        });
        thread.start();
        return thread;
    }

    /** One line is left, and not one descriptor more than there were. */
    private static void awaitCalm(HurtProcess server, int descriptors) {
        Awaitility.await().atMost(Waiting.PATIENCE).untilAsserted(() -> {
            assertThat(server.counts()).isEqualTo("1 1");
            assertThat(server.descriptors()).isLessThanOrEqualTo(descriptors);
        });
    }

    /** Breaks off before a word, inside the request, behind it, and with the line open; mostly by a reset. */
    private static void storm(int port, int connections) throws InterruptedException {
        AtomicInteger left = new AtomicInteger(connections);
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            Random random = new Random(t);
            Thread thread = new Thread(() -> {
                while (left.getAndDecrement() > 0) breakOff(port, random.nextInt(8));
            });
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) thread.join();
    }

    private static void breakOff(int port, int how) {
        try {
            RawLine line = how == 0 ? RawLine.open(port) : RawLine.connect(port);
            if (how == 1) line.say("GET / HTTP/1.1\r\nHo");
            if (how == 2) line.askForUpgrade();
            if (how == 3) line.close();
            else line.reset();
        } catch (IOException overrun) {
            // The kernel may refuse some of a storm; what counts is what the server is left with.
        }
    }
}
