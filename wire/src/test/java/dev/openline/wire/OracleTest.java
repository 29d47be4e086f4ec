package dev.openline.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Random streams, most of them nearly right, are read by the wire and by {@link NaiveReader} and must be heard alike. The
 * seed of a failing stream is in its message; set it as {@link #FIRST_SEED} to see that one first.
 */
@DisplayName("two readers agree")
class OracleTest {
    private static final long FIRST_SEED = 1;
    private static final int STREAMS = 8_000;
    private static final WireLimits LIMITS = new WireLimits(200, 300, 4);

    @ParameterizedTest
    @EnumSource(Role.class)
    void onRandomStreamsHoweverTheyAreCut(Role reader) {
        int failures = 0;
        int messages = 0;
        for (long seed = FIRST_SEED; seed < FIRST_SEED + STREAMS; seed++) {
            Random random = new Random(seed);
            byte[] stream = stream(reader, random);
            List<WireEvent> expected = NaiveReader.read(reader, LIMITS, stream);
            agree(expected, Feed.whole(reader, LIMITS, stream), seed, reader, stream);
            agree(expected, Feed.inParts(reader, LIMITS, stream, 1, false), seed, reader, stream);
            agree(expected, Feed.feed(reader, LIMITS, parts(stream, random), true), seed, reader, stream);
            failures += expected.stream().anyMatch(WireEvent.Violation.class::isInstance) ? 1 : 0;
            messages += (int)
                    expected.stream().filter(WireEvent.Text.class::isInstance).count();
        }
        // The generator must not slip into only good or only bad streams.
        assertThat(failures).isBetween(STREAMS / 5, STREAMS * 4 / 5);
        assertThat(messages).isGreaterThan(STREAMS / 4);
    }

    @SuppressWarnings("checkstyle:ParameterNumber") // Two lists to compare and what a reader of the failure needs.
    private static void agree(List<WireEvent> expected, List<WireEvent> heard, long seed, Role reader, byte[] stream) {
        List<WireEvent> cut = new ArrayList<>();
        for (WireEvent event : heard) {
            if (event instanceof WireEvent.Violation) {
                cut.add(new WireEvent.Violation(((WireEvent.Violation) event).code(), "", ""));
                break;
            }
            cut.add(event);
        }
        if (!cut.equals(expected)) {
            assertThat(cut)
                    .as("seed %d, read by a %s: %s", seed, reader, Hex.of(stream))
                    .isEqualTo(expected);
        }
    }

    private static byte[] stream(Role reader, Random random) {
        PeerBytes bytes = PeerBytes.to(reader);
        boolean inside = false;
        for (int i = 1 + random.nextInt(8); i > 0; i--) {
            int dice = random.nextInt(100);
            if (dice < 55) {
                boolean fin = random.nextInt(3) > 0;
                int opcode = inside ? 0 : 1 + random.nextInt(2);
                bytes.frame((fin ? 0x80 : 0) | opcode, payload(random));
                inside = !fin;
            } else if (dice < 80) {
                bytes.frame(0x89 + random.nextInt(2), Arrays.copyOf(payload(random), random.nextInt(126)));
            } else if (dice < 84) {
                bytes.close(1000 + random.nextInt(16), random.nextBoolean() ? "bye" : "");
            } else if (dice < 86) {
                bytes.frame(0x88, payload(random).length == 0 ? new byte[1] : new byte[0]);
            } else if (dice < 94) {
                bytes.frame(random.nextInt(256), payload(random));
            } else {
                bytes.head(0x80 | random.nextInt(3), 125 + random.nextInt(3), random.nextInt(400));
            }
        }
        return mutated(bytes.bytes(), random);
    }

    private static byte[] payload(Random random) {
        int length = random.nextInt(10) == 0 ? 120 + random.nextInt(90) : random.nextInt(24);
        StringBuilder text = new StringBuilder();
        while (text.length() < length) {
            int character = random.nextInt(4) == 0 ? random.nextInt(0x110000) : random.nextInt(0x80);
            if (character < 0xD800 || character > 0xDFFF) {
                text.appendCodePoint(character);
            }
        }
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        return random.nextInt(12) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length + 1)) : bytes;
    }

    /** One in four streams is cut short, has a byte changed, one missing or one too many. */
    private static byte[] mutated(byte[] bytes, Random random) {
        int at = random.nextInt(bytes.length);
        byte[] changed = bytes.clone();
        return switch (random.nextInt(16)) {
            case 0 -> Arrays.copyOf(bytes, at);
            case 1 -> {
                changed[at] ^= (byte) (1 << random.nextInt(8));
                yield changed;
            }
            case 2 -> without(bytes, at);
            case 3 -> {
                changed[at] = (byte) random.nextInt(256);
                yield changed;
            }
            default -> bytes;
        };
    }

    private static byte[] without(byte[] bytes, int at) {
        ByteArrayOutputStream rest = new ByteArrayOutputStream();
        rest.write(bytes, 0, at);
        rest.write(bytes, at + 1, bytes.length - at - 1);
        return rest.toByteArray();
    }

    private static List<byte[]> parts(byte[] stream, Random random) {
        List<byte[]> parts = new ArrayList<>();
        int at = 0;
        while (at < stream.length) {
            int end = Math.min(stream.length, at + 1 + random.nextInt(40));
            parts.add(Arrays.copyOfRange(stream, at, end));
            at = end;
        }
        return parts;
    }
}
