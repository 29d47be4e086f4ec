package dev.openline.net;

import dev.openline.wire.CloseStatus;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A handler that keeps what it hears for a test to look at. */
class Heard implements WebSocketHandler {
    final CompletableFuture<WebSocket> opened = new CompletableFuture<>();
    final CompletableFuture<CloseStatus> closed = new CompletableFuture<>();
    final BlockingQueue<String> texts = new LinkedBlockingQueue<>();
    final BlockingQueue<Integer> binarySizes = new LinkedBlockingQueue<>();

    /** The one that the server made for the line that was opened next. */
    static <T extends Heard> T next(BlockingQueue<T> lines) throws InterruptedException {
        T heard = lines.poll(10, TimeUnit.SECONDS);
        if (heard == null) throw new AssertionError("no line within ten seconds");
        return heard;
    }

    @Override
    public void onOpen(WebSocket line) {
        opened.complete(line);
    }

    @Override
    public void onText(WebSocket line, String text) {
        texts.add(text);
    }

    @Override
    public void onBinary(WebSocket line, ByteBuffer data) {
        binarySizes.add(data.remaining());
    }

    @Override
    public void onClosed(WebSocket line, CloseStatus status) {
        if (!closed.complete(status)) throw new AssertionError("closed twice");
    }

    WebSocket line() throws Exception {
        return opened.get(10, TimeUnit.SECONDS);
    }

    CloseStatus status() throws Exception {
        return closed.get(10, TimeUnit.SECONDS);
    }

    String text() throws InterruptedException {
        String text = texts.poll(10, TimeUnit.SECONDS);
        if (text == null) throw new AssertionError("no text within ten seconds");
        return text;
    }
}
