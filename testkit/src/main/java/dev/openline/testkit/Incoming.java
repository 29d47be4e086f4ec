package dev.openline.testkit;

import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/**
 * One direction of a connection: bytes under way to one end, and those that have arrived there and were not read yet. At most {@value #WINDOW} bytes
 * are either, so whoever writes to an end that does not read has to wait, as with TCP.
 */
final class Incoming {
    static final int WINDOW = 64 << 10;

    /** Stands where nothing follows. */
    private static final byte[] END = {};

    private final World world;
    private final SimulatedChannel reader;
    private final SimulatedChannel writer;
    private final Deque<byte[]> arrived = new ArrayDeque<>();
    private final Deque<byte[]> underWay = new ArrayDeque<>();
    /** Of the first that has arrived, what was read already. */
    private int readOfFirst;

    private int bytes;
    private long lastArrival;
    private boolean silent;
    private boolean stalled;
    /** The writer has said that nothing follows, and that has arrived. */
    private boolean ended;

    private boolean broken;
    private int held;

    Incoming(World world, SimulatedChannel reader, SimulatedChannel writer) {
        this.world = world;
        this.reader = reader;
        this.writer = writer;
    }

    // --- the writing end

    /** How many bytes it takes now. */
    int room() {
        return broken ? 0 : WINDOW - bytes;
    }

    /** Takes bytes, at most {@link #room}. */
    void send(ByteBuf from, int count) {
        byte[] piece = new byte[count];
        from.getBytes(from.readerIndex(), piece);
        // Silence swallows what is sent, and the window with it: some day the writer notices that nothing is taken.
        bytes += count;
        if (silent) return;
        underWay.add(piece);
        later(this::arrive);
    }

    /** Nothing follows. */
    void end() {
        if (silent || broken) return;
        underWay.add(END);
        later(this::arrive);
    }

    private void later(Runnable arrival) {
        long latency = world.between(world.shortestLatency, world.longestLatency);
        // Nothing overtakes what was sent before.
        lastArrival = Math.max(lastArrival, world.nanos() + latency);
        world.loop().schedule(arrival, lastArrival - world.nanos(), TimeUnit.NANOSECONDS);
    }

    private void arrive() {
        if (silent || broken) return;
        if (stalled) {
            held++;
            return;
        }
        byte[] piece = underWay.remove();
        if (piece == END) ended = true;
        else arrived.add(piece);
        reader.somethingArrived();
    }

    // --- the reading end

    boolean hasBytes() {
        return !arrived.isEmpty();
    }

    /** Whether all was read and nothing follows. */
    boolean isAtEnd() {
        return ended && arrived.isEmpty();
    }

    boolean isBroken() {
        return broken && arrived.isEmpty();
    }

    /** Moves what fits into {@code target}; answers how many bytes. */
    int read(ByteBuf target) {
        int moved = 0;
        while (target.isWritable() && !arrived.isEmpty()) {
            byte[] first = arrived.element();
            int count = Math.min(target.writableBytes(), first.length - readOfFirst);
            target.writeBytes(first, readOfFirst, count);
            moved += count;
            readOfFirst += count;
            if (readOfFirst == first.length) {
                arrived.remove();
                readOfFirst = 0;
            }
        }
        bytes -= moved;
        if (moved > 0 && !silent && !broken) world.loop().execute(writer::windowOpened);
        return moved;
    }

    // --- what happens to it

    void cut() {
        if (silent || broken) return;
        stalled = false;
        int under = underWay.stream().mapToInt(piece -> piece.length).sum();
        int survive = under == 0 ? 0 : world.chance().nextInt(under + 1);
        while (survive > 0 && !underWay.isEmpty()) {
            byte[] piece = underWay.remove();
            if (piece == END) break;
            int count = Math.min(survive, piece.length);
            arrived.add(count == piece.length ? piece : java.util.Arrays.copyOf(piece, count));
            survive -= count;
        }
        underWay.clear();
        broken = true;
        later(reader::somethingArrived);
    }

    void silence() {
        silent = true;
        underWay.clear();
    }

    void stall(boolean stands) {
        stalled = stands;
        if (stands) return;
        int waiting = held;
        held = 0;
        for (int i = 0; i < waiting; i++) later(this::arrive);
    }

    /** Nobody reads any more. */
    void drop() {
        arrived.clear();
        underWay.clear();
        broken = true;
    }
}
