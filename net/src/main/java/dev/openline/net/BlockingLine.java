package dev.openline.net;

import dev.openline.wire.CloseStatus;
import dev.openline.wire.DeflateParameters;
import dev.openline.wire.MessageKind;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A line whose handler may block: hears the line on its event loop and calls the handler on other threads, and is what the handler sees
 * of the line.
 *
 * <p>Two laws. The handler's calls come one after another in the order of the line's, so at most one thread works for a line, and only
 * while something waits. And what waits is bounded: when it is too much, the loop stops reading from this peer, and TCP makes it wait.
 *
 * <p>One read may bring more than the bound before reading stops: as many bytes as a read buffer has, or, compressed, what they inflate
 * to. So there is a second bound, which only compressed messages reach, and which ends the line with 1008.
 */
final class BlockingLine implements WebSocketHandler, WebSocket, Executor {
    private static final Logger log = LoggerFactory.getLogger(WebSocketHandler.class);
    private static final QuietLog peers = QuietLog.of(log);

    /** Calls after which a thread goes to the end of its executor's queue, so that a busy line doesn't keep it from others. */
    private static final int FAIR_CALLS = 64;

    /** Beyond twice {@code maxWaitingBytes} and this much, more is refused. One read of empty messages comes to less. */
    private static final int MAX_EXCESS_BYTES = 4 << 20;

    /** A call that waits, and what of the peer's it holds: zero messages for what the line itself tells. */
    private record Waiting(int messages, int bytes, Runnable call) {}

    private final WebSocketHandler handler;
    private final BlockingOptions options;

    /** The line itself; set by its first event and never again. */
    private @Nullable WebSocket line;

    /** Guards all below. Held for moments only, by the loop and by the handler's thread. */
    private final Object lock = new Object();

    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    private int messages;
    private long bytes;
    private boolean working;

    /** Reading is paused because too much waits … */
    private boolean full;

    /** … or because the handler wants it. */
    private boolean pausedByHandler;

    private boolean writableWaits;

    /** Nothing further of the peer's is taken. */
    private boolean flooded;

    BlockingLine(WebSocketHandler handler, BlockingOptions options) {
        this.handler = handler;
        this.options = options;
    }

    // --- from the line, on its loop
    // ----------------------------------------------------------------------------------------------

    @Override
    public void onOpen(WebSocket opened) {
        line = opened;
        add(0, 0, () -> handler.onOpen(this));
    }

    @Override
    public void onMessage(WebSocket from, MessageKind kind, ByteBuffer payload) {
        if (isFlooded()) return;
        ByteBuffer copy = copyOf(payload);
        add(1, copy.remaining(), () -> handler.onMessage(this, kind, copy));
    }

    @Override
    public void onPong(WebSocket from, ByteBuffer payload) {
        if (isFlooded()) return;
        ByteBuffer copy = copyOf(payload);
        add(1, copy.remaining(), () -> handler.onPong(this, copy));
    }

    @Override
    public void onWritable(WebSocket from) {
        synchronized (lock) {
            if (writableWaits) return;
            writableWaits = true;
        }
        add(0, 0, () -> {
            synchronized (lock) {
                writableWaits = false;
            }
            handler.onWritable(this);
        });
    }

    @Override
    public void onGoingAway(WebSocket from) {
        add(0, 0, () -> handler.onGoingAway(this));
    }

    @Override
    public void onClosed(WebSocket from, CloseStatus status) {
        add(0, 0, () -> handler.onClosed(this, status));
    }

    private static ByteBuffer copyOf(ByteBuffer payload) {
        byte[] copy = new byte[payload.remaining()];
        payload.duplicate().get(copy);
        return ByteBuffer.wrap(copy);
    }

    private boolean isFlooded() {
        synchronized (lock) {
            if (flooded) return true;
            flooded = bytes > 2L * options.maxWaitingBytes() + MAX_EXCESS_BYTES;
            if (!flooded) return false;
        }
        peers.info(
                "closed the line to {}: what came in one read is more than may wait for its handler", remoteAddress());
        line().close(CloseStatus.POLICY_VIOLATION.withReason("too much at once"));
        return true;
    }

    // --- the queue
    // ---------------------------------------------------------------------------------------------------------------

    private void add(int count, int size, Runnable call) {
        synchronized (lock) {
            int cost = size + count * BlockingOptions.OVERHEAD_BYTES;
            waiting.add(new Waiting(count, cost, call));
            messages += count;
            bytes += cost;
            boolean tooMuch = messages >= options.maxWaitingMessages() || bytes >= options.maxWaitingBytes();
            if (count > 0 && tooMuch && !full) {
                full = true;
                line().pauseReading();
            }
            if (working) return;
            working = true;
        }
        submit();
    }

    private void submit() {
        try {
            options.executor().execute(this::work);
        } catch (RejectedExecutionException refused) {
            log.warn("no thread for the handler of {}; its line is dropped", remoteAddress());
            line().abort();
        }
    }

    private void work() {
        for (int calls = 0; calls < FAIR_CALLS; calls++) {
            Waiting next;
            synchronized (lock) {
                next = waiting.poll();
                if (next == null) {
                    working = false;
                    return;
                }
            }
            call(next.call);
            done(next);
        }
        submit();
    }

    private void call(Runnable call) {
        try {
            call.run();
        } catch (Throwable fault) {
            log.warn("the handler of {} failed; its line is closed with 1011", remoteAddress(), fault);
            line().close(CloseStatus.INTERNAL_ERROR);
        } finally {
            // An interrupt was meant for this call; the thread goes on with others.
            Thread.interrupted();
        }
    }

    private void done(Waiting called) {
        if (called.messages == 0) return;
        synchronized (lock) {
            messages -= called.messages;
            bytes -= called.bytes;
            boolean few = messages <= options.maxWaitingMessages() / 2 && bytes <= options.maxWaitingBytes() / 2;
            if (full && few) {
                full = false;
                if (!pausedByHandler) line().resumeReading();
            }
        }
    }

    // --- what the handler sees
    // ---------------------------------------------------------------------------------------------------

    /** Runs the task between the handler's calls, never beside one. */
    @Override
    public void execute(Runnable task) {
        add(0, 0, task);
    }

    @Override
    public Executor executor() {
        return this;
    }

    @Override
    public void pauseReading() {
        synchronized (lock) {
            pausedByHandler = true;
            line().pauseReading();
        }
    }

    @Override
    public void resumeReading() {
        synchronized (lock) {
            pausedByHandler = false;
            if (!full) line().resumeReading();
        }
    }

    @Override
    public SendResult sendText(String text) {
        return line().sendText(text);
    }

    @Override
    public SendResult sendBinary(ByteBuffer data) {
        return line().sendBinary(data);
    }

    @Override
    public SendResult send(MessageKind kind, ByteBuffer payload) {
        return line().send(kind, payload);
    }

    @Override
    public SendResult send(SharedFrame frame) {
        return line().send(frame);
    }

    /** Completes on the line's event loop all the same. */
    @Override
    public CompletionStage<SendOutcome> whenWritten() {
        return line().whenWritten();
    }

    @Override
    public SendResult ping(ByteBuffer payload) {
        return line().ping(payload);
    }

    @Override
    public void close(CloseStatus status) {
        line().close(status);
    }

    @Override
    public void abort() {
        line().abort();
    }

    @Override
    public boolean isWritable() {
        return line().isWritable();
    }

    @Override
    public long queuedBytes() {
        return line().queuedBytes();
    }

    @Override
    public long sentBytes() {
        return line().sentBytes();
    }

    @Override
    public HttpRequest request() {
        return line().request();
    }

    @Override
    public @Nullable String subprotocol() {
        return line().subprotocol();
    }

    @Override
    public @Nullable DeflateParameters deflate() {
        return line().deflate();
    }

    @Override
    public @Nullable SocketAddress remoteAddress() {
        return line().remoteAddress();
    }

    @Override
    public String toString() {
        return line().toString();
    }

    private WebSocket line() {
        WebSocket opened = line;
        if (opened == null) throw new IllegalStateException("the line is not open yet");
        return opened;
    }
}
