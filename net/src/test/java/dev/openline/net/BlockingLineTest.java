package dev.openline.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.wire.CloseStatus;
import dev.openline.wire.DeflateParameters;
import dev.openline.wire.Headers;
import dev.openline.wire.MessageKind;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What may wait for a blocking handler, on threads that a test takes step by step. */
class BlockingLineTest {
    private final ArrayDeque<Runnable> threads = new ArrayDeque<>();
    private final List<String> calls = new ArrayList<>();
    private final FakeLine line = new FakeLine();

    private BlockingLine blocking(int messages, int bytes) {
        WebSocketHandler handler = new WebSocketHandler() {
            @Override
            public void onOpen(WebSocket opened) {
                calls.add("open");
            }

            @Override
            public void onBinary(WebSocket from, ByteBuffer data) {
                calls.add("message " + data.remaining());
            }

            @Override
            public void onWritable(WebSocket from) {
                calls.add("writable");
            }

            @Override
            public void onGoingAway(WebSocket from) {
                calls.add("going away");
            }

            @Override
            public void onClosed(WebSocket closed, CloseStatus status) {
                calls.add("closed");
            }
        };
        BlockingLine blocking = new BlockingLine(handler, new BlockingOptions(threads::add, messages, bytes));
        blocking.onOpen(line);
        return blocking;
    }

    private void runAll() {
        for (Runnable task = threads.poll(); task != null; task = threads.poll()) task.run();
    }

    private static void message(BlockingLine blocking, int size) {
        blocking.onMessage(blocking, MessageKind.BINARY, ByteBuffer.allocate(size));
    }

    @Test
    void readingPausesAtTheBoundOfMessagesAndGoesOnAtHalfOfIt() {
        BlockingLine blocking = blocking(4, 1_000_000);
        for (int i = 0; i < 3; i++) message(blocking, 1);
        assertThat(line.log).isEmpty();
        message(blocking, 1);
        assertThat(line.log).containsExactly("pause");
        message(blocking, 1);
        assertThat(line.log).as("said once").containsExactly("pause");
        assertThat(threads).as("one task per line").hasSize(1);
        runAll();
        assertThat(line.log).containsExactly("pause", "resume");
        assertThat(calls).hasSize(6).startsWith("open", "message 1");
    }

    @Test
    void readingPausesAtTheBoundOfBytes() {
        BlockingLine blocking = blocking(1_000, 1_000);
        message(blocking, 500);
        assertThat(line.log).isEmpty();
        message(blocking, 500);
        assertThat(line.log).containsExactly("pause");
        runAll();
        assertThat(line.log).containsExactly("pause", "resume");
    }

    @Test
    void oneMessageAboveTheBoundIsHeardAndReadingGoesOn() {
        BlockingLine blocking = blocking(10, 10);
        message(blocking, 500);
        assertThat(line.log).containsExactly("pause");
        runAll();
        assertThat(line.log).containsExactly("pause", "resume");
        assertThat(calls).containsExactly("open", "message 500");
    }

    @Test
    void emptyMessagesCountToo() {
        BlockingLine blocking = blocking(1_000_000, 6_400);
        for (int i = 0; i < 99; i++) message(blocking, 0);
        assertThat(line.log).isEmpty();
        message(blocking, 0);
        assertThat(line.log).containsExactly("pause");
    }

    @Test
    void whatOneReadBringsBeyondTheSecondBoundEndsTheLine() {
        BlockingLine blocking = blocking(1_000, 1_000);
        for (int i = 0; i < 50; i++) message(blocking, 100_000);
        assertThat(line.log).containsExactly("pause", "close 1008");
        blocking.onClosed(line, CloseStatus.POLICY_VIOLATION);
        runAll();
        // 2 × 1,000 and 4 MiB are crossed by the forty-second message.
        assertThat(calls).hasSize(44).endsWith("message 100000", "closed");
    }

    @Test
    void aPauseOfTheHandlersOwnOutlastsAFullQueue() {
        BlockingLine blocking = blocking(1, 1_000);
        message(blocking, 1);
        blocking.pauseReading();
        runAll();
        assertThat(line.log).containsExactly("pause", "pause");
        blocking.resumeReading();
        assertThat(line.log).containsExactly("pause", "pause", "resume");
    }

    @Test
    void aFullQueueOutlastsTheHandlersResume() {
        BlockingLine blocking = blocking(1, 1_000);
        message(blocking, 1);
        blocking.resumeReading();
        assertThat(line.log).containsExactly("pause");
        runAll();
        assertThat(line.log).containsExactly("pause", "resume");
    }

    @Test
    void callsComeInOrderAndWritableIsSaidOnce() {
        BlockingLine blocking = blocking(100, 100_000);
        blocking.onWritable(line);
        message(blocking, 7);
        blocking.onWritable(line);
        blocking.onGoingAway(line);
        blocking.onClosed(line, CloseStatus.NORMAL);
        assertThat(calls).as("nothing runs on the loop").isEmpty();
        runAll();
        assertThat(calls).containsExactly("open", "writable", "message 7", "going away", "closed");
    }

    @Test
    void aBusyLineGoesToTheEndOfTheQueue() {
        BlockingLine busy = blocking(1_000, 1_000_000);
        for (int i = 0; i < 200; i++) message(busy, 1);
        threads.add(() -> calls.add("other line"));
        runAll();
        assertThat(calls.indexOf("other line")).isEqualTo(64);
        assertThat(calls).hasSize(202);
    }

    /** Remembers what is asked of it. */
    private static final class FakeLine implements WebSocket {
        final List<String> log = new ArrayList<>();

        @Override
        public SendResult sendText(String text) {
            return SendResult.ACCEPTED;
        }

        @Override
        public SendResult sendBinary(ByteBuffer data) {
            return SendResult.ACCEPTED;
        }

        @Override
        public SendResult send(MessageKind kind, ByteBuffer payload) {
            return SendResult.ACCEPTED;
        }

        @Override
        public SendResult send(SharedFrame frame) {
            return SendResult.ACCEPTED;
        }

        @Override
        public CompletionStage<SendOutcome> whenWritten() {
            return CompletableFuture.completedStage(SendOutcome.WRITTEN);
        }

        @Override
        public SendResult ping(ByteBuffer payload) {
            return SendResult.ACCEPTED;
        }

        @Override
        public void close(CloseStatus status) {
            log.add("close " + status.code());
        }

        @Override
        public void abort() {
            log.add("abort");
        }

        @Override
        public boolean isWritable() {
            return true;
        }

        @Override
        public long queuedBytes() {
            return 0;
        }

        @Override
        public long sentBytes() {
            return 0;
        }

        @Override
        public void pauseReading() {
            log.add("pause");
        }

        @Override
        public void resumeReading() {
            log.add("resume");
        }

        @Override
        public HttpRequest request() {
            return HttpRequest.of("GET", "/", Headers.NONE);
        }

        @Override
        public @Nullable String subprotocol() {
            return null;
        }

        @Override
        public @Nullable DeflateParameters deflate() {
            return null;
        }

        @Override
        public @Nullable SocketAddress remoteAddress() {
            return null;
        }

        @Override
        public Executor executor() {
            return Runnable::run;
        }
    }
}
