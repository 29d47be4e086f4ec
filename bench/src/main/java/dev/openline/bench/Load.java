package dev.openline.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * Lines to one server, driven by one thread with one selector and nothing between it and the bytes.
 *
 * <p>Two kinds of load. <em>Closed</em>: every line keeps so many messages under way, for throughput and its price. <em>Open</em>: messages
 * leave by a timetable whatever comes back; each carries the time it should have left, and its latency counts from then, so that a
 * server that stalls, or a load that is late, makes the figures worse and never better.
 */
final class Load implements AutoCloseable {
    private static final int READ_BYTES = 256 << 10;
    private static final long LONGEST_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Selector selector;
    private final List<LoadLine> lines = new ArrayList<>();
    private final ByteBuffer shared = ByteBuffer.allocateDirect(READ_BYTES);
    private final MaskedFrames frames;
    private final ByteBuffer out;

    /** What a window of closed load gave: messages back, seconds, and the part of them that the load's thread was busy. */
    record Throughput(long messages, double seconds, double busy) {}

    private Load(MaskedFrames frames, int burst) throws IOException {
        this.selector = Selector.open();
        this.frames = frames;
        this.out = ByteBuffer.allocateDirect(frames.frameBytes() * burst);
    }

    /** @param burst the most messages that are written to a line at once */
    // More than 4 parameters because a load is a place to dial, what to send there, and how much of it.
    static Load open(int port, String path, int lines, MaskedFrames frames, int burst) throws IOException {
        Load load = new Load(frames, burst);
        for (int i = 0; i < lines; i++) load.add(LoadLine.open(port, path));
        return load;
    }

    private LoadLine add(LoadLine line) throws IOException {
        line.register(selector);
        lines.add(line);
        return line;
    }

    /** Echoes, {@code pipeline} under way on each line: sends as many as come back. */
    Throughput echo(int pipeline, double warmUpSeconds, Window window, Window.Work edge) throws IOException {
        for (LoadLine line : lines) send(line, pipeline, 0);
        Refill refill = new Refill();
        run(refill, System.nanoTime() + seconds(warmUpSeconds), refill);
        Throughput throughput = window.measure(
                () -> refill.received, edge, () -> run(refill, System.nanoTime() + window.nanos(), refill));
        drain(refill, (long) pipeline * lines.size());
        return throughput;
    }

    /** Counts what each line got in one read, to answer it with one write. */
    private final class Refill implements LoadLine.Sink, AfterRead {
        long received;
        private int sinceRead;
        private boolean sending = true;
        private long owed;

        @Override
        public void message(LoadLine line, long time) {
            received++;
            sinceRead++;
        }

        @Override
        public void read(LoadLine line) throws IOException {
            int messages = sinceRead;
            sinceRead = 0;
            if (sending) send(line, messages, 0);
            else owed -= messages;
        }
    }

    /** Lets what is under way come back, so that the next window starts with nothing on the lines. */
    private void drain(Refill refill, long underWay) throws IOException {
        refill.sending = false;
        refill.owed = underWay;
        long giveUp = System.nanoTime() + LONGEST_NANOS;
        while (refill.owed > 0 && System.nanoTime() < giveUp) turn(100, refill, refill);
    }

    /** Echoes by a timetable of {@code rate} messages a second over all lines in turn. */
    Histogram echoLatency(int rate, double warmUpSeconds, double seconds) throws IOException {
        Latencies latencies = new Latencies();
        long interval = TimeUnit.SECONDS.toNanos(1) / rate;
        long start = System.nanoTime();
        latencies.from = start + seconds(warmUpSeconds);
        long end = latencies.from + seconds(seconds);
        long due = start;
        int next = 0;
        while (due < end) {
            long now = System.nanoTime();
            for (; due <= now && due < end; due += interval) send(lines.get(next++ % lines.size()), 1, due);
            turn(0, latencies, line -> {});
        }
        lastOnes(latencies, (end - latencies.from) / interval);
        return latencies.histogram;
    }

    /** Broadcasts, {@code pipeline} under way: the next is published when one has reached every line. */
    // More than 4 parameters because a broadcast has a publisher beside what every measurement has.
    Throughput broadcast(LoadLine publisher, int pipeline, double warmUpSeconds, Window window, Window.Work edge)
            throws IOException {
        int audience = lines.size();
        long[] received = new long[1];
        LoadLine.Sink sink = (line, time) -> received[0]++;
        long[] published = {pipeline};
        send(publisher, pipeline, 0);
        AfterRead again = line -> {
            while (published[0] - received[0] / audience < pipeline) {
                published[0]++;
                send(publisher, 1, 0);
            }
        };
        run(sink, System.nanoTime() + seconds(warmUpSeconds), again);
        Throughput throughput =
                window.measure(() -> received[0], edge, () -> run(sink, System.nanoTime() + window.nanos(), again));
        long giveUp = System.nanoTime() + LONGEST_NANOS;
        while (received[0] < published[0] * audience && System.nanoTime() < giveUp) turn(100, sink, line -> {});
        return throughput;
    }

    /** Broadcasts by a timetable of {@code rate} publications a second; every delivery counts from when it should have been published. */
    Histogram broadcastLatency(LoadLine publisher, int rate, double warmUpSeconds, double seconds) throws IOException {
        Latencies latencies = new Latencies();
        long interval = TimeUnit.SECONDS.toNanos(1) / rate;
        long start = System.nanoTime();
        latencies.from = start + seconds(warmUpSeconds);
        long end = latencies.from + seconds(seconds);
        long due = start;
        while (due < end) {
            if (due <= System.nanoTime()) {
                send(publisher, 1, due);
                due += interval;
            }
            turn(0, latencies, line -> {});
        }
        lastOnes(latencies, (end - latencies.from) / interval * lines.size());
        return latencies.histogram;
    }

    LoadLine publisher(int port) throws IOException {
        LoadLine line = LoadLine.open(port, "/publish");
        line.register(selector);
        return line;
    }

    /** Records what should have left at or after {@code from}. */
    private static final class Latencies implements LoadLine.Sink {
        final Histogram histogram = new Histogram(LONGEST_NANOS, 3);
        long from;

        @Override
        public void message(LoadLine line, long time) {
            if (time >= from) histogram.recordValue(Math.min(LONGEST_NANOS, System.nanoTime() - time));
        }
    }

    /** What has not come back after a second is recorded as at least that late: left out it would flatter the server. */
    private void lastOnes(Latencies latencies, long expected) throws IOException {
        long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
        while (latencies.histogram.getTotalCount() < expected && System.nanoTime() < giveUp)
            turn(10, latencies, line -> {});
        long missing = expected - latencies.histogram.getTotalCount();
        if (missing > 0) latencies.histogram.recordValueWithCount(TimeUnit.SECONDS.toNanos(1), missing);
    }

    private interface AfterRead {
        void read(LoadLine line) throws IOException;
    }

    private void run(LoadLine.Sink sink, long until, AfterRead after) throws IOException {
        while (System.nanoTime() < until) turn(10, sink, after);
    }

    private void turn(long waitMillis, LoadLine.Sink sink, AfterRead after) throws IOException {
        if (waitMillis == 0) selector.selectNow();
        else selector.select(waitMillis);
        for (SelectionKey key : selector.selectedKeys()) {
            LoadLine line = (LoadLine) key.attachment();
            if (key.isWritable()) line.writable();
            if (key.isReadable()) {
                line.readable(shared, sink);
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
        return (long) (seconds * 1e9);
    }

    /** The time over which something is measured. */
    record Window(double seconds) {
        interface Count {
            long get();
        }

        interface Work {
            void run() throws IOException;
        }

        long nanos() {
            return Load.seconds(seconds);
        }

        /** @param edge what is to be looked at at both ends of the window */
        Throughput measure(Count count, Work edge, Work work) throws IOException {
            var threads = ManagementFactory.getThreadMXBean();
            long before = count.get();
            long cpu = threads.getCurrentThreadCpuTime();
            long start = System.nanoTime();
            edge.run();
            work.run();
            edge.run();
            double took = (System.nanoTime() - start) / 1e9;
            double busy = (threads.getCurrentThreadCpuTime() - cpu) / 1e9 / took;
            return new Throughput(count.get() - before, took, busy);
        }
    }

    @Override
    public void close() throws IOException {
        for (LoadLine line : lines) line.close();
        selector.close();
    }
}
