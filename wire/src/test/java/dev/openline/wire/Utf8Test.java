package dev.openline.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("RFC 3629 against the JDK's decoder")
class Utf8Test {
    /** Both ends of every range the grammar has, and one beyond. */
    private static final int[] EDGES = {
        0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE,
        0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xF7, 0xF8, 0xFE, 0xFF
    };

    /** Every way a character may go on: enough to tell whether a cut sequence can still become valid. */
    private static final byte[][] ENDINGS = endings();

    private final CharsetDecoder decoder = StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);

    private final CharBuffer decoded = CharBuffer.allocate(1000);

    @Test
    void everyOneAndTwoByteSequenceIsJudgedAlike() {
        for (int a = 0; a < 256; a++) {
            judgedAlike((byte) a);
            for (int b = 0; b < 256; b++) {
                judgedAlike((byte) a, (byte) b);
            }
        }
    }

    @Test
    void threeAndFourByteSequencesAtTheEdgesAreJudgedAlike() {
        for (int a : EDGES) {
            for (int b : EDGES) {
                for (int c : EDGES) {
                    judgedAlike((byte) a, (byte) b, (byte) c);
                    if (a >= 0xC0) {
                        for (int d : EDGES) {
                            judgedAlike((byte) a, (byte) b, (byte) c, (byte) d);
                        }
                    }
                }
            }
        }
    }

    @Test
    void everyCharacterIsValidHoweverItIsCut() {
        for (int character = 0; character <= 0x10FFFF; character++) {
            if (character >= 0xD800 && character <= 0xDFFF) {
                continue;
            }
            ByteBuffer bytes = ByteBuffer.wrap(Character.toString(character).getBytes(StandardCharsets.UTF_8));
            for (int cut = 0; cut <= bytes.limit(); cut++) {
                int state = Utf8.check(Utf8.BETWEEN, bytes, 0, cut);
                boolean inside = cut > 0 && cut < bytes.limit();
                assertThat(state == Utf8.BETWEEN)
                        .as("U+%x cut at %d", character, cut)
                        .isEqualTo(!inside);
                assertThat(Utf8.check(state, bytes, cut, bytes.limit())).isEqualTo(Utf8.BETWEEN);
            }
        }
    }

    @Test
    void randomSequencesAreJudgedAlikeAndStoppedAtTheFirstBadByte() {
        long seed = 20_240_607;
        Random random = new Random(seed);
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = mostlyValid(random);
            int firstBad = 0;
            while (firstBad < bytes.length && canBecomeValid(Arrays.copyOf(bytes, firstBad + 1))) {
                firstBad++;
            }
            int state = Utf8.BETWEEN;
            int at = 0;
            while (at < bytes.length && state != Utf8.BROKEN) {
                int step = Math.min(bytes.length - at, 1 + random.nextInt(12));
                state = Utf8.check(state, ByteBuffer.wrap(bytes), at, at + step);
                assertThat(state == Utf8.BROKEN)
                        .as("seed %d, round %d: %s up to %d", seed, round, Hex.of(bytes), at + step)
                        .isEqualTo(at + step > firstBad);
                at += step;
            }
            assertThat(state == Utf8.BETWEEN)
                    .as("seed %d, round %d: %s", seed, round, Hex.of(bytes))
                    .isEqualTo(isValid(bytes));
        }
    }

    @Test
    void brokenStaysBroken() {
        assertThat(Utf8.check(Utf8.BROKEN, Hex.heap("61"), 0, 1)).isEqualTo(Utf8.BROKEN);
        assertThat(Utf8.check(Utf8.BROKEN, Hex.heap("80"), 0, 1)).isEqualTo(Utf8.BROKEN);
        assertThat(Utf8.check(Utf8.BROKEN, Hex.heap("ff"), 0, 1)).isEqualTo(Utf8.BROKEN);
    }

    private void judgedAlike(byte... bytes) {
        int state = Utf8.check(Utf8.BETWEEN, ByteBuffer.wrap(bytes), 0, bytes.length);
        if ((state == Utf8.BETWEEN) != isValid(bytes)) {
            throw new AssertionError(Hex.of(bytes) + " is judged otherwise by the JDK, state " + state);
        }
        if ((state == Utf8.BROKEN) == canBecomeValid(bytes)) {
            throw new AssertionError(Hex.of(bytes) + " can become valid or cannot, state " + state);
        }
    }

    private boolean isValid(byte[] bytes) {
        decoder.reset();
        return decoder.decode(ByteBuffer.wrap(bytes), decoded.clear(), true).isUnderflow();
    }

    /** The JDK decides: some ending makes the sequence whole. */
    private boolean canBecomeValid(byte[] bytes) {
        for (byte[] ending : ENDINGS) {
            byte[] whole = Arrays.copyOf(bytes, bytes.length + ending.length);
            System.arraycopy(ending, 0, whole, bytes.length, ending.length);
            if (isValid(whole)) {
                return true;
            }
        }
        return false;
    }

    private static byte[][] endings() {
        return Arrays.stream("- 80 bf 90 8080 a080 9080 bf80 808080 908080 8f8080 bf8080".split(" "))
                .map(hex -> Hex.bytes(hex.replace("-", "")))
                .toArray(byte[][]::new);
    }

    private static byte[] mostlyValid(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(12); i >= 0; i--) {
            int width = random.nextInt(5);
            int character = switch (width) {
                case 0 -> 0x80 + random.nextInt(0x780);
                case 1 -> 0x800 + random.nextInt(0xD000);
                case 2 -> 0x10000 + random.nextInt(0x100000);
                default -> random.nextInt(0x80);
            };
            text.appendCodePoint(character).append("a".repeat(random.nextInt(20) / 2));
        }
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        for (int i = random.nextInt(3); i > 0; i--) {
            bytes[random.nextInt(bytes.length)] = (byte) EDGES[random.nextInt(EDGES.length)];
        }
        return Arrays.copyOf(bytes, 1 + random.nextInt(bytes.length));
    }
}
