package dev.openline.wire;

import static dev.openline.wire.PeerBytes.BINARY;
import static dev.openline.wire.PeerBytes.CONTINUATION;
import static dev.openline.wire.PeerBytes.FIN;
import static dev.openline.wire.PeerBytes.PING;
import static dev.openline.wire.PeerBytes.TEXT;
import static dev.openline.wire.WireEvent.binary;
import static dev.openline.wire.WireEvent.ping;
import static dev.openline.wire.WireEvent.pong;
import static dev.openline.wire.WireEvent.sentPong;
import static dev.openline.wire.WireEvent.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class FramingTest {
    private static final String BYTES_125 = "ab".repeat(125);

    @Nested
    @DisplayName("RFC 6455 §5.1 masking")
    class Masking {
        @Test
        void serverRefusesAFrameWithoutAMask() {
            PeerBytes unmasked = PeerBytes.to(Role.CLIENT).text("hello");
            Expect.failed(Role.SERVER, unmasked, 1002, "§5.1");
        }

        @Test
        void clientRefusesAMaskedFrame() {
            PeerBytes masked = PeerBytes.to(Role.SERVER).text("hello");
            Expect.failed(Role.CLIENT, masked, 1002, "§5.1");
        }

        @Test
        void controlFramesAndContinuationsFollowTheMaskRuleToo() {
            Expect.failed(Role.SERVER, PeerBytes.to(Role.CLIENT).ping("aa"), 1002, "§5.1");
            Expect.failed(Role.CLIENT, PeerBytes.to(Role.SERVER).ping("aa"), 1002, "§5.1");
            Expect.failed(Role.CLIENT, PeerBytes.to(Role.SERVER).close(1000, ""), 1002, "§5.1");
            PeerBytes half = PeerBytes.to(Role.SERVER).frame(TEXT, "61").raw("80 01 62");
            Expect.failed(Role.SERVER, half, 1002, "§5.1");
        }

        @ParameterizedTest
        @ValueSource(ints = {0, 0xffffffff, 0x00000080, 0x80000000, 0x01020304})
        void everyKeyIsUndoneAtEveryLength(int key) {
            for (int length = 0; length < 70; length++) {
                byte[] payload = new byte[length];
                new Random(length).nextBytes(payload);
                byte[] masked = payload.clone();
                for (int i = 0; i < length; i++) {
                    masked[i] ^= (byte) (key >> 24 - 8 * (i % 4));
                }
                PeerBytes stream = PeerBytes.to(Role.SERVER)
                        .head(FIN | BINARY, length, 0)
                        .raw(String.format("%08x", key) + Hex.of(masked));
                Expect.heard(Role.SERVER, stream, binary(Hex.of(payload)));
            }
        }
    }

    @Nested
    @DisplayName("RFC 6455 §5.2 base framing")
    class BaseFraming {
        @ParameterizedTest
        @EnumSource(Role.class)
        void everyLengthFormIsRead(Role reader) {
            for (int length : new int[] {0, 1, 7, 8, 124, 125, 126, 127, 128, 65534, 65535, 65536, 65537}) {
                byte[] payload = new byte[length];
                new Random(length).nextBytes(payload);
                Expect.heard(reader, PeerBytes.to(reader).frame(FIN | BINARY, payload), binary(Hex.of(payload)));
            }
        }

        @ParameterizedTest
        @EnumSource(Role.class)
        void severalFramesOfOneReadAreHeardInOrder(Role reader) {
            Expect.heard(
                    reader,
                    PeerBytes.to(reader)
                            .text("one")
                            .binary("02")
                            .ping("03")
                            .text("")
                            .pong("")
                            .text("six"),
                    text("one"),
                    binary("02"),
                    sentPong("03"),
                    ping("03"),
                    text(""),
                    pong(""),
                    text("six"));
        }

        @ParameterizedTest
        @EnumSource(Role.class)
        void lengthNotInItsShortestFormFailsWith1002(Role reader) {
            for (int length : new int[] {0, 1, 125}) {
                Expect.failed(reader, PeerBytes.to(reader).head(FIN | TEXT, 126, length), 1002, "§5.2");
                Expect.failed(reader, PeerBytes.to(reader).head(FIN | TEXT, 127, length), 1002, "§5.2");
            }
            Expect.failed(reader, PeerBytes.to(reader).head(FIN | BINARY, 127, 126), 1002, "§5.2");
            Expect.failed(reader, PeerBytes.to(reader).head(FIN | BINARY, 127, 65535), 1002, "§5.2");
        }

        @ParameterizedTest
        @EnumSource(Role.class)
        void lengthWithItsHighestBitSetFailsWith1002(Role reader) {
            Expect.failed(reader, PeerBytes.to(reader).head(FIN | BINARY, 127, Long.MIN_VALUE), 1002, "§5.2");
            Expect.failed(reader, PeerBytes.to(reader).head(FIN | BINARY, 127, -1), 1002, "§5.2");
            Expect.failed(reader, PeerBytes.to(reader).head(FIN | BINARY, 127, Long.MIN_VALUE + 70000), 1002, "§5.2");
        }

        @ParameterizedTest
        @EnumSource(Role.class)
        void reservedBitNobodyNegotiatedFailsWith1002OnEveryFrame(Role reader) {
            for (int bits = 0x10; bits <= 0x70; bits += 0x10) {
                for (int opcode : new int[] {TEXT, BINARY, PeerBytes.CLOSE, PING, PeerBytes.PONG}) {
                    Expect.failed(reader, PeerBytes.to(reader).frame(FIN | bits | opcode, ""), 1002, "§5.2");
                }
                PeerBytes continued = PeerBytes.to(reader).frame(TEXT, "61").frame(FIN | bits | CONTINUATION, "62");
                Expect.failed(reader, continued, 1002, "§5.2");
            }
        }

        @ParameterizedTest
        @EnumSource(Role.class)
        void unknownOpcodeFailsWith1002(Role reader) {
            for (int opcode : new int[] {3, 4, 5, 6, 7, 0xB, 0xC, 0xD, 0xE, 0xF}) {
                Expect.failed(
                        reader, PeerBytes.to(reader).text("a").frame(FIN | opcode, "62"), 1002, "§5.2", text("a"));
                Expect.failed(reader, PeerBytes.to(reader).frame(opcode, "62"), 1002, "§5.2");
                PeerBytes inside = PeerBytes.to(reader).frame(TEXT, "61").frame(FIN | opcode, "62");
                Expect.failed(reader, inside, 1002, "§5.2");
            }
        }

        @ParameterizedTest
        @EnumSource(Role.class)
        void brokenRuleIsFoundAtItsByteNotAtTheEndOfTheHead(Role reader) {
            Expect.failed(reader, PeerBytes.to(reader).raw("83"), 1002, "§5.2");
            Expect.failed(reader, PeerBytes.to(reader).raw("c1"), 1002, "§5.2");
            Expect.failed(reader, PeerBytes.to(reader).raw("80"), 1002, "§5.4");
            Expect.failed(reader, PeerBytes.to(reader).raw("09"), 1002, "§5.5");
            Expect.failed(reader, PeerBytes.to(reader).head(FIN | TEXT, 126, 125), 1002, "§5.2");
        }

        @ParameterizedTest
        @EnumSource(Role.class)
        void nothingIsHeardOfAFrameThatDoesNotEnd(Role reader) {
            Expect.heard(reader, PeerBytes.to(reader).unfinished(FIN | TEXT, 6, "68656c6c6f"));
            Expect.heard(reader, PeerBytes.to(reader).unfinished(FIN | BINARY, 70000, BYTES_125));
            Expect.heard(reader, PeerBytes.to(reader).unfinished(FIN | PING, 2, "00"));
            Expect.heard(reader, PeerBytes.to(reader).raw("81"));
        }

        @ParameterizedTest
        @EnumSource(Role.class)
        void ownedReservedBitIsAllowedOnTheFrameThatOpensAMessageOnly(Role reader) {
            assertThat(withOwnedBit(reader, PeerBytes.to(reader).frame(FIN | 0x40 | BINARY, "aa")))
                    .containsExactly(binary("aa"));
            assertThat(withOwnedBit(
                            reader,
                            PeerBytes.to(reader).frame(0x40 | BINARY, "aa").frame(FIN, "bb")))
                    .containsExactly(binary("aabb"));
            for (int refused : new int[] {FIN | 0x20 | BINARY, FIN | 0x60 | BINARY, FIN | 0x40 | PING}) {
                assertThat(withOwnedBit(reader, PeerBytes.to(reader).frame(refused, "")))
                        .first()
                        .isInstanceOf(WireEvent.Violation.class);
            }
            PeerBytes continued =
                    PeerBytes.to(reader).frame(0x40 | BINARY, "aa").frame(FIN | 0x40, "bb");
            assertThat(withOwnedBit(reader, continued)).first().isInstanceOf(WireEvent.Violation.class);
        }

        @ParameterizedTest
        @EnumSource(Role.class)
        void textUnderAnOwnedBitIsNotCheckedHere(Role reader) {
            assertThat(withOwnedBit(reader, PeerBytes.to(reader).frame(FIN | 0x40 | TEXT, "ff")))
                    .containsExactly(text("\ufffd"));
            assertThat(withOwnedBit(
                            reader,
                            PeerBytes.to(reader).frame(0x40 | TEXT, "ff").frame(FIN, "c3")))
                    .containsExactly(text("\ufffd\ufffd"));
            assertThat(withOwnedBit(reader, PeerBytes.to(reader).frame(FIN | TEXT, "ff")))
                    .first()
                    .isInstanceOf(WireEvent.Violation.class);
        }

        private static List<WireEvent> withOwnedBit(Role reader, PeerBytes stream) {
            Recorder heard = new Recorder(reader);
            HeadRules rules = new HeadRules(reader, WireLimits.DEFAULT, ReservedBits.owning(0x40));
            Wire wire = new Wire(rules, WireTiming.DEFAULT, () -> 1, 0);
            wire.receive(java.nio.ByteBuffer.wrap(stream.bytes()), 0, heard);
            return heard.take();
        }
    }

    @Nested
    @DisplayName("RFC 6455 §5.4 fragmentation")
    class Fragmentation {
        @ParameterizedTest
        @EnumSource(Role.class)
        void fragmentsAreJoined(Role reader) {
            PeerBytes stream = PeerBytes.to(reader)
                    .frame(TEXT, "6f6e65")
                    .frame(CONTINUATION, "2c")
                    .frame(FIN | CONTINUATION, "74776f")
                    .frame(BINARY, "01")
                    .frame(FIN | CONTINUATION, BYTES_125);
            Expect.heard(reader, stream, text("one,two"), binary("01" + BYTES_125));
        }

        @ParameterizedTest
        @EnumSource(Role.class)
        void emptyFragmentsAreFragments(Role reader) {
            PeerBytes stream = PeerBytes.to(reader)
                    .frame(TEXT, "")
                    .frame(CONTINUATION, "")
                    .frame(CONTINUATION, "61")
                    .frame(FIN | CONTINUATION, "")
                    .frame(BINARY, "")
                    .frame(FIN | CONTINUATION, "");
            Expect.heard(reader, stream, text("a"), binary(""));
        }

        @ParameterizedTest
        @EnumSource(Role.class)
        void pingBetweenFragmentsIsAnsweredBeforeTheMessageEnds(Role reader) {
            PeerBytes stream = PeerBytes.to(reader)
                    .frame(TEXT, "61")
                    .ping("01")
                    .frame(CONTINUATION, "62")
                    .pong("02")
                    .frame(FIN | CONTINUATION, "63");
            Expect.heard(reader, stream, sentPong("01"), ping("01"), pong("02"), text("abc"));
        }

        @ParameterizedTest
        @EnumSource(Role.class)
        void continuationOfNoMessageFailsWith1002(Role reader) {
            Expect.failed(reader, PeerBytes.to(reader).frame(FIN | CONTINUATION, "61"), 1002, "§5.4");
            Expect.failed(reader, PeerBytes.to(reader).frame(CONTINUATION, "61"), 1002, "§5.4");
            PeerBytes after = PeerBytes.to(reader)
                    .frame(TEXT, "61")
                    .frame(FIN | CONTINUATION, "62")
                    .frame(FIN | CONTINUATION, "63");
            Expect.failed(reader, after, 1002, "§5.4", text("ab"));
            Expect.failed(
                    reader, PeerBytes.to(reader).text("whole").frame(CONTINUATION, ""), 1002, "§5.4", text("whole"));
        }

        @ParameterizedTest
        @EnumSource(Role.class)
        void newMessageInsideAFragmentedOneFailsWith1002(Role reader) {
            for (int opener : new int[] {TEXT, BINARY, FIN | TEXT, FIN | BINARY}) {
                PeerBytes stream = PeerBytes.to(reader).frame(TEXT, "61").frame(opener, "62");
                Expect.failed(reader, stream, 1002, "§5.4");
                PeerBytes empty = PeerBytes.to(reader).frame(BINARY, "").frame(opener, "");
                Expect.failed(reader, empty, 1002, "§5.4");
            }
        }
    }

    @Nested
    @DisplayName("RFC 6455 §5.5 control frames")
    class ControlFrames {
        @ParameterizedTest
        @EnumSource(Role.class)
        void pingIsAnsweredWithItsOwnPayload(Role reader) {
            Expect.heard(reader, PeerBytes.to(reader).ping(""), sentPong(""), ping(""));
            Expect.heard(reader, PeerBytes.to(reader).ping("00ff"), sentPong("00ff"), ping("00ff"));
            Expect.heard(reader, PeerBytes.to(reader).ping(BYTES_125), sentPong(BYTES_125), ping(BYTES_125));
        }

        @ParameterizedTest
        @EnumSource(Role.class)
        void everyPingIsAnsweredInOrder(Role reader) {
            Expect.heard(
                    reader,
                    PeerBytes.to(reader).ping("01").ping("02"),
                    sentPong("01"),
                    ping("01"),
                    sentPong("02"),
                    ping("02"));
        }

        @ParameterizedTest
        @EnumSource(Role.class)
        void pongNobodyAskedForIsHeardAndNotAnswered(Role reader) {
            Expect.heard(reader, PeerBytes.to(reader).pong("").pong("aa"), pong(""), pong("aa"));
        }

        @ParameterizedTest
        @EnumSource(Role.class)
        void controlFrameOf126BytesFailsWith1002(Role reader) {
            for (int opcode : new int[] {PeerBytes.CLOSE, PING, PeerBytes.PONG}) {
                Expect.failed(reader, PeerBytes.to(reader).head(FIN | opcode, 126, 126), 1002, "§5.5");
                Expect.failed(reader, PeerBytes.to(reader).head(FIN | opcode, 126, 5), 1002, "§5.5");
                Expect.failed(reader, PeerBytes.to(reader).head(FIN | opcode, 127, 70000), 1002, "§5.5");
            }
        }

        @ParameterizedTest
        @EnumSource(Role.class)
        void controlFrameInPiecesFailsWith1002(Role reader) {
            for (int opcode : new int[] {PeerBytes.CLOSE, PING, PeerBytes.PONG}) {
                Expect.failed(reader, PeerBytes.to(reader).frame(opcode, ""), 1002, "§5.5");
            }
        }
    }
}
