package dev.openline.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Counted by the JVM itself, per thread, so that the numbers do not depend on time or load. */
@DisplayName("memory")
class MemoryTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int ROUNDS = 10_000;

    private final WireSink deaf = new Silence();

    @ParameterizedTest
    @EnumSource(Role.class)
    void wholeMessagesAreHeardWithoutAllocating(Role reader) {
        byte[] stream = PeerBytes.to(reader)
                .text("hello")
                .text("a little longer, and über ASCII")
                .binary("00ff".repeat(200))
                .pong("")
                .bytes();
        ByteBuffer in = ByteBuffer.allocateDirect(stream.length);
        Wire wire = Feed.wire(reader, WireLimits.DEFAULT);
        Runnable round = () -> {
            in.clear();
            in.put(0, stream);
            wire.receive(in, 0, deaf);
        };
        assertThat(allocatedBy(round)).isLessThan(ROUNDS);
    }

    @ParameterizedTest
    @EnumSource(Role.class)
    void messagesAreWrittenWithoutAllocating(Role sender) {
        ByteBuffer payload = ByteBuffer.allocate(300);
        ByteBuffer out = ByteBuffer.allocateDirect(400);
        Wire wire = Feed.wire(sender, WireLimits.DEFAULT);
        assertThat(allocatedBy(() -> wire.write(MessageKind.BINARY, payload, out.clear())))
                .isLessThan(ROUNDS);
    }

    @Test
    void askingForTheDeadlineDoesNotAllocate() {
        Wire wire = Feed.wire(Role.SERVER, WireLimits.DEFAULT);
        assertThat(allocatedBy(() -> wire.onTime(wire.nextDeadline() - 1, deaf)))
                .isLessThan(ROUNDS);
    }

    @Test
    void idleWireTakesLessThan110Bytes() {
        Wire[] wires = new Wire[ROUNDS];
        int[] made = {0};
        long allocated = allocatedBy(() -> {
            wires[made[0]++ % ROUNDS] = Feed.wire(Role.SERVER, WireLimits.DEFAULT);
        });
        assertThat(allocated / ROUNDS).isLessThan(110);
    }

    /** With takeover it takes no more until something was said. */
    @ParameterizedTest
    @EnumSource(ContextTakeover.class)
    void permessageDeflateTakesLessThan200BytesMore(ContextTakeover takeover) {
        DeflateCodecs codecs = new DeflateCodecs();
        Object[] kept = new Object[ROUNDS];
        int[] made = {0};
        long allocated = allocatedBy(() -> {
            kept[made[0]++ % ROUNDS] = new PerMessageDeflate(
                    Role.SERVER,
                    new DeflateParameters(new DeflateContext(takeover, 15), new DeflateContext(takeover, 15)),
                    DeflateOptions.DEFAULT,
                    codecs);
        });
        codecs.close();
        assertThat(allocated / ROUNDS).isLessThan(200);
    }

    @Test
    void compressedMessagesAreWrittenWithHardlyAnyAllocation() {
        ByteBuffer payload =
                ByteBuffer.wrap("say it again, ".repeat(100).getBytes(java.nio.charset.StandardCharsets.UTF_8));
        ByteBuffer out = ByteBuffer.allocateDirect(2_000);
        Wire wire = Deflating.wire(Role.SERVER, Deflating.TAKING_OVER);
        long allocated = allocatedBy(() -> {
            ByteBuffer compressed = wire.deflate().compress(payload);
            wire.writeCompressed(MessageKind.TEXT, payload, compressed, out.clear());
        });
        assertThat(allocated / ROUNDS).isLessThan(200);
    }

    /** Bytes allocated by {@value #ROUNDS} rounds, after as many that let classes load and profiles settle. */
    private static long allocatedBy(Runnable round) {
        for (int i = 0; i < ROUNDS; i++) {
            round.run();
        }
        long before = THREADS.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < ROUNDS; i++) {
            round.run();
        }
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }

    private static final class Silence implements WireSink {
        @Override
        public void onMessage(MessageKind kind, ByteBuffer payload) {}

        @Override
        public void onPing(ByteBuffer payload) {}

        @Override
        public void onPong(ByteBuffer payload) {}

        @Override
        public void transmit(ByteBuffer frame) {}

        @Override
        public void onClosed(CloseStatus status) {}

        @Override
        public void onViolation(ProtocolViolation violation) {
            throw violation;
        }

        @Override
        public void hangUp() {}
    }
}
