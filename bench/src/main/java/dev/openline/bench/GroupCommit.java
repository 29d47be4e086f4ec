package dev.openline.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.LongConsumer;

/** One thread that takes all that has come, has it written, and answers: how anything that is compared with our store gets the same chance. */
final class GroupCommit implements Keeping {
    private static final int MOST_AT_ONCE = 8_192;
    private static final Entry END = new Entry(0, 0, new byte[0], 0);

    record Entry(int channel, long offset, byte[] data, long token) {}

    /** Writes a batch, whole. */
    interface Writing extends AutoCloseable {
        void write(List<Entry> batch) throws Exception;
    }

    private final BlockingQueue<Entry> queue = new LinkedBlockingQueue<>();
    private final Writing writing;
    private final LongConsumer answered;
    private final Thread thread = new Thread(this::run, "group commit");
    private volatile Exception fault;

    GroupCommit(Writing writing, LongConsumer answered) {
        this.writing = writing;
        this.answered = answered;
        thread.start();
    }

    private void run() {
        List<Entry> batch = new ArrayList<>();
        try {
            while (true) {
                batch.clear();
                batch.add(queue.take());
                queue.drainTo(batch, MOST_AT_ONCE);
                boolean ends = batch.remove(END);
                if (!batch.isEmpty()) writing.write(batch);
                for (Entry entry : batch) answered.accept(entry.token);
                if (ends) return;
            }
        } catch (Exception broken) {
            fault = broken;
        }
    }

    @Override
    public void append(int channel, long offset, byte[] data, long token) {
        if (fault != null) throw new IllegalStateException(fault);
        queue.add(new Entry(channel, offset, data, token));
    }

    @Override
    public void close() throws Exception {
        queue.add(END);
        thread.join();
        writing.close();
        if (fault != null) throw fault;
    }
}
