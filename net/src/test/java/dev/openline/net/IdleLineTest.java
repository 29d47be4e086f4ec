package dev.openline.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.management.JMException;
import javax.management.ObjectName;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Counted by the JVM itself, class by class, after a collection; so it doesn't depend on time or load. */
@DisplayName("an idle line")
class IdleLineTest {
    private static final int LINES = 600;

    /** What a server needs once is there before it is counted. */
    private static final int LINES_BEFORE = 100;

    private static final int MOST_BYTES = 2 << 10;

    /** Channel, adaptor, locks and key that the JDK keeps for each socket. */
    private static final int MOST_BYTES_OF_JDK_SOCKET = 512;

    /** {@code num: instances bytes class}, maybe with a module behind it. */
    private static final Pattern ROW = Pattern.compile("\\s*\\d+:\\s+(\\d+)\\s+(\\d+)\\s+(\\S+).*");

    static List<Transport> transports() {
        return AdmissionTest.transports();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("transports")
    void takesAtMostTwoKibibytes(Transport transport, @TempDir Path outOfTheHeap) throws Exception {
        Path before = outOfTheHeap.resolve("before");
        try (EventLoops loops = EventLoops.start(transport, 1);
                WebSocketServer server =
                        WebSocketServer.listen(o -> o.port(0).loops(loops).webSocket("/", request -> new Echo()));
                IdlePeers peers = IdlePeers.of(server.port())) {
            peers.open(LINES_BEFORE);
            Files.writeString(before, liveObjects());
            peers.open(LINES);
            String after = liveObjects();
            Map<String, Long> perLine = perLine(bytes(Files.readString(before)), bytes(after));
            long bytes = perLine.values().stream().mapToLong(Long::longValue).sum();
            assertThat(bytes)
                    .as(() -> "bytes per line, of these classes:\n" + table(perLine))
                    .isBetween(500L, (long) MOST_BYTES + (transport == Transport.NIO ? MOST_BYTES_OF_JDK_SOCKET : 0));
        }
    }

    private static final class Echo implements WebSocketHandler {
        @Override
        public void onText(WebSocket line, String text) {
            line.sendText(text);
        }
    }

    /** Number and size of the objects of each class that can be reached, as text. */
    private static String liveObjects() throws JMException {
        return (String) ManagementFactory.getPlatformMBeanServer()
                .invoke(
                        new ObjectName("com.sun.management:type=DiagnosticCommand"),
                        "gcClassHistogram",
                        new Object[] {new String[0]},
                        new String[] {String[].class.getName()});
    }

    private static Map<String, Long> bytes(String histogram) {
        Map<String, Long> bytes = new HashMap<>();
        histogram.lines().map(ROW::matcher).filter(Matcher::matches).forEach(row -> {
            bytes.merge(row.group(3), Long.parseLong(row.group(2)), Long::sum);
        });
        return bytes;
    }

    /** Only what grew: what others leave behind meanwhile must not make up for it. */
    private static Map<String, Long> perLine(Map<String, Long> before, Map<String, Long> after) {
        Map<String, Long> perLine = new HashMap<>();
        after.forEach((name, bytes) -> {
            long more = (bytes - before.getOrDefault(name, 0L)) / LINES;
            if (more > 0) perLine.put(name, more);
        });
        return perLine;
    }

    private static String table(Map<String, Long> perLine) {
        return perLine.entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                .map(row -> String.format("%6d %s", row.getValue(), row.getKey()))
                .collect(Collectors.joining("\n"));
    }
}
