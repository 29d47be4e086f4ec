package dev.openline.bench;

import dev.openline.hub.LogEntry;
import dev.openline.hub.LogStore;
import dev.openline.protocol.Payload;
import dev.openline.protocol.Publication;
import dev.openline.store.disk.DiskOptions;
import dev.openline.store.disk.DiskStore;
import dev.openline.store.disk.Durability;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.LongConsumer;

/** Our store, as one event loop of a server uses it. */
final class DiskLogs implements Keeping {
    private final DiskStore disk;
    private final LogStore store;
    private final ExecutorService loop = Executors.newSingleThreadExecutor();
    private final LongConsumer answered;
    private final String[] epochs;

    DiskLogs(Path directory, boolean sync, int channels, LongConsumer answered)
            throws IOException, InterruptedException {
        this.disk = DiskStore.open(
                DiskOptions.in(directory.resolve("logs")).durability(sync ? Durability.FSYNC : Durability.OS));
        this.store = disk.onLoop(loop, System::currentTimeMillis);
        this.answered = answered;
        this.epochs = new String[channels];
        CountDownLatch opened = new CountDownLatch(channels);
        for (int i = 0; i < channels; i++) {
            int channel = i;
            store.open("channel" + i, 1, (log, now) -> {
                if (log != null) epochs[channel] = log.epoch();
                opened.countDown();
            });
        }
        opened.await();
    }

    @Override
    public void append(int channel, long offset, byte[] data, long token) {
        var publication = new Publication(offset, Payload.wrap(data), null, Map.of());
        var entry = new LogEntry(epochs[channel], publication, System.currentTimeMillis(), null, null, List.of());
        store.append("channel" + channel, entry, (outcome, now) -> {
            if (outcome != LogStore.Outcome.KEPT) throw new IllegalStateException("the disk refuses");
            answered.accept(token);
        });
    }

    @Override
    public void close() {
        disk.close();
        loop.shutdown();
    }
}
