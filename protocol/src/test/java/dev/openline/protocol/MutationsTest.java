package dev.openline.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("damaged frames give messages or a MalformedFrame, never anything else")
class MutationsTest {
    private static final int SEEDS = 6_000;
    private static final byte[] TEMPTING = "{}[]\",:\\\n\r\t 0-+.eEu/\u0000".getBytes(StandardCharsets.US_ASCII);

    static byte[] damaged(byte[] frame, Random random) {
        byte[] bytes = frame;
        for (int i = 1 + random.nextInt(3); i > 0 && bytes.length > 0; i--) {
            int at = random.nextInt(bytes.length);
            int to = Math.min(bytes.length, at + 1 + random.nextInt(6));
            bytes = switch (random.nextInt(5)) {
                case 0 -> spliced(bytes, at, at + 1, new byte[] {(byte) (bytes[at] ^ 1 << random.nextInt(8))});
                case 1 -> spliced(bytes, at, at, new byte[] {TEMPTING[random.nextInt(TEMPTING.length)]});
                case 2 -> spliced(bytes, at, to, new byte[0]);
                case 3 -> spliced(bytes, at, at, Arrays.copyOfRange(bytes, at, to));
                default -> Arrays.copyOf(bytes, at);
            };
        }
        return bytes;
    }

    private static byte[] spliced(byte[] bytes, int from, int to, byte[] middle) {
        ByteBuffer out = ByteBuffer.allocate(bytes.length - (to - from) + middle.length);
        return out.put(bytes, 0, from)
                .put(middle)
                .put(bytes, to, bytes.length - to)
                .array();
    }

    /** What was understood must be sayable and come back the same. */
    private static void commands(byte[] frame) throws MalformedFrame {
        List<Command> read;
        try {
            read = Frames.commands(ByteBuffer.wrap(frame));
        } catch (MalformedFrame expected) {
            return;
        }
        JsonFrame again = new JsonFrame();
        read.forEach(again::add);
        assertThat(Frames.commands(again.buffer())).isEqualTo(read);
    }

    private static void serverMessages(byte[] frame) throws MalformedFrame {
        List<ServerMessage> read;
        try {
            read = Frames.serverMessages(ByteBuffer.wrap(frame));
        } catch (MalformedFrame expected) {
            return;
        }
        if (read.isEmpty()) return; // all were pushes of kinds we don't know
        JsonFrame again = new JsonFrame();
        read.forEach(again::add);
        assertThat(Frames.serverMessages(again.buffer())).isEqualTo(read);
        for (String line : new String(again.bytes(), StandardCharsets.UTF_8).split("\n", -1)) JsonTree.parse(line);
    }

    @Test
    void damageNeverEscapes() {
        for (long seed = 1; seed <= SEEDS; seed++) {
            Random random = new Random(seed);
            Samples samples = new Samples(seed);
            JsonFrame frame = new JsonFrame();
            boolean fromClient = random.nextBoolean();
            for (int i = random.nextInt(3); i >= 0; i--) {
                if (fromClient) frame.add(samples.command());
                else frame.add(samples.serverMessage());
            }
            byte[] bytes = damaged(frame.bytes(), random);
            try {
                commands(bytes);
                serverMessages(bytes);
            } catch (Exception | StackOverflowError | AssertionError e) {
                fail("seed " + seed + ": " + HexFormat.of().formatHex(bytes), e);
            }
        }
    }
}
