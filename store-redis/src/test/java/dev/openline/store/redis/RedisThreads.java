package dev.openline.store.redis;

import java.util.List;

/** The threads that a store has. */
final class RedisThreads {
    private RedisThreads() {}

    private static List<String> all() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("lettuce") || name.startsWith("openline-redis"))
                .toList();
    }

    /** Waits until there are none. */
    static void awaitNone() {
        RedisServer.await("the end of threads " + all(), List.of(), () -> all().isEmpty());
    }
}
