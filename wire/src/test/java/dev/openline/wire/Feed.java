package dev.openline.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Feeds a stream to fresh wires in every way it can be cut: whole, byte by byte, and in every two parts; in heap and in
 * direct buffers, at odd places inside them. All ways must be heard alike.
 */
final class Feed {
    /** Longer streams are cut in two only near their ends and here and there. */
    private static final int EVERY_SPLIT_UP_TO = 700;

    private Feed() {}

    static List<WireEvent> everyWay(Role reader, PeerBytes stream) {
        return everyWay(reader, WireLimits.DEFAULT, stream.bytes());
    }

    static List<WireEvent> everyWay(Role reader, WireLimits limits, byte[] stream) {
        return everyWay(reader, () -> wire(reader, limits), stream);
    }

    static List<WireEvent> everyWay(Role reader, Supplier<Wire> wires, byte[] stream) {
        List<WireEvent> whole = feed(reader, wires.get(), parts(stream, stream.length), false);
        assertThat(feed(reader, wires.get(), parts(stream, stream.length), true))
                .as("whole, in a direct buffer")
                .isEqualTo(whole);
        assertThat(feed(reader, wires.get(), parts(stream, 1), false))
                .as("byte by byte")
                .isEqualTo(whole);
        assertThat(feed(reader, wires.get(), parts(stream, 7), true))
                .as("by sevens")
                .isEqualTo(whole);
        for (int split = 1; split < stream.length; split++) {
            if (stream.length > EVERY_SPLIT_UP_TO && split > 40 && split < stream.length - 40 && split % 997 != 0) {
                continue;
            }
            assertThat(feed(reader, wires.get(), inTwo(stream, split), split % 2 == 0))
                    .as("split at byte %d of %d", split, stream.length)
                    .isEqualTo(whole);
        }
        return whole;
    }

    /** Only whole, for tests with many streams. */
    static List<WireEvent> whole(Role reader, WireLimits limits, byte[] stream) {
        return inParts(reader, limits, stream, Math.max(1, stream.length), false);
    }

    static List<WireEvent> whole(Role reader, Supplier<Wire> wires, byte[] stream) {
        return feed(reader, wires.get(), List.of(stream), false);
    }

    static List<WireEvent> inParts(Role reader, WireLimits limits, byte[] stream, int size, boolean direct) {
        return feed(reader, limits, parts(stream, size), direct);
    }

    private static List<byte[]> parts(byte[] stream, int size) {
        List<byte[]> parts = new ArrayList<>();
        for (int at = 0; at < stream.length; at += size) {
            parts.add(java.util.Arrays.copyOfRange(stream, at, Math.min(stream.length, at + size)));
        }
        return parts;
    }

    private static List<byte[]> inTwo(byte[] stream, int split) {
        byte[] head = java.util.Arrays.copyOf(stream, split);
        byte[] rest = java.util.Arrays.copyOfRange(stream, split, stream.length);
        return List.of(head, rest);
    }

    static List<WireEvent> feed(Role reader, WireLimits limits, List<byte[]> parts, boolean direct) {
        return feed(reader, wire(reader, limits), parts, direct);
    }

    static List<WireEvent> feed(Role reader, Wire wire, List<byte[]> parts, boolean direct) {
        Recorder heard = new Recorder(reader);
        for (byte[] part : parts) {
            ByteBuffer in = buffer(part, direct);
            int limit = in.limit();
            wire.receive(in, 0, heard);
            assertThat(in.position()).as("all is consumed").isEqualTo(limit);
            assertThat(in.limit()).as("the limit stays").isEqualTo(limit);
            assertThat(in.order()).as("the byte order stays").isEqualTo(ByteOrder.LITTLE_ENDIAN);
        }
        return heard.take();
    }

    static Wire wire(Role role, WireLimits limits) {
        return new Wire(role, limits, WireTiming.DEFAULT, ReservedBits.NONE, () -> 0xa1b2c3d4, 0);
    }

    /** Holds the bytes away from both ends, with a byte order nobody should rely on. */
    private static ByteBuffer buffer(byte[] part, boolean direct) {
        int size = part.length + 8;
        ByteBuffer in = direct ? ByteBuffer.allocateDirect(size) : ByteBuffer.allocate(size);
        return in.order(ByteOrder.LITTLE_ENDIAN)
                .put(3, part)
                .limit(3 + part.length)
                .position(3);
    }
}
