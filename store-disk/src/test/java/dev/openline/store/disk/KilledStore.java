package dev.openline.store.disk;

import dev.openline.hub.LogEntry;
import dev.openline.hub.LogStore;
import dev.openline.protocol.Payload;
import dev.openline.protocol.Publication;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A process that appends as fast as it can, says each offset that was answered, and waits to be killed. */
final class KilledStore {
    private KilledStore() {}

    public static void main(String[] arguments) throws Exception {
        ExecutorService loop = Executors.newSingleThreadExecutor();
        DiskStore disk =
                DiskStore.open(DiskOptions.in(Path.of(arguments[0])).durability(Durability.valueOf(arguments[1])));
        LogStore store = disk.onLoop(loop, System::currentTimeMillis);
        store.open("a", 0, (stored, now) -> {
            if (stored == null) throw new IllegalStateException("it can't be opened");
            System.out.println("open " + stored.epoch() + " " + stored.top());
            for (int i = 1; i <= 64; i++) append(store, stored.epoch(), stored.top() + i);
        });
        Thread.currentThread().join();
    }

    /** The next one follows when this one is kept, 64 at a time. */
    private static void append(LogStore store, String epoch, long offset) {
        var said = new Publication(offset, Payload.of("\"" + offset + "\""), null, Map.of());
        String key = "k" + offset;
        store.append(
                "a", new LogEntry(epoch, said, System.currentTimeMillis(), key, null, List.of()), (outcome, now) -> {
                    if (outcome == LogStore.Outcome.KEPT) System.out.println(offset);
                    append(store, epoch, offset + 64);
                });
    }
}
