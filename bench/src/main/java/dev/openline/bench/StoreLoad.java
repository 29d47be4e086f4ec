package dev.openline.bench;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/** Publications for something that keeps them, from one thread: as many as it takes, or so many a second whatever it does. */
final class StoreLoad {
    private static final int UNDER_WAY = 20_000;
    private static final int PATIENCE_SECONDS = 60;
    private static final double WARM_UP_SHARE = 0.25;

    private final int channels;
    private final byte[] data;
    private final double seconds;

    StoreLoad(int channels, int bytes, double seconds) {
        this.channels = channels;
        this.data = "x".repeat(bytes).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        this.seconds = seconds;
    }

    /** Publications a second, with so many under way that there is always something to write. */
    double full(Keeping.Opening opening) throws Exception {
        Semaphore room = new Semaphore(UNDER_WAY);
        AtomicLong answered = new AtomicLong();
        try (Keeping keeping = opening.open(token -> {
            answered.incrementAndGet();
            room.release();
        })) {
            long[] offsets = new long[channels];
            long start = System.nanoTime();
            long measured = start + (long) (seconds * WARM_UP_SHARE * 1e9);
            long end = measured + (long) (seconds * 1e9);
            long before = -1;
            for (int i = 0; System.nanoTime() - end < 0; i++) {
                take(room, 1);
                int channel = i % channels;
                keeping.append(channel, ++offsets[channel], data, 0);
                if (before < 0 && System.nanoTime() - measured >= 0) before = answered.get();
            }
            double rate = (answered.get() - before) / seconds;
            take(room, UNDER_WAY);
            return rate;
        }
    }

    /** From when a publication should have been handed over to its answer, in nanoseconds. */
    Histogram paced(Keeping.Opening opening, int rate) throws Exception {
        Histogram latency = new Histogram(TimeUnit.MINUTES.toNanos(2), 3);
        long start = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
        long first = Math.round(seconds * WARM_UP_SHARE * rate);
        long count = first + Math.round(seconds * rate);
        Semaphore answered = new Semaphore(0);
        try (Keeping keeping = opening.open(token -> {
            if (token >= first) latency.recordValue(Math.max(0, System.nanoTime() - due(start, token, rate)));
            answered.release();
        })) {
            long[] offsets = new long[channels];
            for (long i = 0; i < count; i++) {
                for (long wait = due(start, i, rate) - System.nanoTime();
                        wait > 0;
                        wait = due(start, i, rate) - System.nanoTime())
                    if (wait > 100_000) LockSupport.parkNanos(50_000);
                int channel = (int) (i % channels);
                keeping.append(channel, ++offsets[channel], data, i);
            }
            take(answered, (int) count);
        }
        return latency;
    }

    private static long due(long start, long message, int rate) {
        return start + (long) (message * (1e9 / rate));
    }

    /** Publishes so many, as fast as they are taken; what they are is of no interest. */
    void fill(Keeping keeping, long count, Semaphore room) throws InterruptedException {
        long[] offsets = new long[channels];
        for (long i = 0; i < count; i++) {
            take(room, 1);
            int channel = (int) (i % channels);
            keeping.append(channel, ++offsets[channel], data, i);
        }
        take(room, UNDER_WAY);
    }

    /** Something that keeps nothing any more must not be waited for. */
    private static void take(Semaphore answers, int count) throws InterruptedException {
        if (!answers.tryAcquire(count, PATIENCE_SECONDS, TimeUnit.SECONDS))
            throw new IllegalStateException("no answer within " + PATIENCE_SECONDS + " s: is the disk full?");
    }

    static Semaphore room() {
        return new Semaphore(UNDER_WAY);
    }
}
