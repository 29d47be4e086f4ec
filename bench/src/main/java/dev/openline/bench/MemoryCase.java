package dev.openline.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a line costs that is open and silent, after it has echoed one message: how much more of the heap lives, and how much more memory
 * the process holds, per line. Nearly as many lines are open before the first look, so that what a server needs once is not counted.
 *
 * @param mostRounds external servers are fresh in the first one only
 */
record MemoryCase(int lines, Variant variant, int mostRounds) implements Case {
    private static final int MESSAGE_BYTES = 20;
    private static final int WARM_UP_LINES = 64;

    /** Ports rest for a minute after use. */
    private static final int WARM_UP_TURNS = 100;

    /** Enough for every server to think that compressing is worth it. */
    private static final int COMPRESSED_BYTES = 1 << 10;

    /** So many are open before what is counted, that whatever grows by steps has grown: with 10,000 more, within 20,000 descriptors. */
    private static final int OPEN_BEFORE_TENTHS = 8;

    private static final int PAUSE_MILLIS = 500;
    private static final int MOST_PAUSES = 8;
    private static final int QUIET_BYTES = 128 << 10;

    @Override
    public String name() {
        return "memory of an idle line, " + Sizes.count(lines) + " lines" + variant.suffix();
    }

    @Override
    public boolean wantsFreshServer() {
        return true;
    }

    @Override
    public int rounds(int asked) {
        return Math.min(asked, mostRounds);
    }

    @Override
    public Figures measure(Server server, double warmUp, double window) throws IOException {
        warmUp(server, warmUp);
        try (Load load = Load.open(server, server.echoPath(), Math.max(1, lines / 10 * OPEN_BEFORE_TENTHS))) {
            echoOnce(load, variant);
            Memory before = Memory.settled(server);
            load.add(server.echoPath(), lines);
            echoOnce(load, variant);
            return Figures.of(Memory.settled(server).since(before), lines);
        }
    }

    /** Lines that come and go, few at a time: compilers take tens of megabytes for a while, which are no line's. */
    private void warmUp(Server server, double seconds) throws IOException {
        long end = System.nanoTime() + (long) (seconds * 1e9);
        for (int i = 0; i < WARM_UP_TURNS && System.nanoTime() - end < 0; i++) {
            try (Load few = Load.open(server, server.echoPath(), WARM_UP_LINES)) {
                echoOnce(few, variant);
            }
        }
    }

    private static void echoOnce(Load load, Variant variant) throws IOException {
        int size = variant == Variant.DEFLATE ? COMPRESSED_BYTES : MESSAGE_BYTES;
        new ClosedLoad(load, MaskedFrames.of(size, variant)).once();
    }

    /**
     * A server's memory.
     *
     * @param heapBytes that live after a collection; -1 if there is no heap that could be asked
     * @param residentBytes of the whole process, by the operating system
     */
    record Memory(long heapBytes, long residentBytes) {
        /** Once the process neither grows nor shrinks: a compiler that is at work holds megabytes, and gives them back. */
        static Memory settled(Server server) throws IOException {
            Memory now = of(server);
            for (int i = 0; i < MOST_PAUSES; i++) {
                pause();
                Memory later = of(server);
                if (Math.abs(later.residentBytes - now.residentBytes) <= QUIET_BYTES) return later;
                now = later;
            }
            return now;
        }

        private static void pause() {
            try {
                Thread.sleep(PAUSE_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        static Memory of(Server server) throws IOException {
            long heap = server.liveHeapBytes();
            Path status = Path.of("/proc", Long.toString(server.handle().pid()), "status");
            for (String line : Files.readAllLines(status)) {
                if (line.startsWith("VmRSS:"))
                    return new Memory(heap, Long.parseLong(line.replaceAll("\\D", "")) * 1024);
            }
            throw new IOException("this system does not tell a process's memory");
        }

        Memory since(Memory before) {
            long heap = heapBytes < 0 ? 0 : heapBytes - before.heapBytes;
            return new Memory(heap, residentBytes - before.residentBytes);
        }
    }
}
