package dev.openline.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.openline.net.SharedFrame;
import dev.openline.wire.MessageKind;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoadLineTest {
    private static byte[] serverFrame(int payloadBytes, long time) {
        ByteBuffer payload = ByteBuffer.allocate(payloadBytes).putLong(0, time);
        SharedFrame frame = SharedFrame.of(MessageKind.BINARY, payload);
        byte[] bytes = frame.copy();
        frame.release();
        return bytes;
    }

    @Test
    void timesAreReadFromFramesOfEveryLengthFormInEverySplit() {
        byte[] stream = new byte[0];
        for (int size : new int[] {8, 9, 125, 126, 300}) {
            byte[] frame = serverFrame(size, 1_000_000_007L * size);
            byte[] longer = java.util.Arrays.copyOf(stream, stream.length + frame.length);
            System.arraycopy(frame, 0, longer, stream.length, frame.length);
            stream = longer;
        }
        for (int split = 0; split <= stream.length; split++) {
            LoadLine line = LoadLine.unconnected();
            List<Long> times = new ArrayList<>();
            line.parse(ByteBuffer.wrap(stream, 0, split), (from, time) -> times.add(time));
            line.parse(ByteBuffer.wrap(stream, split, stream.length - split), (from, time) -> times.add(time));
            assertThat(times)
                    .as("split at " + split)
                    .containsExactly(
                            8_000_000_056L, 9_000_000_063L, 125_000_000_875L, 126_000_000_882L, 300_000_002_100L);
        }
    }

    @Test
    void aLargeFrameIsReadToItsEnd() {
        LoadLine line = LoadLine.unconnected();
        List<Long> times = new ArrayList<>();
        line.parse(ByteBuffer.wrap(serverFrame(70_000, 5)), (from, time) -> times.add(time));
        line.parse(ByteBuffer.wrap(serverFrame(8, 6)), (from, time) -> times.add(time));
        assertThat(times).containsExactly(5L, 6L);
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 20, 125, 126, 65_535, 65_536})
    void aMaskedFrameUnmasksToItsTime(int size) {
        MaskedFrames frames = new MaskedFrames(size);
        ByteBuffer out = ByteBuffer.allocate(2 * frames.frameBytes());
        frames.append(out, 1);
        frames.append(out, 0x0123456789abcdefL);
        assertThat(out.hasRemaining()).isFalse();
        int payload = out.capacity() - size;
        long key = out.getInt(payload - 4) & 0xffffffffL;
        assertThat(out.getLong(payload) ^ (key << 32 | key)).isEqualTo(0x0123456789abcdefL);
        byte[] plain = frames.serverFrame();
        byte last = (byte) (key >>> 24 - 8 * (size - 1 & 3));
        if (size > 8) assertThat((byte) (out.get(out.capacity() - 1) ^ last)).isEqualTo(plain[plain.length - 1]);
    }

    @Test
    void aFrameTooShortForATimeIsRefused() {
        assertThatThrownBy(() -> new MaskedFrames(7)).isInstanceOf(IllegalArgumentException.class);
    }
}
