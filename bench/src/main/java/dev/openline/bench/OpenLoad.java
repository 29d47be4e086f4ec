package dev.openline.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * A load that leaves by a {@link Timetable} whatever comes back. Each message carries the time it should have left, and its latency
 * counts from then, so that a server that stalls, or a load that is late, makes the figures worse and never better.
 */
final class OpenLoad {
    private static final int WRITE_BYTES = 256 << 10;

    /** What is on the way at most before it is clear that the rate is too much; the answer is to stop sending. */
    private static final long BEHIND_BYTES = 64 << 20;

    /** Roughly what a small message that waits costs a server beside its bytes. */
    private static final int BYTES_BESIDE = 256;

    private final Load load;
    private final MaskedFrames frames;
    private final ByteBuffer out;
    private long underWay;
    private long received;

    /** What a paced load gave: when messages came back, and what they cost. */
    record Paced(Latencies latencies, Window.Throughput throughput) {}

    OpenLoad(Load load, MaskedFrames frames) {
        this.load = load;
        this.frames = frames;
        this.out = ByteBuffer.allocateDirect(Math.max(frames.frameBytes(), WRITE_BYTES));
    }

    /** Echoes, {@code rate} messages a second over all lines in turn. */
    Paced echo(int rate, double warmUpSeconds, Window window) throws IOException {
        return paced(new Timetable(System.nanoTime(), rate, warmUpSeconds, window.seconds()), load.lines(), window);
    }

    /** {@code rate} publications a second; every delivery counts from when it should have been published. */
    Paced broadcast(LoadLine publisher, int rate, double warmUpSeconds, Window window) throws IOException {
        return paced(
                new Timetable(System.nanoTime(), rate, warmUpSeconds, window.seconds()), List.of(publisher), window);
    }

    private Paced paced(Timetable timetable, List<LoadLine> senders, Window window) throws IOException {
        int receipts = senders.size() == load.lines().size() ? 1 : load.lines().size();
        Latencies latencies = new Latencies(timetable, receipts);
        Load.Driver driver = driver((line, due) -> {
            underWay--;
            received++;
            latencies.back(due, System.nanoTime());
        });
        Sending sending = new Sending(timetable, senders, receipts, latencies);
        while (timetable.isWarmingUp() && !sending.isBehind()) sending.turn(driver);
        Window.Throughput throughput = window.measure(() -> received, () -> {
            while (!timetable.isOver() && !sending.isBehind()) sending.turn(driver);
        });
        long giveUp = timetable.end() + Latencies.PATIENCE_NANOS;
        while (!latencies.isComplete() && System.nanoTime() - giveUp < 0) load.turn(10, driver);
        latencies.giveUp();
        return new Paced(latencies, throughput);
    }

    private final class Sending {
        private final Timetable timetable;
        private final List<LoadLine> senders;
        private final int receipts;
        private final Latencies latencies;
        private final long most;
        private int next;

        private Sending(Timetable timetable, List<LoadLine> senders, int receipts, Latencies latencies) {
            this.timetable = timetable;
            this.senders = senders;
            this.receipts = receipts;
            this.latencies = latencies;
            this.most = receipts + BEHIND_BYTES / (frames.payloadBytes() + BYTES_BESIDE);
        }

        /** Whether the server is so late that more would only fill memory, or the load is. */
        boolean isBehind() {
            return underWay > most || System.nanoTime() - timetable.end() > Latencies.PATIENCE_NANOS;
        }

        void turn(Load.Driver driver) throws IOException {
            long now = System.nanoTime();
            while (!timetable.isOver() && timetable.due() - now <= 0 && underWay <= most) {
                out.clear();
                frames.append(out, timetable.due());
                senders.get(next++ % senders.size()).write(out.flip());
                latencies.sent(timetable.due(), System.nanoTime());
                underWay += receipts;
                timetable.take();
            }
            load.turn(0, driver);
        }
    }

    private static Load.Driver driver(LoadLine.Sink sink) {
        return new Load.Driver() {
            @Override
            public void writable(LoadLine line) throws IOException {
                line.writable();
            }

            @Override
            public void readable(LoadLine line, ByteBuffer shared) throws IOException {
                line.readable(shared, sink);
            }
        };
    }
}
