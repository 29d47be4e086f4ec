package dev.openline.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("RFC 6455 §5.3 masking by words")
class WordsTest {
    private static final int GUARD = 0x5A;

    /** From 256 bytes on there is a loop of its own, and 4,096 are gone through at once. */
    private static final int[] LENGTHS = IntStream.concat(
                    IntStream.rangeClosed(0, 300),
                    IntStream.of(4_095, 4_096, 4_097, 4_103, 4_104, 8_192, 8_195, 12_800))
            .toArray();

    @Test
    void everyLengthAtEveryPlaceIsMaskedByteByByteTheSame() {
        long seed = 4711;
        Random random = new Random(seed);
        for (int length : LENGTHS) {
            for (int from = 0; from < 9; from++) {
                byte[] plain = new byte[length];
                random.nextBytes(plain);
                int key = random.nextInt();
                ByteBuffer source = guarded(plain, from, random.nextBoolean());
                int toAt = random.nextInt(9);
                ByteBuffer copy = guarded(new byte[length], toAt, random.nextBoolean());

                long seenCopying = Words.move(source, from, copy, toAt, length, key);
                assertThat(Hex.of(source.duplicate().clear()))
                        .isEqualTo(Hex.of(guarded(plain, from, false).clear()));
                long seenInPlace = Words.unmask(source, from, from + length, key);

                String expected = Hex.of(masked(plain, key));
                String at = "seed " + seed + ", length " + length + ", from " + from + " to " + toAt;
                assertThat(Hex.of(source.duplicate().clear()))
                        .as(at)
                        .isEqualTo(
                                Hex.of(guarded(masked(plain, key), from, false).clear()));
                assertThat(Hex.of(copy.duplicate().clear()))
                        .as(at)
                        .isEqualTo(
                                Hex.of(guarded(masked(plain, key), toAt, false).clear()));
                boolean ascii = expected.isEmpty() || isAscii(masked(plain, key));
                assertThat((seenCopying & Words.TOP_BITS) == 0).as(at).isEqualTo(ascii);
                assertThat((seenInPlace & Words.TOP_BITS) == 0).as(at).isEqualTo(ascii);
            }
        }
    }

    @Test
    void whatIsTakenIsWhatWasMasked() {
        long seed = 4712;
        Random random = new Random(seed);
        for (int length : LENGTHS) {
            for (boolean direct : new boolean[] {false, true}) {
                byte[] plain = new byte[length];
                random.nextBytes(plain);
                int key = random.nextInt();
                int from = random.nextInt(9);
                int toAt = random.nextInt(9);
                ByteBuffer source = guarded(masked(plain, key), from, direct);
                ByteBuffer taken = guarded(new byte[length], toAt, random.nextBoolean());

                long seen = Words.take(source, from, taken, toAt, length, key);

                String at = "seed " + seed + ", length " + length + ", from " + from + " to " + toAt;
                assertThat(Hex.of(taken.duplicate().clear()))
                        .as(at)
                        .isEqualTo(Hex.of(guarded(plain, toAt, false).clear()));
                assertThat((seen & Words.TOP_BITS) == 0).as(at).isEqualTo(isAscii(plain));
            }
        }
    }

    @Test
    void whatIsNotMaskedIsTakenAsItIs() {
        ByteBuffer taken = ByteBuffer.allocate(300);
        byte[] plain = new byte[300];
        new Random(2).nextBytes(plain);

        long seen = Words.take(ByteBuffer.wrap(plain.clone()), 0, taken, 0, 300, 0);

        assertThat(taken.array()).isEqualTo(plain);
        assertThat(seen).isEqualTo(Words.TOP_BITS);
    }

    @Test
    void oneByteBeyondAsciiIsSeenWhereverItStands() {
        for (int length = 1; length <= 40; length++) {
            for (int at = 0; at < length; at++) {
                byte[] bytes = new byte[length];
                bytes[at] = (byte) 0x80;
                ByteBuffer buffer = ByteBuffer.wrap(masked(bytes, 0x7f017f01));
                assertThat(Words.unmask(buffer, 0, length, 0x7f017f01) & Words.TOP_BITS)
                        .as("byte %d of %d", at, length)
                        .isNotZero();
                assertThat(Words.skipAscii(buffer, 0, length)).isEqualTo(at);
            }
            assertThat(Words.skipAscii(ByteBuffer.allocate(length), 0, length)).isEqualTo(length);
        }
    }

    @Test
    void rotatedKeyGoesOnWhereTheOtherStopped() {
        byte[] plain = new byte[23];
        new Random(1).nextBytes(plain);
        for (int cut = 0; cut <= plain.length; cut++) {
            ByteBuffer bytes = ByteBuffer.wrap(plain.clone());
            Words.unmask(bytes, 0, cut, 0x01020304);
            Words.unmask(bytes, cut, plain.length, Words.rotated(0x01020304, cut));
            assertThat(bytes.array()).isEqualTo(masked(plain, 0x01020304));
        }
    }

    @Test
    void keyIsReadInTheOrderOfTheWire() {
        assertThat(Words.key(Hex.heap("ff01020384"), 1)).isEqualTo(0x01020384);
    }

    private static byte[] masked(byte[] plain, int key) {
        byte[] masked = plain.clone();
        for (int i = 0; i < masked.length; i++) {
            masked[i] ^= (byte) (key >> 24 - 8 * (i % 4));
        }
        return masked;
    }

    private static boolean isAscii(byte[] bytes) {
        for (byte b : bytes) {
            if (b < 0) {
                return false;
            }
        }
        return true;
    }

    /** The bytes among others that must not change. */
    private static ByteBuffer guarded(byte[] bytes, int from, boolean direct) {
        int size = 9 + bytes.length + 9;
        ByteBuffer buffer = direct ? ByteBuffer.allocateDirect(size) : ByteBuffer.allocate(size);
        byte[] guards = new byte[size];
        Arrays.fill(guards, (byte) GUARD);
        return buffer.put(0, guards).put(from, bytes);
    }
}
