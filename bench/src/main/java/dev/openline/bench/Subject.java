package dev.openline.bench;

import java.io.IOException;
import java.util.List;

/**
 * A server under test, the main class of a process of its own: echoes on {@code /echo}, and sends to all lines of {@code /broadcast}
 * what comes on {@code /publish}. Ends when its standard input does, so that it can't outlive who started it.
 */
final class Subject {
    static final String READY = "ready on port ";
    static final String HEAP = "live heap ";

    /** The byte on standard input that asks for {@link #HEAP}. */
    static final int ASK_HEAP = 'h';

    private Subject() {}

    public static void main(String[] args) throws IOException {
        List<String> arguments = List.of(args);
        answer(Peer.valueOf(arguments.get(0)).start(SubjectOptions.parse(arguments.subList(1, arguments.size()))));
    }

    /** Tells the port, and then what it is asked, for as long as somebody may ask. */
    static void answer(int port) throws IOException {
        System.out.println(READY + port);
        for (int asked = System.in.read(); asked >= 0; asked = System.in.read()) {
            if (asked == ASK_HEAP) System.out.println(HEAP + liveHeapBytes());
        }
        Runtime.getRuntime().halt(0);
    }

    /** Twice, because the first one may only have queued what is to be cleaned. */
    private static long liveHeapBytes() {
        System.gc();
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
