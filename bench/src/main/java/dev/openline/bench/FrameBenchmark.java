package dev.openline.bench;

import dev.openline.wire.CloseStatus;
import dev.openline.wire.Frames;
import dev.openline.wire.MessageKind;
import dev.openline.wire.ProtocolViolation;
import dev.openline.wire.ReservedBits;
import dev.openline.wire.Role;
import dev.openline.wire.Wire;
import dev.openline.wire.WireLimits;
import dev.openline.wire.WireSink;
import dev.openline.wire.WireTiming;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * What the protocol itself costs a server, without a socket: whole messages through {@link Wire}, sixteen frames to a read, in direct
 * memory as a driver has them. An operation is one message: its head, its rules, its unmasking, and for text its check as UTF-8.
 *
 * <p>Frames are unmasked where they lie, so the second time the same bytes come around they are what the first time left. A key of zero
 * costs the same work and leaves them alone, which text needs to stay text.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class FrameBenchmark {
    private static final int FRAMES = 16;
    private static final int MAX_BYTES = 1 << 20;

    /** What a message holds. */
    public enum Content {
        BINARY(MessageKind.BINARY, "~"),
        ASCII(MessageKind.TEXT, "~"),
        /** Two bytes to a character, as in Greek or Cyrillic. */
        TWO_BYTES(MessageKind.TEXT, "ж"),
        /** Three bytes to a character, as in Chinese or Korean. */
        THREE_BYTES(MessageKind.TEXT, "漢"),
        /** JSON with a few words that are not English. */
        MIXED(MessageKind.TEXT, "{\"name\":\"Zoë\",\"city\":\"Köln\",\"n\":12345678},");

        private final MessageKind kind;
        private final byte[] unit;

        Content(MessageKind kind, String unit) {
            this.kind = kind;
            this.unit = unit.getBytes(StandardCharsets.UTF_8);
        }

        /** Whole units, filled up with spaces. */
        private ByteBuffer payload(int size) {
            ByteBuffer payload = ByteBuffer.allocate(size);
            while (payload.remaining() >= unit.length) payload.put(unit);
            while (payload.hasRemaining()) payload.put((byte) ' ');
            return payload.flip();
        }
    }

    /** Payload bytes. */
    @Param({"20", "125", "1024", "16384"})
    public int size;

    @Param
    public Content content;

    private final Heard heard = new Heard();
    private Wire wire;
    private ByteBuffer in;
    private ByteBuffer out;
    private ByteBuffer payload;
    private long now;

    @Setup
    public void frames() {
        wire = new Wire(
                Role.SERVER,
                new WireLimits(MAX_BYTES, MAX_BYTES, 1024),
                WireTiming.DEFAULT,
                ReservedBits.NONE,
                () -> 0,
                System.nanoTime());
        payload = content.payload(size);
        int key = content == Content.BINARY ? 0x37fa213d : 0;
        in = ByteBuffer.allocateDirect(FRAMES * Frames.size(Role.CLIENT, size));
        for (int i = 0; i < FRAMES; i++) Frames.writeMasked(in, content.kind, payload, key);
        out = ByteBuffer.allocateDirect(FRAMES * Frames.size(Role.SERVER, size));
    }

    @Benchmark
    @OperationsPerInvocation(FRAMES)
    public long read() {
        wire.receive(in.clear(), now++, heard);
        if (heard.messages % FRAMES != 0) throw new IllegalStateException("heard " + heard.messages + " messages");
        return heard.bytes;
    }

    @Benchmark
    @OperationsPerInvocation(FRAMES)
    public ByteBuffer write() {
        out.clear();
        for (int i = 0; i < FRAMES; i++) wire.write(content.kind, payload, out);
        return out;
    }

    private static final class Heard implements WireSink {
        private long messages;
        private long bytes;

        @Override
        public void onMessage(MessageKind kind, ByteBuffer message) {
            messages++;
            bytes += message.remaining();
        }

        @Override
        public void onPing(ByteBuffer ping) {}

        @Override
        public void onPong(ByteBuffer pong) {}

        @Override
        public void transmit(ByteBuffer frame) {}

        @Override
        public void onClosed(CloseStatus status) {}

        @Override
        public void onViolation(ProtocolViolation violation) {
            throw new IllegalStateException(violation);
        }

        @Override
        public void hangUp() {}
    }
}
