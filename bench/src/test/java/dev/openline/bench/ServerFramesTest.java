package dev.openline.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerFramesTest {
    @ParameterizedTest
    @ValueSource(ints = {8, 125, 126, 65_535, 65_536})
    void aMessageIsWholeWithItsLastByteAndNotBefore(int size) {
        byte[] frame = new MaskedFrames(size).serverFrame();
        for (int bytes : new int[] {0, 1, 2, 3, 9, frame.length - 1}) {
            assertThat(ServerFrames.payload(Arrays.copyOf(frame, bytes)))
                    .as("%d bytes", bytes)
                    .isEmpty();
        }
        assertThat(ServerFrames.payload(frame))
                .hasValueSatisfying(payload -> assertThat(payload).hasSize(size));
    }

    @Test
    void fragmentsAreOneMessage() {
        byte[] frames = {0x02, 1, 'a', 0x00, 0, (byte) 0x80, 2, 'b', 'c'};
        assertThat(ServerFrames.payload(frames)).hasValue("abc".getBytes(StandardCharsets.US_ASCII));
        assertThat(ServerFrames.payload(Arrays.copyOf(frames, 5))).isEmpty();
    }

    @Test
    void moreThanOneMessageIsAnError() {
        byte[] two = {(byte) 0x82, 1, 'a', (byte) 0x82, 1, 'a'};
        assertThatThrownBy(() -> ServerFrames.payload(two)).isInstanceOf(IllegalStateException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 1_024, 65_536})
    void whatIsCompressedInflatesToItself(int size) {
        byte[] text = Json.text(size);
        byte[] compressed = Raw.deflate(text);
        assertThat(Raw.inflate(compressed, size)).isEqualTo(text);
        assertThat(Raw.inflate(text, size)).isNotEqualTo(text);
    }

    @Test
    void theTextIsWorthCompressingAsRealMessagesAre() {
        assertThat(Raw.deflate(Json.text(16 << 10)).length).isBetween((16 << 10) / 5, (16 << 10) / 2);
    }
}
