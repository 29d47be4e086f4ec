package dev.openline.protocol;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("a payload as its difference from the one before")
class FossilDeltaTest {
    private static final String LETTERS = "the same twenty letters, and then some";

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private static String create(String base, String target) {
        byte[] delta = FossilDelta.create(bytes(base), bytes(target));
        return delta == null ? "full" : new String(delta, UTF_8);
    }

    private static String apply(String base, String delta) throws MalformedDelta {
        return new String(FossilDelta.apply(bytes(base), bytes(delta)), UTF_8);
    }

    @Nested
    @DisplayName("how a patch is written")
    class Writing {
        @Test
        void ofEqualPayloadsIsOneCopy() {
            assertThat(create(LETTERS, LETTERS)).isEqualTo("b\nb@0," + checksum(LETTERS) + ";");
        }

        @Test
        void aChangeInTheMiddleIsALiteralBetweenTwoCopies() {
            String target = LETTERS.replace("twenty", "forty");
            assertThat(create(LETTERS, target)).isEqualTo("a\n9@0,3:forP@D," + checksum(target) + ";");
        }

        @Test
        void checksumIsTheSumOfBigEndianWordsTheLastFilledUpWithZeros() {
            assertThat(FossilDelta.checksum(new byte[0])).isZero();
            assertThat(FossilDelta.checksum(new byte[] {1, 2, 3, 4})).isEqualTo(0x01020304);
            assertThat(FossilDelta.checksum(new byte[] {1, 2, 3, 4, -1})).isEqualTo(0x00020304);
            assertThat(FossilDelta.checksum(new byte[] {1, 2, 3})).isEqualTo(0x01020300);
        }

        @ParameterizedTest
        @CsvSource({"0,0", "9,9", "10,A", "35,Z", "36,_", "37,a", "62,z", "63,~", "64,10", "4095,~~", "-1,3~~~~~"})
        void numbersAreInBase64AndUnsigned(int number, String written) {
            FossilOutput out = new FossilOutput(20);
            out.number(number, ';');
            assertThat(new String(out.written(), UTF_8)).isEqualTo(written + ";");
        }

        @Test
        void whatWouldNotBeShorterIsBetterSentFull() {
            assertThat(create("", "")).isEqualTo("full");
            assertThat(create("something", "")).isEqualTo("full");
            assertThat(create("", LETTERS)).isEqualTo("full");
            assertThat(create("{\"a\":1}", "{\"a\":2}")).isEqualTo("full");
            assertThat(create("nothing in common with that", "0123456789".repeat(10)))
                    .isEqualTo("full");
        }

        @Test
        void blocksThatMovedAreFound() {
            String a = Documents.text(1, 400);
            String b = Documents.text(2, 400);
            String c = Documents.text(3, 400);
            assertThat(create(a + b + c, c + "new" + a + b).length()).isLessThan(60);
        }

        private static String checksum(String text) {
            FossilOutput out = new FossilOutput(20);
            out.number(FossilDelta.checksum(bytes(text)), ';');
            String written = new String(out.written(), UTF_8);
            return written.substring(0, written.length() - 1);
        }
    }

    @Nested
    @DisplayName("a patch makes the target again")
    class RoundTrips {
        @ParameterizedTest
        @ValueSource(ints = {0, 1, 2, 3})
        void ofDocumentsOfWhichALittleChanged(int size) throws MalformedDelta {
            for (long seed = 1; seed <= 400; seed++) {
                Documents documents = new Documents(seed);
                String base = documents.document(1 << 3 * size);
                String target = documents.changed(base);
                roundTrip(seed, bytes(base), bytes(target), true);
            }
        }

        @Test
        void ofRandomBytesOfWhichALittleChanged() throws MalformedDelta {
            for (long seed = 1; seed <= 1_000; seed++) {
                Random random = new Random(seed);
                byte[] base = new byte[random.nextInt(3_000)];
                random.nextBytes(base);
                String changed = new Documents(seed).changed(new String(base, ISO_8859_1));
                roundTrip(seed, base, changed.getBytes(ISO_8859_1), false);
            }
        }

        @Test
        void ofBytesOfOnlyTwoKinds() throws MalformedDelta {
            for (long seed = 1; seed <= 1_000; seed++) {
                Random random = new Random(seed);
                roundTrip(seed, twoKinds(random), twoKinds(random), false);
            }
        }

        /** With 0x80 the one kind, that continues characters: it can't be trimmed away at both ends of all copies. */
        private static byte[] twoKinds(Random random) {
            byte[] bytes = new byte[random.nextInt(300)];
            for (int i = 0; i < bytes.length; i++) bytes[i] = (byte) (random.nextInt(4) == 0 ? 'a' : 0x80);
            return bytes;
        }

        private static void roundTrip(long seed, byte[] base, byte[] target, boolean text) throws MalformedDelta {
            byte[] delta = FossilDelta.create(base, target);
            if (delta == null) return;
            assertThat(delta.length).as("seed %d", seed).isLessThan(target.length);
            assertThat(FossilDelta.apply(base, delta)).as("seed %d", seed).isEqualTo(target);
            if (text)
                assertThat(FossilDelta.isText(Payload.wrap(delta)))
                        .as("seed %d", seed)
                        .isTrue();
        }

        @Test
        void ofPayloads() throws MalformedDelta {
            Payload base = Payload.of("[\"" + LETTERS + "\",1]");
            Payload target = Payload.of("[\"" + LETTERS + "\",2]");
            Payload delta = FossilDelta.create(base, target);
            assertThat(FossilDelta.apply(base, delta, target.size())).isEqualTo(target);
            assertThat(FossilDelta.create(base, Payload.of("1"))).isNull();
        }
    }

    @Nested
    @DisplayName("characters are never split")
    class Text {
        @ParameterizedTest
        @CsvSource({"é,è", "é,ũ", "€,₭", "€,℀", "€,㎀", "𝄞,𝄠", "𝄞,𝆟", "𝄞,𠄞", "é,€", "€,𝄞"})
        void whenOnlySomeOfTheirBytesChange(String from, String to) throws MalformedDelta {
            for (int before = 20; before < 40; before++) {
                String base = "a".repeat(before) + from + "b".repeat(60 - before);
                String target = "a".repeat(before) + to + "b".repeat(60 - before);
                String delta = create(base, target);
                assertThat(delta).doesNotContain("\uFFFD").contains(to);
                assertThat(apply(base, delta)).isEqualTo(target);
            }
        }

        @Test
        void bytesThatAreNoTextMayGiveAPatchThatIsNone() {
            byte[] base = bytes(LETTERS);
            byte[] target = base.clone();
            target[20] = (byte) 0xFF;
            byte[] delta = FossilDelta.create(base, target);
            assertThat(FossilDelta.isText(Payload.wrap(delta))).isFalse();
        }
    }

    @Nested
    @DisplayName("a patch is refused")
    class Refusals {
        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "''          | without a number",
                    "\\n         | without a number",
                    "3           | size has no end",
                    "3,3@0,0;    | size has no end",
                    "0000000\\n0;| too many digits",
                    "~~~~~~\\n0; | too large",
                    "H000\\n0;   | for more than",
                    "3\\n        | without a number",
                    "3\\n3       | unknown command",
                    "3\\n3@0,    | without a number",
                    "3\\n3!0,0;  | unknown command",
                    "3\\n3@,0;   | without a number",
                    "3\\n3@0;    | copy without end",
                    "3\\n3@0     | copy without end",
                    "3\\n3@4,0;  | outside",
                    "3\\n3@3~~~~~,0; | outside",
                    "3\\n3~~~~~@0,0; | outside",
                    "3\\n3:ab    | inside of a literal",
                    "3\\n3~~~~~:ab;  | inside of a literal",
                    "3\\n2:ab0;  | less than it announced",
                    "3\\n4:abcd0;| more than it announced",
                    "3\\n3@0,3@0,0; | more than it announced",
                    "3\\n3@0,0;  | checksum",
                    "0\\n0;;     | after its end",
                    "0\\n1;      | checksum"
                })
        void whenItIs(String delta, String fault) {
            assertThatThrownBy(() -> apply("abcdef", delta.strip().replace("\\n", "\n")))
                    .isInstanceOf(MalformedDelta.class)
                    .hasMessageContaining(fault);
        }

        @Test
        void whenItIsForAnotherBase() {
            String delta = create(LETTERS, LETTERS + "!");
            assertThatThrownBy(() -> apply(LETTERS.replace('s', 'z'), delta))
                    .isInstanceOf(MalformedDelta.class)
                    .hasMessageContaining("another base");
        }

        @Test
        void atTheLimitOfTheOneWhoApplies() throws MalformedDelta {
            byte[] delta = bytes(create(LETTERS, LETTERS));
            assertThat(FossilDelta.apply(bytes(LETTERS), delta, LETTERS.length()))
                    .isEqualTo(bytes(LETTERS));
            assertThatThrownBy(() -> FossilDelta.apply(bytes(LETTERS), delta, LETTERS.length() - 1))
                    .isInstanceOf(MalformedDelta.class);
        }

        /** No array can be so long: an {@code OutOfMemoryError} would tell. */
        @Test
        void beforeAnAnnouncedSizeIsAllocated() {
            assertThatThrownBy(() -> FossilDelta.apply(bytes("abc"), bytes("1~~~~z\n3@0,0;"), Integer.MAX_VALUE))
                    .isInstanceOf(MalformedDelta.class)
                    .hasMessageContaining("less than it announced");
        }

        @Test
        void orMakesWhatItSaysHoweverItIsDamaged() {
            for (long seed = 1; seed <= 3_000; seed++) {
                Documents documents = new Documents(seed);
                String base = documents.document(5);
                byte[] delta = bytes(create(base, documents.changed(base)));
                Random random = new Random(seed);
                for (int i = random.nextInt(3); i >= 0; i--)
                    delta[random.nextInt(delta.length)] ^= 1 << random.nextInt(7);
                try {
                    FossilDelta.apply(bytes(base), delta);
                } catch (MalformedDelta expected) {
                    assertThat(expected).hasNoCause();
                } catch (RuntimeException e) {
                    throw new AssertionError("seed " + seed, e);
                }
            }
        }
    }

    @Nested
    @DisplayName("work is bounded by the sizes alone")
    class Work {
        private static final int SIZE = 1 << 16;

        /** What is counted for each byte of base and target: places, candidates, and bytes found equal. */
        private static final int MOST_STEPS_PER_BYTE = 12;

        @ParameterizedTest
        @ValueSource(ints = {1, 2, 3, 7, 15, 16, 17, 31, 32, 64, 1000, 4096})
        void whenAPatternRepeatsAndIsBrokenInOneOfThem(int period) {
            byte[] pattern = new byte[period];
            new Random(period).nextBytes(pattern);
            for (int broken : new int[] {1, 8, 15, 16, 17, 23, 40, 100, 1000, SIZE}) {
                byte[] whole = repeated(pattern, 0, SIZE);
                byte[] holey = repeated(pattern, 0, SIZE);
                for (int i = broken / 2; i < SIZE; i += broken) holey[i] ^= 0x55;
                assertBounded(whole, holey);
                assertBounded(holey, whole);
                assertBounded(holey, repeated(pattern, 5, SIZE));
            }
        }

        @Test
        void whenBytesAreOfOneOrTwoKinds() {
            for (int seed = 1; seed <= 20; seed++) {
                Random random = new Random(seed);
                int ones = 1 << random.nextInt(10);
                byte[] base = new byte[SIZE];
                byte[] target = new byte[SIZE / 2 + random.nextInt(SIZE)];
                for (int i = 0; i < base.length; i++) base[i] = (byte) (random.nextInt(ones) == 0 ? 1 : 0x80);
                for (int i = 0; i < target.length; i++) target[i] = (byte) (random.nextInt(ones) == 0 ? 1 : 0x80);
                assertBounded(base, target);
            }
        }

        /** Blocks that differ only in the last byte but one, so that many hashes meet and nearly all of a block is equal. */
        @Test
        void whenManyBlocksAreNearlyEqual() {
            Random random = new Random(1);
            byte[] base = new byte[SIZE];
            byte[] target = new byte[SIZE];
            for (int i = 14; i < SIZE; i += FossilIndex.BLOCK) base[i] = (byte) random.nextInt();
            for (int i = 14; i < SIZE; i += FossilIndex.BLOCK) target[i] = (byte) random.nextInt();
            assertBounded(base, target);
        }

        private static byte[] repeated(byte[] pattern, int from, int size) {
            byte[] bytes = new byte[size];
            for (int i = 0; i < size; i++) bytes[i] = pattern[(from + i) % pattern.length];
            return bytes;
        }

        private static void assertBounded(byte[] base, byte[] target) {
            FossilEncoder encoder = new FossilEncoder(base, target);
            encoder.encode();
            long most = (long) MOST_STEPS_PER_BYTE * (base.length + target.length);
            assertThat(encoder.steps()).isLessThan(most);
        }
    }
}
