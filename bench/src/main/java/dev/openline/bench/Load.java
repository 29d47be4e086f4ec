package dev.openline.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Lines to one server, driven by one thread with one selector and nothing between it and the bytes.
 *
 * <p>Two kinds of load. <em>Closed</em>: every line keeps so many messages under way, for throughput and its price. <em>Open</em>:
 * messages leave by a {@link Timetable} whatever comes back; each carries the time it should have left, and its latency counts from
 * then, so that a server that stalls, or a load that is late, makes the figures worse and never better.
 */
final class Load implements AutoCloseable {
    private static final int READ_BYTES = 256 << 10;
    private static final int WRITE_BYTES = 256 << 10;
    private static final long DRAIN_NANOS = TimeUnit.SECONDS.toNanos(20);
    private static final long AUDIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int AUDIENCE_ATTEMPTS = 10;

    /** What an open load leaves on the way at most before it says that the rate is too much; the answer is to stop sending. */
    private static final long BEHIND_BYTES = 64 << 20;

    /** Roughly what a small message that waits costs a server beside its bytes. */
    private static final int BYTES_BESIDE = 256;

    private final Selector selector;
    private final List<LoadLine> lines = new ArrayList<>();
    private final ByteBuffer in = ByteBuffer.allocateDirect(READ_BYTES);
    private final MaskedFrames frames;
    private final ByteBuffer out;

    private interface AfterRead {
        AfterRead NOTHING = line -> {};

        void read(LoadLine line) throws IOException;
    }

    private Load(MaskedFrames frames) throws IOException {
        this.selector = Selector.open();
        this.frames = frames;
        this.out = ByteBuffer.allocateDirect(Math.max(frames.frameBytes(), WRITE_BYTES));
    }

    static Load open(int port, String path, int lines, MaskedFrames frames) throws IOException {
        Load load = new Load(frames);
        try {
            for (int i = 0; i < lines; i++) load.lines.add(load.line(port, path));
        } catch (IOException | RuntimeException e) {
            load.close();
            throw e;
        }
        return load;
    }

    private LoadLine line(int port, String path) throws IOException {
        LoadLine line = LoadLine.open(port, path);
        line.register(selector);
        return line;
    }

    /** Echoes, {@code pipeline} under way on each line: sends as many as come back. */
    Window.Throughput echo(int pipeline, double warmUpSeconds, Window window) throws IOException {
        Refill refill = new Refill();
        for (LoadLine line : lines) send(line, pipeline, 0);
        run(refill, seconds(warmUpSeconds), refill);
        Window.Throughput throughput = window.measure(() -> refill.received, () -> run(refill, window.nanos(), refill));
        refill.stopSending();
        drain(refill, refill, refill.received + refill.underWay((long) pipeline * lines.size()));
        return throughput;
    }

    /** Counts messages; what a line got in one read it answers with one write. */
    private final class Refill extends Count implements AfterRead {
        private int sinceRead;
        private long sent;
        private boolean sending = true;

        @Override
        public void message(LoadLine line, long time) {
            super.message(line, time);
            sinceRead++;
        }

        @Override
        public void read(LoadLine line) throws IOException {
            int messages = sinceRead;
            sinceRead = 0;
            if (!sending) return;
            send(line, messages, 0);
            sent += messages;
        }

        void stopSending() {
            sending = false;
        }

        long underWay(long atFirst) {
            return atFirst + sent - received;
        }
    }

    private static class Count implements LoadLine.Sink {
        long received;

        @Override
        public void message(LoadLine line, long time) {
            received++;
        }
    }

    /** Echoes by a timetable of {@code rate} messages a second over all lines in turn. */
    Latencies echoLatency(int rate, double warmUpSeconds, double seconds) throws IOException {
        Timetable timetable = new Timetable(System.nanoTime(), rate, warmUpSeconds, seconds);
        return byTimetable(timetable, lines, 1);
    }

    /**
     * Broadcasts, {@code pipeline} under way: the next is published when as many deliveries have come as one publication makes.
     *
     * @throws IllegalStateException if not every delivery comes: its figures would flatter the server
     */
    Window.Throughput broadcast(LoadLine publisher, int pipeline, double warmUpSeconds, Window window)
            throws IOException {
        gather(publisher);
        int audience = lines.size();
        Count count = new Count();
        long[] published = {pipeline};
        AfterRead again = line -> {
            while (published[0] - count.received / audience < pipeline) {
                published[0]++;
                send(publisher, 1, 0);
            }
        };
        send(publisher, pipeline, 0);
        run(count, seconds(warmUpSeconds), again);
        Window.Throughput throughput = window.measure(() -> count.received, () -> run(count, window.nanos(), again));
        drain(count, AfterRead.NOTHING, published[0] * audience);
        return throughput;
    }

    /** Publishes until all lines hear it: a server may count a line in only after it said that the upgrade is done. */
    private void gather(LoadLine publisher) throws IOException {
        Count count = new Count();
        for (int attempt = 0; attempt < AUDIENCE_ATTEMPTS; attempt++) {
            count.received = 0;
            send(publisher, 1, 0);
            long giveUp = System.nanoTime() + AUDIENCE_NANOS;
            while (count.received < lines.size() && System.nanoTime() - giveUp < 0) turn(10, count, AfterRead.NOTHING);
            if (count.received == lines.size()) return;
        }
        throw new IllegalStateException(
                "only " + count.received + " of " + lines.size() + " lines hear what is published");
    }

    /** Broadcasts by a timetable of {@code rate} publications a second; every delivery counts from when it should have been published. */
    Latencies broadcastLatency(LoadLine publisher, int rate, double warmUpSeconds, double seconds) throws IOException {
        Timetable timetable = new Timetable(System.nanoTime(), rate, warmUpSeconds, seconds);
        return byTimetable(timetable, List.of(publisher), lines.size());
    }

    /** A further line, which only publishes. */
    LoadLine publisher(int port) throws IOException {
        return line(port, "/publish");
    }

    private Latencies byTimetable(Timetable timetable, List<LoadLine> senders, int receipts) throws IOException {
        Latencies latencies = new Latencies(timetable, receipts);
        long[] underWay = new long[1];
        LoadLine.Sink sink = (line, due) -> {
            underWay[0]--;
            latencies.back(due, System.nanoTime());
        };
        long most = BEHIND_BYTES / (frames.payloadBytes() + BYTES_BESIDE);
        long giveUp = timetable.end() + Latencies.PATIENCE_NANOS;
        for (int next = 0; !timetable.isOver() && underWay[0] <= most + receipts; ) {
            long now = System.nanoTime();
            if (now - giveUp > 0) break;
            for (;
                    !timetable.isOver() && timetable.due() - now <= 0 && underWay[0] <= most + receipts;
                    timetable.take()) {
                send(senders.get(next++ % senders.size()), 1, timetable.due());
                latencies.sent(timetable.due(), System.nanoTime());
                underWay[0] += receipts;
            }
            turn(0, sink, AfterRead.NOTHING);
        }
        while (!latencies.isComplete() && System.nanoTime() - giveUp < 0) turn(10, sink, AfterRead.NOTHING);
        latencies.giveUp();
        return latencies;
    }

    /** Lets what is under way come back, so that the next window starts with nothing on the lines. */
    private void drain(Count count, AfterRead after, long expected) throws IOException {
        long giveUp = System.nanoTime() + DRAIN_NANOS;
        while (count.received < expected && System.nanoTime() - giveUp < 0) turn(10, count, after);
        if (count.received != expected) {
            throw new IllegalStateException(
                    "of " + expected + " messages " + count.received + " came back: these figures would mean nothing");
        }
    }

    private void run(LoadLine.Sink sink, long nanos, AfterRead after) throws IOException {
        long end = System.nanoTime() + nanos;
        while (System.nanoTime() - end < 0) turn(10, sink, after);
    }

    private void turn(long waitMillis, LoadLine.Sink sink, AfterRead after) throws IOException {
        if (waitMillis == 0) selector.selectNow();
        else selector.select(waitMillis);
        for (SelectionKey key : selector.selectedKeys()) {
            LoadLine line = (LoadLine) key.attachment();
            if (key.isWritable()) line.writable();
            if (key.isReadable()) {
                line.readable(in, sink);
                after.read(line);
            }
        }
        selector.selectedKeys().clear();
    }

    private void send(LoadLine line, int messages, long time) throws IOException {
        int left = messages;
        while (left > 0) {
            out.clear();
            for (; left > 0 && out.remaining() >= frames.frameBytes(); left--) frames.append(out, time);
            line.write(out.flip());
        }
    }

    private static long seconds(double seconds) {
        return (long) (seconds * TimeUnit.SECONDS.toNanos(1));
    }

    @Override
    public void close() throws IOException {
        for (SelectionKey key : selector.keys()) ((LoadLine) key.attachment()).close();
        selector.close();
    }
}
