package dev.openline.wire;

import static dev.openline.wire.PeerBytes.CONTINUATION;
import static dev.openline.wire.PeerBytes.FIN;
import static dev.openline.wire.PeerBytes.TEXT;
import static dev.openline.wire.WireEvent.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("RFC 6455 §5.6 and §8.1 text is UTF-8")
class TextTest {
    private static final String POLYGLOT =
            "κόσμε, 世界, 🌍, \u0000\u007f\u0080\u07ff\u0800\ud7ff\ue000\uffff \udbff\udfff";

    @ParameterizedTest
    @EnumSource(Role.class)
    void textOfEveryWidthIsHeard(Role reader) {
        Expect.heard(reader, PeerBytes.to(reader).text(POLYGLOT), text(POLYGLOT));
        for (int pad = 0; pad < 9; pad++) {
            String shifted = "x".repeat(pad) + "é" + "y".repeat(8 - pad) + "🌍";
            Expect.heard(reader, PeerBytes.to(reader).text(shifted), text(shifted));
        }
    }

    @ParameterizedTest
    @EnumSource(Role.class)
    void charactersMayBeCutByFragments(Role reader) {
        byte[] bytes = POLYGLOT.getBytes(StandardCharsets.UTF_8);
        PeerBytes stream = PeerBytes.to(reader).frame(TEXT, "");
        for (byte b : bytes) {
            stream.frame(CONTINUATION, new byte[] {b});
        }
        Expect.heard(reader, stream.frame(FIN | CONTINUATION, ""), text(POLYGLOT));
    }

    @ParameterizedTest
    @EnumSource(Role.class)
    void badBytesFailWith1007(Role reader) {
        for (String bad : List.of(
                "ff",
                "80",
                "c0af",
                "c1bf",
                "e080af",
                "e09fbf",
                "eda080",
                "edbfbf",
                "f08080af",
                "f08fbfbf",
                "f4908080",
                "f5808080",
                "fe",
                "c328",
                "e2 28 a1",
                "f0 9f 8c 28",
                "cebae1bdb9cf83cebcceb5eda080656469746564")) {
            PeerBytes whole = PeerBytes.to(reader).frame(FIN | TEXT, "6162636465666768" + bad + "61");
            Expect.failed(reader, whole, 1007, "§8.1");
            PeerBytes pieces = PeerBytes.to(reader).frame(TEXT, "61" + bad).frame(FIN | CONTINUATION, "");
            Expect.failed(reader, pieces, 1007, "§8.1");
        }
    }

    @ParameterizedTest
    @EnumSource(Role.class)
    void messageThatEndsInsideACharacterFailsWith1007(Role reader) {
        for (String cut : List.of("c3", "e282", "f09f8c", "f0")) {
            Expect.failed(reader, PeerBytes.to(reader).frame(FIN | TEXT, "61" + cut), 1007, "§8.1");
            PeerBytes pieces = PeerBytes.to(reader).frame(TEXT, "61" + cut).frame(FIN | CONTINUATION, "");
            Expect.failed(reader, pieces, 1007, "§8.1");
        }
    }

    @ParameterizedTest
    @EnumSource(Role.class)
    void firstBadByteFailsInsideAnUnfinishedFrame(Role reader) {
        for (String bad : List.of("ff", "c0", "c1", "e080", "eda0", "f080", "f490", "f5", "e28261", "80")) {
            Expect.failed(reader, PeerBytes.to(reader).unfinished(FIN | TEXT, 1000, "61" + bad), 1007, "§8.1");
            Expect.failed(reader, PeerBytes.to(reader).unfinished(TEXT, 1000, "61" + bad), 1007, "§8.1");
        }
        Expect.heard(reader, PeerBytes.to(reader).unfinished(FIN | TEXT, 1000, "61 ed9f"));
    }

    @ParameterizedTest
    @EnumSource(Role.class)
    void firstBadByteFailsBeforeTheMessageEnds(Role reader) {
        Expect.failed(reader, PeerBytes.to(reader).frame(TEXT, "61").frame(CONTINUATION, "ff"), 1007, "§8.1");
        Expect.failed(reader, PeerBytes.to(reader).frame(TEXT, "e2").frame(CONTINUATION, "28"), 1007, "§8.1");
    }

    @ParameterizedTest
    @EnumSource(Role.class)
    void binaryIsNotChecked(Role reader) {
        Expect.heard(reader, PeerBytes.to(reader).binary("ff80c0"), WireEvent.binary("ff80c0"));
    }

    @ParameterizedTest
    @EnumSource(Role.class)
    void textSplitAnywhereInsideReadsOfOtherSizesIsHeard(Role reader) {
        String longer = POLYGLOT.repeat(40);
        byte[] stream = PeerBytes.to(reader).text(longer).bytes();
        for (int size = 1; size < 40; size++) {
            assertThat(Feed.inParts(reader, WireLimits.DEFAULT, stream, size, true))
                    .as("reads of %d bytes", size)
                    .containsExactly(text(longer));
        }
    }
}
