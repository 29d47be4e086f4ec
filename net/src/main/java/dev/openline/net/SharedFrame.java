package dev.openline.net;

import dev.openline.wire.Frames;
import dev.openline.wire.MessageKind;
import dev.openline.wire.Role;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.ByteBuffer;

/**
 * A message framed once and sent to many lines by reference. Server frames are unmasked (RFC 6455 §5.1), so the very bytes are the
 * same for all of them.
 *
 * <p>Whoever makes a frame owns one reference and must {@link #release} it when it has sent it everywhere; lines keep their own.
 * Safe to hand between threads and to send from any of them.
 */
public final class SharedFrame {
    private final ByteBuf bytes;

    private SharedFrame(ByteBuf bytes) {
        this.bytes = bytes;
    }

    /** Frames what is between position and limit of {@code payload}, copying it; {@code TEXT} must be valid UTF-8. */
    public static SharedFrame of(MessageKind kind, ByteBuffer payload) {
        int size = Frames.size(Role.SERVER, payload.remaining());
        ByteBuf bytes = PooledByteBufAllocator.DEFAULT.directBuffer(size, size);
        Frames.write(bytes.internalNioBuffer(0, size), kind, payload.duplicate());
        bytes.writerIndex(size);
        return new SharedFrame(bytes);
    }

    /** Bytes on the wire, header included. */
    public int size() {
        return bytes.readableBytes();
    }

    /** A copy of the bytes on the wire, for tests and logs. */
    public byte[] copy() {
        return ByteBufUtil.getBytes(bytes);
    }

    /** One more owner, who must release it too. */
    public SharedFrame retain() {
        bytes.retain();
        return this;
    }

    /** Gives this owner's reference back. */
    public void release() {
        bytes.release();
    }

    /** The framed bytes, to be read by index only and never changed. */
    ByteBuf bytes() {
        return bytes;
    }
}
