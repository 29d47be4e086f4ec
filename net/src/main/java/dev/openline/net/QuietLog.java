package dev.openline.net;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;

/** Says the same thing at most once a second, and how often it would have been said: what a flood can provoke must not flood the log. */
final class QuietLog {
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final AtomicLong silentUntil = new AtomicLong(Surroundings.nanoTime());
    private final AtomicInteger unsaid = new AtomicInteger();

    void info(Logger log, String sentence, Object first, Object second) {
        long now = Surroundings.nanoTime();
        long until = silentUntil.get();
        if (now - until < 0 || !silentUntil.compareAndSet(until, now + PAUSE_NANOS)) {
            unsaid.incrementAndGet();
            return;
        }
        int more = unsaid.getAndSet(0);
        log.info(more == 0 ? sentence : sentence + ", and " + more + " times before that", first, second);
    }
}
