package dev.openline.wire;

import static dev.openline.wire.PeerBytes.CONTINUATION;
import static dev.openline.wire.PeerBytes.FIN;
import static dev.openline.wire.PeerBytes.TEXT;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Text that is no UTF-8, of every kind: it fails with 1007 at the read that brings the byte which nothing could mend, not
 * sooner and not later, whatever the frames it comes in.
 */
@DisplayName("RFC 6455 §8.1 bad text is refused at its first bad byte")
class BadTextTest {
    /** The bytes, and how many of them can still become text: the next one is the bad one. */
    record Bad(String kind, String hex, int good) {
        @Override
        public String toString() {
            return kind + " " + hex;
        }
    }

    static Stream<Bad> bad() {
        return Stream.of(
                new Bad("continuation alone", "80", 0),
                new Bad("continuation too many", "c2a980", 2),
                new Bad("overlong in two, lowest", "c080", 0),
                new Bad("overlong in two, highest", "c1bf", 0),
                new Bad("overlong in three, lowest", "e08080", 1),
                new Bad("overlong in three, highest", "e09fbf", 1),
                new Bad("overlong in four, lowest", "f0808080", 1),
                new Bad("overlong in four, highest", "f08fbfbf", 1),
                new Bad("surrogate, lowest", "eda080", 1),
                new Bad("surrogate, highest", "edbfbf", 1),
                new Bad("pair of surrogates", "eda081edb080", 1),
                new Bad("first beyond Unicode", "f4908080", 1),
                new Bad("far beyond Unicode", "f5808080", 0),
                new Bad("five bytes", "f888808080", 0),
                new Bad("six bytes", "fc8480808080", 0),
                new Bad("never a byte of text", "fe", 0),
                new Bad("never a byte of text", "ff", 0),
                new Bad("two cut short", "c261", 1),
                new Bad("three cut short after one", "e261", 1),
                new Bad("three cut short after two", "e28261", 2),
                new Bad("four cut short after one", "f061", 1),
                new Bad("four cut short after two", "f09061", 2),
                new Bad("four cut short after three", "f0908061", 3),
                new Bad("new character inside one", "e282c2a9", 2));
    }

    @ParameterizedTest
    @MethodSource("bad")
    void inOneFrame(Bad bad) {
        String before = "6fc3a9e282acf09f8c8d";
        byte[] payload = Hex.bytes(before + bad.hex() + "6f");
        for (Role reader : Role.values()) {
            PeerBytes stream = PeerBytes.to(reader);
            int start = stream.unfinished(FIN | TEXT, 1000, "").bytes().length;
            byte[] bytes = PeerBytes.to(reader)
                    .unfinished(FIN | TEXT, 1000, Hex.of(payload))
                    .bytes();
            assertThat(failsAt(reader, bytes)).isEqualTo(start + before.length() / 2 + bad.good());
        }
    }

    @ParameterizedTest
    @MethodSource("bad")
    void inTwoFramesCutAtEveryByte(Bad bad) {
        for (Role reader : Role.values()) {
            for (int cut = 0; cut < bad.hex().length(); cut += 2) {
                PeerBytes stream =
                        PeerBytes.to(reader).frame(TEXT, "6f" + bad.hex().substring(0, cut));
                int good = stream.bytes().length;
                if (cut / 2 > bad.good()) {
                    good -= cut / 2 - bad.good();
                    assertThat(failsAt(reader, stream.bytes())).isEqualTo(good);
                } else {
                    String rest = bad.hex().substring(cut);
                    good = PeerBytes.to(reader)
                                    .frame(TEXT, "6f" + bad.hex().substring(0, cut))
                                    .unfinished(CONTINUATION, 100, "")
                                    .bytes()
                                    .length
                            + bad.good()
                            - cut / 2;
                    assertThat(failsAt(
                                    reader,
                                    stream.unfinished(CONTINUATION, 100, rest).bytes()))
                            .isEqualTo(good);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("bad")
    void inOneReadAndInTheMiddleOfALongText(Bad bad) {
        for (Role reader : Role.values()) {
            for (int pad = 0; pad < 17; pad++) {
                String hex = "61".repeat(pad) + bad.hex() + "62".repeat(20);
                Expect.failed(reader, PeerBytes.to(reader).frame(FIN | TEXT, hex), 1007, "§8.1");
            }
        }
    }

    /** The index of the byte whose receipt fails the connection with 1007, fed byte by byte; -1 for none. */
    private static int failsAt(Role reader, byte[] stream) {
        Wire wire = Feed.wire(reader, WireLimits.DEFAULT);
        Recorder heard = new Recorder(reader);
        List<WireEvent> events = new ArrayList<>();
        for (int i = 0; i < stream.length; i++) {
            wire.receive(ByteBuffer.wrap(stream, i, 1), 0, heard);
            events.addAll(heard.take());
            if (!events.isEmpty()) {
                assertThat(events.get(0))
                        .isInstanceOfSatisfying(
                                WireEvent.Violation.class,
                                broken -> assertThat(broken.code()).isEqualTo(1007));
                return i;
            }
        }
        return -1;
    }
}
