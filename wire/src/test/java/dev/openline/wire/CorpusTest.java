package dev.openline.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * The fuzz targets on what their corpus holds, and on some thousand inputs close to it. Which, depends on nothing but
 * this file and the corpus, so a failure comes again; docs/fuzzing.md tells how to search for hours instead.
 */
@DisplayName("fuzz targets hold on their corpus")
class CorpusTest {
    private static final int NEIGHBOURS = 200;

    @Test
    void frames() {
        replay(FuzzFrames.class, FuzzFrames::fuzzerTestOneInput);
    }

    @Test
    void handshake() {
        replay(FuzzHandshake.class, FuzzHandshake::fuzzerTestOneInput);
    }

    @Test
    void extensions() {
        replay(FuzzExtensions.class, FuzzExtensions::fuzzerTestOneInput);
    }

    @Test
    void deflateOffers() {
        replay(FuzzDeflateOffers.class, FuzzDeflateOffers::fuzzerTestOneInput);
    }

    @Test
    void inflate() {
        replay(FuzzInflate.class, FuzzInflate::fuzzerTestOneInput);
    }

    @Test
    void deflate() {
        replay(FuzzDeflate.class, FuzzDeflate::fuzzerTestOneInput);
    }

    @Test
    void inputsAreWrittenAsTheyAreRead() {
        byte[] every = new byte[256];
        for (int i = 0; i < every.length; i++) {
            every[i] = (byte) i;
        }
        String line = "name: " + Corpus.escaped(every);
        assertThat(line).doesNotContain("\n").isEqualTo(line.trim());
        assertThat(Corpus.parse("# of all bytes\n\n" + line + "\n", "file").get("name"))
                .isEqualTo(every);
    }

    @Test
    void lineThatIsNoInputIsRefused() {
        assertThatIllegalStateException().isThrownBy(() -> Corpus.parse("nameless", "file"));
        assertThatIllegalStateException().isThrownBy(() -> Corpus.parse("a: 1\na: 2", "file"));
        assertThatIllegalStateException().isThrownBy(() -> Corpus.parse("a: \\z", "file"));
    }

    static void replay(Class<?> target, Consumer<byte[]> run) {
        Map<String, byte[]> inputs = Corpus.of(target);
        assertThat(inputs).hasSizeGreaterThan(10);
        inputs.forEach((name, input) -> {
            check(name, input, run);
            Random random = new Random(name.hashCode());
            for (int i = 0; i < NEIGHBOURS; i++) {
                check("near " + name, neighbour(input, random), run);
            }
        });
    }

    private static void check(String name, byte[] input, Consumer<byte[]> run) {
        try {
            run.accept(input);
        } catch (Throwable broken) {
            throw new AssertionError(name + ": " + Corpus.escaped(input), broken);
        }
    }

    /** With one to four of its bytes changed, gone, doubled, or everything after one of them gone. */
    private static byte[] neighbour(byte[] input, Random random) {
        byte[] near = input;
        for (int changes = 1 + random.nextInt(4); changes > 0 && near.length > 0; changes--) {
            int at = random.nextInt(near.length);
            near = switch (random.nextInt(8)) {
                case 0 -> Arrays.copyOf(near, at);
                case 1 -> spliced(near, at, at + 1);
                case 2 -> spliced(near, at + 1, at);
                default -> {
                    byte[] changed = near.clone();
                    changed[at] =
                            (byte) (random.nextBoolean() ? random.nextInt(256) : near[at] ^ 1 << random.nextInt(8));
                    yield changed;
                }
            };
        }
        return near;
    }

    /** What comes before one place, then what comes from another place on. */
    private static byte[] spliced(byte[] input, int to, int from) {
        byte[] joined = Arrays.copyOf(input, to + input.length - from);
        System.arraycopy(input, from, joined, to, input.length - from);
        return joined;
    }
}
