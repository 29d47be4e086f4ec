package dev.openline.net;

import dev.openline.wire.DeflateContext;
import dev.openline.wire.Frames;
import dev.openline.wire.MessageKind;
import dev.openline.wire.PerMessageDeflate;
import dev.openline.wire.Role;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * A message framed once and sent to many lines by reference. Server frames are unmasked (RFC 6455 §5.1), so the very bytes are the
 * same for all of them.
 *
 * <p>For lines that agreed on permessage-deflate it is compressed once for each window size among them, when the first of them is sent it.
 * Compressed like that it refers to nothing said before, so lines with and without context takeover can share it (RFC 7692 §7.1.1).
 *
 * <p>Whoever makes a frame owns one reference and must {@link #release} it when it has sent it everywhere; lines keep their own.
 * Safe to hand between threads and to send from any of them.
 */
public final class SharedFrame {
    private static final AtomicIntegerFieldUpdater<SharedFrame> OWNERS =
            AtomicIntegerFieldUpdater.newUpdater(SharedFrame.class, "owners");

    private final MessageKind kind;

    /** One reference, for all owners together. */
    private final ByteBuf bytes;

    private final int headBytes;

    private volatile int owners = 1;

    /** By window bits: the compressed frame, or {@link #bytes} where that would not be shorter. Replaced, never changed. */
    private volatile ByteBuf @Nullable [] compressed;

    private SharedFrame(MessageKind kind, ByteBuf bytes, int headBytes) {
        this.kind = kind;
        this.bytes = bytes;
        this.headBytes = headBytes;
    }

    /** Frames what is between position and limit of {@code payload}, copying it; {@code TEXT} must be valid UTF-8. */
    public static SharedFrame of(MessageKind kind, ByteBuffer payload) {
        int size = Frames.size(Role.SERVER, payload.remaining());
        ByteBuf bytes = PlacedMemory.take(size);
        Frames.write(room(bytes, size), kind, payload.duplicate());
        return new SharedFrame(kind, bytes, size - payload.remaining());
    }

    /** Bytes on the wire, header included, where it is not compressed. */
    public int size() {
        return bytes.readableBytes();
    }

    /** A copy of the bytes on the wire where it is not compressed, for tests and logs. */
    public byte[] copy() {
        return ByteBufUtil.getBytes(bytes);
    }

    /** One more owner, who must release it too. */
    public SharedFrame retain() {
        if (OWNERS.getAndIncrement(this) <= 0)
            throw new IllegalStateException("the frame was released by all its owners");
        return this;
    }

    /** Gives this owner's reference back. */
    public void release() {
        int left = OWNERS.decrementAndGet(this);
        if (left < 0) throw new IllegalStateException("the frame was released by all its owners");
        if (left > 0) return;
        ByteBuf[] variants = compressed;
        if (variants != null) {
            for (ByteBuf variant : variants) if (variant != null && variant != bytes) variant.release();
        }
        bytes.release();
    }

    MessageKind kind() {
        return kind;
    }

    /** The framed bytes, to be read by index only and never changed. */
    ByteBuf bytes() {
        return bytes;
    }

    /** The message alone, for the caller. */
    ByteBuffer payload() {
        return bytes.nioBuffer(bytes.readerIndex() + headBytes, bytes.readableBytes() - headBytes);
    }

    /** The framed bytes for a line that agreed on this, on its loop: compressed, or {@link #bytes} where that does not pay. */
    ByteBuf bytesFor(PerMessageDeflate deflate) {
        ByteBuf[] made = compressed;
        ByteBuf variant = made == null ? null : made[deflate.windowBits()];
        return variant == null ? compress(deflate) : variant;
    }

    /** Who comes while another loop compresses waits for it, which takes no longer than to do the same again. */
    private synchronized ByteBuf compress(PerMessageDeflate deflate) {
        ByteBuf[] made = compressed;
        int bits = deflate.windowBits();
        if (made != null && made[bits] != null) return made[bits];
        ByteBuf[] more = made == null ? new ByteBuf[DeflateContext.MAX_WINDOW_BITS + 1] : made.clone();
        ByteBuffer payload = deflate.compressAlone(payload());
        more[bits] = payload == null ? bytes : framed(payload);
        compressed = more;
        return more[bits];
    }

    private ByteBuf framed(ByteBuffer payload) {
        int size = Frames.size(Role.SERVER, payload.remaining());
        ByteBuf frame = PlacedMemory.take(size);
        Frames.writeCompressed(room(frame, size), kind, payload);
        return frame;
    }

    private static ByteBuffer room(ByteBuf frame, int size) {
        int at = frame.writerIndex();
        frame.writerIndex(at + size);
        return frame.internalNioBuffer(at, size);
    }
}
