package dev.openline.net;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Streams an answer, and keeps what it hears for a test to look at. */
class HeardStream implements HttpStreamHandler {
    final CompletableFuture<HttpStream> opened = new CompletableFuture<>();
    final CompletableFuture<Void> closed = new CompletableFuture<>();
    final AtomicInteger opens = new AtomicInteger();
    final AtomicInteger writables = new AtomicInteger();
    final AtomicInteger ends = new AtomicInteger();

    /** The next one that was made for a request. */
    static HeardStream next(BlockingQueue<HeardStream> streams) throws InterruptedException {
        HeardStream heard = streams.poll(10, TimeUnit.SECONDS);
        if (heard == null) throw new AssertionError("no stream within ten seconds");
        return heard;
    }

    static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void onOpen(HttpStream stream) {
        opens.incrementAndGet();
        opened.complete(stream);
    }

    @Override
    public void onWritable(HttpStream stream) {
        writables.incrementAndGet();
    }

    @Override
    public void onClosed(HttpStream stream) {
        ends.incrementAndGet();
        closed.complete(null);
    }

    HttpStream stream() throws Exception {
        return opened.get(10, TimeUnit.SECONDS);
    }

    void awaitClosed() throws Exception {
        closed.get(10, TimeUnit.SECONDS);
    }
}
