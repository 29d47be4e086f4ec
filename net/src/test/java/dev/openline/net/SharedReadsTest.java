package dev.openline.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
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
        ByteBuf again = LineReads.INSTANCE.newHandle().allocate(unused);
        assertThat(again == kept || again == next)
                .as("nobody needs them any more")
                .isTrue();
        again.release();
    }

    @Test
    void noMoreThanFourMebibytesAreKept() {
        ReadBuffers buffers = new ReadBuffers();
        List<ByteBuf> kept = new ArrayList<>();
        while (buffers.mayKeep()) kept.add(buffers.take());
        assertThat(kept).hasSize((4 << 20) / ReadBuffers.BUFFER_BYTES);
        ByteBuf oneMore = buffers.take();
        assertThat(kept).as("reading goes on").noneMatch(buffer -> buffer == oneMore);
        oneMore.release();
        kept.remove(0).release();
        assertThat(buffers.mayKeep()).isTrue();
        kept.forEach(ByteBuf::release);
        buffers.release();
        assertThat(kept).allMatch(buffer -> buffer.refCnt() == 0);
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
