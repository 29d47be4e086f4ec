package dev.openline.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.unix.UnixChannel;
import io.netty.channel.uring.IoUringIoEvent;
import io.netty.channel.uring.IoUringIoHandle;
import io.netty.channel.uring.IoUringIoOps;
import io.netty.util.concurrent.FastThreadLocal;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * How a connection on a ring is read while it brings large messages.
 *
 * <p>As a rule the kernel reads by itself, into the buffers of the ring ({@link Rings}). For large messages that is the wrong way: it
 * takes all that has come of all lines, megabytes of it, before the loop looks at any, and the loop then copies what the processor's
 * caches no longer hold. Such a line asks the kernel to stop that, and from then on to say when there is something to read, and reads a
 * bounded piece of it to where it belongs. After {@value #SMALL_READS} reads without a large message it goes back to the rule.
 *
 * <p>Nothing is lost or changes places on the way. The kernel says how many of its own reads it has ended; only then does a read of this
 * class begin, and what came before has been heard by then. A connection that its peer has ended, of which the kernel reads on by itself
 * again (Netty has it so), is left to it: every read here is preceded by a look at that.
 *
 * <p>All on the connection's loop. The numbers are those of {@code linux/io_uring.h} and {@code poll.h}, which are the same wherever
 * Netty's ring works.
 */
final class RingLargeReads implements IoUringIoHandle {
    private static final byte POLL_ADD = 6;
    private static final byte ASYNC_CANCEL = 14;
    private static final byte RECV = 27;

    /** Cancels all of one file descriptor and one opcode, and counts them. */
    private static final int CANCEL_ALL_OF_FD_AND_OP = 1 | 1 << 1 | 1 << 5;

    private static final int POLLIN = 0x1;
    private static final int POLLRDHUP = 0x2000;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int EAGAIN = -11;
    private static final int NO_DESCRIPTOR = -1;

    /** The kernel's read may be between two turns, where a cancellation does not find it; while a peer floods, often in a row. */
    private static final int CANCELLATIONS = 1000;

    private static final int SMALL_READS = 16;

    /** Of all lines of a loop at once: what they bring should still be in the processor's cache when it is looked at. */
    private static final int MOST_READING = 2;

    private enum State {
        /** The kernel reads by itself. */
        RULE,
        /** It has been asked not to. */
        CANCELLING,
        /** It will say when there is something to read. */
        WAITING,
        /** There is something to read, and it is others' turn. */
        QUEUED,
        /** It reads where it was told to. */
        READING,
        /** Nothing is under way: what was read is being heard, or the application wants no more. */
        PAUSED,
        OVER
    }

    /** Whose turn it is to read, of the lines of a loop. */
    private static final class Turns {
        private static final FastThreadLocal<Turns> HERE = new FastThreadLocal<>() {
            @Override
            protected Turns initialValue() {
                return new Turns();
            }
        };

        private final Queue<RingLargeReads> queue = new ArrayDeque<>();
        private int reading;

        private boolean begin() {
            if (reading == MOST_READING) return false;
            reading++;
            return true;
        }

        private void end() {
            reading--;
            for (RingLargeReads next = queue.poll(); next != null; next = queue.poll()) {
                if (next.takesTurn()) {
                    reading++;
                    return;
                }
            }
        }
    }

    private final Turns turns = Turns.HERE.get();
    private final Channel channel;
    private final LineReads.InsideFrame line;
    private final @Nullable IoRegistration registration;
    private State state = State.RULE;
    private boolean hasTurn;
    private boolean paused;
    private int cancellations;
    private int smallReads;

    /** What {@link State#WAITING} can be cancelled by. */
    private long pollId;

    /** What {@link State#READING} reads into. */
    private @Nullable ByteBuf target;

    private boolean targetIsRoom;

    /** What the kernel has read by itself behind what is being read. */
    private final Queue<ByteBuf> behind = new ArrayDeque<>(0);

    private RingLargeReads(Channel channel, LineReads.InsideFrame line, IoEventLoop loop) {
        this.channel = channel;
        this.line = line;
        this.registration = loop.register(this).getNow();
    }

    /** For a connection whose {@linkplain Rings#readsByItself kernel reads by itself}; null if its loop is ending. */
    static @Nullable RingLargeReads of(Channel channel, LineReads.InsideFrame line) {
        RingLargeReads reads = new RingLargeReads(channel, line, (IoEventLoop) channel.eventLoop());
        return reads.registration == null ? null : reads;
    }

    /** A large message has begun. From the line, at the end of a read. */
    void begin() {
        if (state != State.RULE) return;
        state = State.CANCELLING;
        paused = false;
        cancellations = 0;
        smallReads = 0;
        cancelOthers();
        channel.config().setAutoRead(false);
    }

    /** Whether reading is this object's business now, and so is pausing it. */
    boolean isOn() {
        return state != State.RULE && state != State.OVER;
    }

    boolean isPaused() {
        return paused;
    }

    void pause() {
        paused = true;
    }

    void resume() {
        paused = false;
        if (state == State.PAUSED) await();
    }

    /** Whether what the line was handed has to wait for what is being read and came before it. */
    boolean holdsBack(ByteBuf read) {
        if (state != State.READING || read == target) return false;
        behind.add(read);
        return true;
    }

    /** The connection is no more. */
    void end() {
        if (state == State.OVER) return;
        // What waits would keep the descriptor open.
        if (state == State.WAITING) submit(ASYNC_CANCEL, NO_DESCRIPTOR, pollId, 0, 0);
        state = State.OVER;
        endTurn();
        if (registration != null) registration.cancel();
    }

    @Override
    public void handle(IoRegistration from, IoEvent event) {
        IoUringIoEvent done = (IoUringIoEvent) event;
        switch (done.opcode()) {
            case ASYNC_CANCEL -> cancelled(done.res());
            case POLL_ADD -> ready(done.res());
            case RECV -> read(done.res());
            default -> throw new IllegalStateException("operation " + done.opcode() + " was not asked for");
        }
    }

    private void cancelOthers() {
        submit(ASYNC_CANCEL, descriptor(), 0, RECV, CANCEL_ALL_OF_FD_AND_OP);
    }

    private void cancelled(int count) {
        if (state != State.CANCELLING) return;
        if (count > 0) await();
        else if (++cancellations < CANCELLATIONS && channel.isActive()) cancelOthers();
        else leave();
    }

    private void await() {
        if (!channel.isActive()) return;
        if (paused) {
            state = State.PAUSED;
            return;
        }
        state = State.WAITING;
        pollId = submit(POLL_ADD, descriptor(), 0, 0, POLLIN | POLLRDHUP);
    }

    private void ready(int events) {
        if (state != State.WAITING || !channel.isActive()) return;
        if (events != POLLIN || channel.config().isAutoRead()) {
            leave();
        } else if (hasTurn || turns.begin()) {
            hasTurn = true;
            receive();
        } else {
            state = State.QUEUED;
            turns.queue.add(this);
        }
    }

    /** Its turn has come. False if it doesn't want it any more; else it looks again what there is. */
    private boolean takesTurn() {
        if (state != State.QUEUED) return false;
        hasTurn = !paused && channel.isActive();
        await();
        return hasTurn;
    }

    private void endTurn() {
        if (!hasTurn) return;
        hasTurn = false;
        turns.end();
    }

    private void receive() {
        ByteBuf room = line.room();
        targetIsRoom = room != null;
        smallReads = targetIsRoom ? 0 : smallReads + 1;
        if (room == null) room = ReadBuffers.here().take();
        target = room;
        state = State.READING;
        long address = room.memoryAddress() + room.writerIndex();
        submit(RECV, descriptor(), address, room.writableBytes(), MSG_DONTWAIT);
    }

    private void read(int bytes) {
        ByteBuf read = target;
        endTurn();
        if (read == null || state != State.READING) return;
        boolean some = bytes > 0 && channel.isActive();
        if (some) hear(read.writerIndex(read.writerIndex() + bytes));
        else read.release();
        target = null;
        if (state == State.READING) state = State.PAUSED;
        boolean others = !behind.isEmpty();
        for (ByteBuf next = behind.poll(); next != null; next = behind.poll()) {
            channel.pipeline().fireChannelRead(next);
        }
        if (some || others) channel.pipeline().fireChannelReadComplete();
        if (state != State.PAUSED) return;
        if (others || bytes <= 0 && bytes != EAGAIN || smallReads == SMALL_READS) leave();
        else await();
    }

    private void hear(ByteBuf read) {
        LineReads.handOut(read, targetIsRoom);
        try {
            channel.pipeline().fireChannelRead(read);
        } finally {
            LineReads.handOut(read, false); // It may come again, for something else.
        }
    }

    /** Back to the rule: the kernel reads by itself, and sees for itself what has ended. */
    private void leave() {
        endTurn();
        state = State.RULE;
        if (!paused && channel.isActive()) channel.config().setAutoRead(true);
    }

    // More than 4 parameters because these are what the kernel's operations have in common here.
    private long submit(byte operation, int descriptor, long address, int length, int flags) {
        IoRegistration to = registration;
        if (to == null) return 0;
        short none = 0;
        return to.submit(new IoUringIoOps(
                operation, (byte) 0, none, descriptor, 0, address, length, flags, 0L, none, none, 0, 0));
    }

    private int descriptor() {
        return ((UnixChannel) channel).fd().intValue();
    }

    @Override
    public void close() {
        end();
    }

    @Override
    public void unregistered() {
        ByteBuf unread = target;
        target = null;
        if (unread != null) unread.release();
        for (ByteBuf next = behind.poll(); next != null; next = behind.poll()) next.release();
    }
}
