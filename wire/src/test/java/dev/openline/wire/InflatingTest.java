package dev.openline.wire;

import static dev.openline.wire.Deflating.ALONE;
import static dev.openline.wire.Deflating.RSV1;
import static dev.openline.wire.Deflating.TAKING_OVER;
import static dev.openline.wire.Deflating.deflated;
import static dev.openline.wire.PeerBytes.BINARY;
import static dev.openline.wire.PeerBytes.CONTINUATION;
import static dev.openline.wire.PeerBytes.FIN;
import static dev.openline.wire.PeerBytes.PING;
import static dev.openline.wire.PeerBytes.TEXT;
import static dev.openline.wire.WireEvent.binary;
import static dev.openline.wire.WireEvent.ping;
import static dev.openline.wire.WireEvent.sentPong;
import static dev.openline.wire.WireEvent.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.Deflater;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("RFC 7692 receiving compressed messages")
class InflatingTest {
    private static final int WHOLE_TEXT = FIN | RSV1 | TEXT;
    private static final int WHOLE_BINARY = FIN | RSV1 | BINARY;

    @Nested
    @DisplayName("§7.2.3 the RFC's examples")
    class Examples {
        @ParameterizedTest
        @EnumSource(Role.class)
        void oneBlock(Role reader) {
            heard(reader, ALONE, PeerBytes.to(reader).frame(WHOLE_TEXT, "f248cdc9c90700"), text("Hello"));
        }

        @ParameterizedTest
        @EnumSource(Role.class)
        void oneBlockInTwoFragments(Role reader) {
            PeerBytes stream = PeerBytes.to(reader).frame(RSV1 | TEXT, "f248cd").frame(FIN | CONTINUATION, "c9c90700");
            heard(reader, ALONE, stream, text("Hello"));
        }

        @ParameterizedTest
        @EnumSource(Role.class)
        void sharedWindow(Role reader) {
            PeerBytes stream =
                    PeerBytes.to(reader).frame(WHOLE_TEXT, "f248cdc9c90700").frame(WHOLE_TEXT, "f200110000");
            heard(reader, TAKING_OVER, stream, text("Hello"), text("Hello"));
        }

        @ParameterizedTest
        @EnumSource(Role.class)
        void blockWithoutCompression(Role reader) {
            heard(reader, ALONE, PeerBytes.to(reader).frame(WHOLE_TEXT, "000500faff48656c6c6f00"), text("Hello"));
        }

        @ParameterizedTest
        @EnumSource(Role.class)
        void blockWithBfinal(Role reader) {
            heard(reader, ALONE, PeerBytes.to(reader).frame(WHOLE_TEXT, "f348cdc9c9070000"), text("Hello"));
        }

        @ParameterizedTest
        @EnumSource(Role.class)
        void twoBlocks(Role reader) {
            heard(reader, ALONE, PeerBytes.to(reader).frame(WHOLE_TEXT, "f248050000 00ffffcac9c90700"), text("Hello"));
        }

        @ParameterizedTest
        @EnumSource(Role.class)
        void emptyMessage(Role reader) {
            PeerBytes stream = PeerBytes.to(reader)
                    .frame(WHOLE_TEXT, "00")
                    .frame(WHOLE_BINARY, "00")
                    .frame(RSV1 | TEXT, "")
                    .frame(FIN | CONTINUATION, "00");
            heard(reader, ALONE, stream, text(""), binary(""), text(""));
        }
    }

    @Nested
    @DisplayName("messages")
    class Messages {
        @ParameterizedTest
        @EnumSource(Role.class)
        void ofBothKindsAndPlainOnesMayFollowEachOther(Role reader) {
            PeerBytes stream = PeerBytes.to(reader)
                    .frame(WHOLE_TEXT, deflated("grüße 🌍"))
                    .text("plain")
                    .frame(WHOLE_BINARY, deflated(Hex.bytes("00ff00ff")))
                    .binary("01");
            heard(reader, ALONE, stream, text("grüße 🌍"), text("plain"), binary("00ff00ff"), binary("01"));
        }

        @ParameterizedTest
        @EnumSource(Role.class)
        void inFragmentsOfAnySizeWithControlFramesBetween(Role reader) {
            byte[] payload = deflated("fragmented, fragmented, fragmented");
            for (int size = 1; size <= payload.length; size += 3) {
                PeerBytes stream = PeerBytes.to(reader);
                fragments(stream, payload, size);
                heard(reader, ALONE, stream, List.of(text("fragmented, fragmented, fragmented")));
            }
            PeerBytes stream = PeerBytes.to(reader)
                    .frame(RSV1 | TEXT, "f248")
                    .ping("01")
                    .frame(CONTINUATION, "")
                    .frame(CONTINUATION, "cdc9c907")
                    .frame(FIN | CONTINUATION, "00");
            heard(reader, ALONE, stream, sentPong("01"), ping("01"), text("Hello"));
        }

        @ParameterizedTest
        @EnumSource(Role.class)
        void madeOfSeveralFinalBlocksAreOne(Role reader) {
            PeerBytes padded = PeerBytes.to(reader).frame(WHOLE_TEXT, "f348cdc9c90700 f348cdc9c90700 00");
            heard(reader, ALONE, padded, text("HelloHello"));
            PeerBytes bare = PeerBytes.to(reader).frame(WHOLE_TEXT, "f348cdc9c90700 f348cdc9c90700");
            heard(reader, ALONE, bare, text("HelloHello"));
        }

        @ParameterizedTest
        @EnumSource(Role.class)
        void withTakeoverReferBackOverPlainOnesAndFinalBlocks(Role reader) {
            PeerBytes stream = PeerBytes.to(reader)
                    .frame(WHOLE_TEXT, "f348cdc9c9070000")
                    .text("plain, and no part of the window")
                    .frame(WHOLE_TEXT, "f200110000");
            heard(reader, TAKING_OVER, stream, text("Hello"), text("plain, and no part of the window"), text("Hello"));
        }

        @ParameterizedTest
        @EnumSource(Role.class)
        void withTakeoverReferToTheVeryStartOfTheWindow(Role reader) {
            byte[] start = new byte[300];
            byte[] rest = new byte[32_768 - 262 - 300];
            new Random(7).nextBytes(start);
            new Random(8).nextBytes(rest);
            Deflater deflater = new Deflater(9, true);
            PeerBytes stream = PeerBytes.to(reader)
                    .frame(WHOLE_BINARY, deflated(deflater, start))
                    .frame(WHOLE_BINARY, deflated(deflater, rest));
            byte[] again = deflated(deflater, start);
            deflater.end();
            assertThat(again.length).as("it does refer back").isLessThan(100);
            stream.frame(WHOLE_BINARY, again);
            heard(reader, TAKING_OVER, stream, binary(Hex.of(start)), binary(Hex.of(rest)), binary(Hex.of(start)));
        }
    }

    @Nested
    @DisplayName("what is wrong with a message")
    class Faults {
        @ParameterizedTest
        @EnumSource(Role.class)
        void bitOnAContinuationOrControlFrameFailsWith1002(Role reader) {
            PeerBytes continued =
                    PeerBytes.to(reader).frame(RSV1 | TEXT, "f248").frame(FIN | RSV1 | CONTINUATION, "cdc9c90700");
            failed(reader, ALONE, continued, 1002, "RFC 6455 §5.2");
            failed(reader, ALONE, PeerBytes.to(reader).frame(FIN | RSV1 | PING, ""), 1002, "RFC 6455 §5.2");
        }

        @ParameterizedTest
        @ValueSource(ints = {0x20, 0x10, 0x70})
        void otherReservedBitsFailWith1002(int bits) {
            PeerBytes stream = PeerBytes.to(Role.SERVER).frame(FIN | bits | TEXT, "f248cdc9c90700");
            failed(Role.SERVER, ALONE, stream, 1002, "RFC 6455 §5.2");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    // A block of the reserved type, a distance beyond the start, lengths that contradict each other,
                    "07",
                    "f200110000",
                    "000500fbff48656c6c6f00",
                    // a code that is over-subscribed, and bytes behind the end of the stream that are no block.
                    "04fe0000",
                    "f348cdc9c90700 07"
                })
        void brokenStreamFailsWith1007(String payload) {
            for (Role reader : Role.values()) {
                failed(reader, ALONE, PeerBytes.to(reader).frame(WHOLE_TEXT, payload), 1007, "RFC 7692 §7.2.2");
            }
        }

        @Test
        void streamThatEndsInsideABlockFailsWith1007AtEveryByte() {
            byte[] payload = deflated("ends where it should, ends where it should, or so they say");
            for (int length = 1; length < payload.length - 1; length++) {
                PeerBytes stream = PeerBytes.to(Role.SERVER).frame(WHOLE_BINARY, Arrays.copyOf(payload, length));
                failed(Role.SERVER, ALONE, stream, 1007, "RFC 7692 §7.2.2");
            }
            PeerBytes stored = PeerBytes.to(Role.SERVER).frame(WHOLE_BINARY, "002000dfff48656c6c6f");
            failed(Role.SERVER, ALONE, stored, 1007, "RFC 7692 §7.2.2");
        }

        @ParameterizedTest
        @EnumSource(Role.class)
        void referenceToAnEarlierMessageFailsWithoutTakeover(Role reader) {
            PeerBytes stream =
                    PeerBytes.to(reader).frame(WHOLE_TEXT, "f248cdc9c90700").frame(WHOLE_TEXT, "f200110000");
            failed(reader, ALONE, stream, 1007, "RFC 7692 §7.2.2", text("Hello"));
        }

        @ParameterizedTest
        @EnumSource(Role.class)
        void referenceBeyondTheAgreedWindowFails(Role reader) {
            byte[] start = new byte[300];
            byte[] rest = new byte[600];
            new Random(7).nextBytes(start);
            new Random(8).nextBytes(rest);
            Deflater deflater = new Deflater(9, true);
            PeerBytes stream = PeerBytes.to(reader)
                    .frame(WHOLE_BINARY, deflated(deflater, start))
                    .frame(WHOLE_BINARY, deflated(deflater, rest))
                    .frame(WHOLE_BINARY, deflated(deflater, start));
            deflater.end();
            DeflateParameters small = Deflating.windows(ContextTakeover.YES, 9);
            failed(reader, small, stream, 1007, "RFC 7692 §7.2.2", binary(Hex.of(start)), binary(Hex.of(rest)));
        }

        @ParameterizedTest
        @ValueSource(strings = {"ff", "61c3", "c3 28", "eda080", "f0908d"})
        void textThatIsNotUtf8FailsWith1007(String bytes) {
            for (Role reader : Role.values()) {
                byte[] bad = Hex.bytes(bytes);
                byte[] late = Arrays.copyOf("x".repeat(40_000).getBytes(StandardCharsets.UTF_8), 40_000 + bad.length);
                System.arraycopy(bad, 0, late, 40_000, bad.length);
                failed(reader, ALONE, PeerBytes.to(reader).frame(WHOLE_TEXT, deflated(bad)), 1007, "RFC 6455 §8.1");
                failed(reader, ALONE, PeerBytes.to(reader).frame(WHOLE_TEXT, deflated(late)), 1007, "RFC 6455 §8.1");
                heard(reader, ALONE, PeerBytes.to(reader).frame(WHOLE_BINARY, deflated(bad)), List.of(binary(bytes)));
            }
        }

        @Test
        void characterMayLieAcrossTwoStepsOfInflating() {
            StringBuilder letters = new StringBuilder();
            new Random(1).ints(100_000, 'a', 'z').forEach(letters::appendCodePoint);
            letters.insert((32 << 10) - 1, "ü").append("🌍");
            String text = letters.toString();
            PeerBytes stream = PeerBytes.to(Role.SERVER).frame(WHOLE_TEXT, deflated(text));
            heard(Role.SERVER, ALONE, stream, text(text));
        }
    }

    private static void fragments(PeerBytes stream, byte[] payload, int size) {
        for (int at = 0; at < payload.length; at += size) {
            int end = Math.min(payload.length, at + size);
            int first = at == 0 ? RSV1 | TEXT : CONTINUATION;
            stream.frame(first | (end == payload.length ? FIN : 0), Arrays.copyOfRange(payload, at, end));
        }
    }

    private static void heard(Role reader, DeflateParameters agreed, PeerBytes stream, WireEvent... events) {
        heard(reader, agreed, stream, List.of(events));
    }

    private static void heard(Role reader, DeflateParameters agreed, PeerBytes stream, List<WireEvent> events) {
        assertThat(Feed.everyWay(reader, () -> Deflating.wire(reader, agreed), stream.bytes()))
                .isEqualTo(events);
    }

    @SuppressWarnings("checkstyle:ParameterNumber") // Reads as a sentence where it is used.
    private static void failed(
            Role reader, DeflateParameters agreed, PeerBytes stream, int code, String rule, WireEvent... before) {
        Expect.failed(reader, () -> Deflating.wire(reader, agreed), stream, code, rule, before);
    }
}
