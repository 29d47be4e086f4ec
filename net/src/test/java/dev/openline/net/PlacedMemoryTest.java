package dev.openline.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Memory that the system copies")
class PlacedMemoryTest {
    @ParameterizedTest
    @ValueSource(ints = {16 << 10, 20_000, 64 << 10, 256 << 10, 1_000_003})
    void beginsInTheMiddleOfAPageWhereItIsLongAndHasAllTheRoomThatWasAskedFor(int bytes) {
        List<ByteBuf> taken = new ArrayList<>();
        for (int i = 0; i < 9; i++) taken.add(PlacedMemory.take(bytes));
        for (ByteBuf buffer : taken) {
            assertThat(buffer.memoryAddress() + buffer.writerIndex() & 4095).isEqualTo(2048);
            assertThat(buffer.isReadable()).isFalse();
            assertThat(buffer.writableBytes()).isGreaterThanOrEqualTo(bytes);
        }
        taken.forEach(ByteBuf::release);
    }

    @Test
    void isNoMoreThanWasAskedForWhereItIsShort() {
        ByteBuf buffer = PlacedMemory.take(1000);
        assertThat(buffer.writerIndex()).isZero();
        assertThat(buffer.capacity()).isEqualTo(1000).isEqualTo(PlacedMemory.bytesFor(1000));
        buffer.release();
    }

    @Test
    void isEmptyAgainWhereItWasWhenItIsCleared() {
        ByteBuf buffer = PlacedMemory.take(20_000);
        int start = buffer.writerIndex();
        buffer.writeZero(500).readByte();
        assertThat(PlacedMemory.clear(buffer).readerIndex()).isEqualTo(start);
        assertThat(buffer.writerIndex()).isEqualTo(start);
        buffer.release();
    }

    @Test
    void beginsAtItsBeginningWhereAddressesAreNotTold() {
        ByteBuf heap = Unpooled.buffer(20_000, 20_000).writeZero(10);
        assertThat(PlacedMemory.clear(heap).writerIndex()).isZero();
    }
}
