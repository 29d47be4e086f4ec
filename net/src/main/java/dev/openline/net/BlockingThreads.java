package dev.openline.net;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The threads of handlers that block, started when the first of them is. */
final class BlockingThreads {
    /**
     * Threads of the pool, where there are no virtual ones. This many handlers may be stuck before others wait for them; each costs a stack.
     */
    static final int POOL_THREADS = 64;

    private static final Logger log = LoggerFactory.getLogger(WebSocketHandler.class);

    private static final class Shared {
        static final Executor EXECUTOR = start();
    }

    private BlockingThreads() {}

    static Executor shared() {
        return Shared.EXECUTOR;
    }

    private static Executor start() {
        Executor virtual = virtual();
        log.info(
                "blocking handlers run on {}",
                virtual != null ? "virtual threads" : "a pool of " + POOL_THREADS + " threads");
        return virtual != null ? virtual : pool(POOL_THREADS);
    }

    /** A virtual thread for each task, or null where the JDK has none. Found by name, since the source level is 17. */
    static @Nullable Executor virtual() {
        try {
            MethodType type = MethodType.methodType(ExecutorService.class);
            return (ExecutorService) MethodHandles.publicLookup()
                    .findStatic(Executors.class, "newVirtualThreadPerTaskExecutor", type)
                    .invoke();
        } catch (Throwable none) {
            // No such method before 19; in 19 and 20 it throws unless preview is enabled.
            log.debug("no virtual threads here: {}", none.toString());
            return null;
        }
    }

    /** At most this many daemon threads, which end when idle. Its queue is bounded by the number of lines: each has one task at most. */
    static Executor pool(int threads) {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                threads,
                threads,
                30,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                new DefaultThreadFactory("openline-handler", true));
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }
}
