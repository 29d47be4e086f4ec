package dev.openline.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PushStreamTest {
    /** Frames of a server, each of so many publications, numbered from 1. */
    private static byte[] frames(int... publications) {
        ByteBuffer all = ByteBuffer.allocate(1 << 16);
        int number = 0;
        for (int count : publications) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < count; i++)
                text.append("{\"push\":{\"pub\":{\"data\":{\"n\":")
                        .append(++number)
                        .append(",\"x\":\"\"n\"\"}}}}\n");
            byte[] payload = text.toString().getBytes(StandardCharsets.US_ASCII);
            all.put((byte) 0x81);
            if (payload.length < 126) all.put((byte) payload.length);
            else all.put((byte) 126).putShort((short) payload.length);
            all.put(payload);
        }
        return java.util.Arrays.copyOf(all.array(), all.position());
    }

    @Test
    void finds_publications_wherever_reads_cut_their_frames() {
        byte[] bytes = frames(1, 3, 1, 40);
        for (int cut = 0; cut <= bytes.length; cut++) {
            List<Long> found = new ArrayList<>();
            PushStream.Numbers numbers = new PushStream.Numbers();
            numbers.parse(ByteBuffer.wrap(bytes, 0, cut), (number, at) -> found.add(number));
            numbers.parse(ByteBuffer.wrap(bytes, cut, bytes.length - cut), (number, at) -> found.add(number));
            assertThat(found).hasSize(45).isSorted().startsWith(1L).endsWith(45L);
        }
    }

    @Test
    void knows_where_publications_end_and_whether_others_got_the_same() {
        byte[] bytes = frames(1, 1, 2);
        PushStream stream = new PushStream();
        stream.append(ByteBuffer.wrap(bytes, 0, 50));
        stream.append(ByteBuffer.wrap(bytes, 50, bytes.length - 50));
        assertThat(stream.publications()).isEqualTo(4);
        assertThat(stream.end(1)).isEqualTo(frames(1).length);
        assertThat(stream.end(4)).isEqualTo(bytes.length).isEqualTo(stream.end(3));
        assertThat(stream.matches(0, ByteBuffer.wrap(bytes))).isTrue();
        assertThat(stream.matches(50, ByteBuffer.wrap(bytes, 50, 10))).isTrue();
        assertThat(stream.matches(50, ByteBuffer.wrap(bytes, 49, 10))).isFalse();
    }

    @Test
    void refuses_a_publication_that_does_not_follow() {
        PushStream stream = new PushStream();
        byte[] bytes = frames(2);
        stream.append(ByteBuffer.wrap(bytes));
        assertThatThrownBy(() -> stream.append(ByteBuffer.wrap(bytes))).hasMessage("after publication 2 came 1");
    }
}
