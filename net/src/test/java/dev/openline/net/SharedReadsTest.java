package dev.openline.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Buffers that the lines of a loop read into together")
class SharedReadsTest {
    private final UnpooledByteBufAllocator unused = UnpooledByteBufAllocator.DEFAULT;

    @Test
    void oneLineAfterAnotherReadsIntoTheSameBuffer() {
        ByteBuf first = LineReads.INSTANCE.newHandle().allocate(unused);
        first.writeLong(7).release();
        ByteBuf second = LineReads.INSTANCE.newHandle().allocate(unused);
        assertThat(second).isSameAs(first);
        assertThat(second.readableBytes()).isZero();
        second.release();
    }

    @Test
    void whoeverKeepsTheBufferHasItForItself() {
        ByteBuf kept = LineReads.INSTANCE.newHandle().allocate(unused).writeLong(7);
        ByteBuf next = LineReads.INSTANCE.newHandle().allocate(unused).writeLong(8);
        assertThat(next).isNotSameAs(kept);
        assertThat(kept.readLong()).isEqualTo(7);
        kept.release();
        next.release();
        assertThat(kept.refCnt()).as("nobody needs it any more").isZero();
    }

    @Test
    void whatHttpKeepsOfARequestIsACopyOfItsOwnSize() {
        ByteBuf large = Unpooled.directBuffer(1 << 16).writeByte('G');
        EmbeddedChannel channel = new EmbeddedChannel(OwnCopy.INSTANCE);
        channel.writeInbound(large);
        ByteBuf copy = channel.readInbound();
        assertThat(large.refCnt()).isZero();
        assertThat(copy.capacity()).isEqualTo(1);
        assertThat(copy.readByte()).isEqualTo((byte) 'G');
        copy.release();
    }
}
