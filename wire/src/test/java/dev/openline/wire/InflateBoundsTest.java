package dev.openline.wire;

import static dev.openline.wire.Deflating.ALONE;
import static dev.openline.wire.Deflating.EAGER;
import static dev.openline.wire.Deflating.RSV1;
import static dev.openline.wire.Deflating.deflated;
import static dev.openline.wire.PeerBytes.BINARY;
import static dev.openline.wire.PeerBytes.CONTINUATION;
import static dev.openline.wire.PeerBytes.FIN;
import static dev.openline.wire.PeerBytes.TEXT;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("what may come out of a compressed message")
class InflateBoundsTest {
    private static final WireLimits SMALL = new WireLimits(1 << 20, 1_000, 1024);
    private static final DeflateOptions ANY_RATIO = EAGER.withMaxRatio(1_000_000, 0);

    @ParameterizedTest
    @EnumSource(Role.class)
    void messageMayBeExactlyAsLargeAsTheLimit(Role reader) {
        byte[] message = new byte[1_000];
        PeerBytes stream = PeerBytes.to(reader).frame(FIN | RSV1 | BINARY, deflated(message));
        assertThat(Feed.everyWay(reader, () -> Deflating.wire(reader, ALONE, ANY_RATIO, SMALL), stream.bytes()))
                .containsExactly(WireEvent.binary(Hex.of(message)));
    }

    @ParameterizedTest
    @EnumSource(Role.class)
    void oneByteMoreFailsWith1009(Role reader) {
        byte[] payload = deflated(new byte[1_001]);
        PeerBytes whole = PeerBytes.to(reader).frame(FIN | RSV1 | BINARY, payload);
        PeerBytes inTwo = PeerBytes.to(reader)
                .frame(RSV1 | BINARY, Arrays.copyOf(payload, 3))
                .frame(FIN | CONTINUATION, Arrays.copyOfRange(payload, 3, payload.length));
        for (PeerBytes stream : new PeerBytes[] {whole, inTwo}) {
            Expect.failed(
                    reader, () -> Deflating.wire(reader, ALONE, ANY_RATIO, SMALL), stream, 1009, "RFC 6455 §10.4");
        }
    }

    @ParameterizedTest
    @EnumSource(Role.class)
    void compressedBytesCountAsTheyComeToo(Role reader) {
        WireLimits limits = new WireLimits(1 << 20, 125, 1024);
        PeerBytes stream = PeerBytes.to(reader).unfinished(FIN | RSV1 | TEXT, 126, "");
        Expect.failed(reader, () -> Deflating.wire(reader, ALONE, EAGER, limits), stream, 1009, "RFC 6455 §10.4");
    }

    @ParameterizedTest
    @EnumSource(Role.class)
    void ratioBeyondTheBoundFailsWith1008(Role reader) {
        DeflateOptions bound = EAGER.withMaxRatio(20, 5_000);
        PeerBytes stream = PeerBytes.to(reader).frame(FIN | RSV1 | BINARY, deflated(new byte[5_001]));
        Expect.failed(
                reader, () -> Deflating.wire(reader, ALONE, bound, WireLimits.DEFAULT), stream, 1008, "RFC 6455 §10.4");
    }

    @ParameterizedTest
    @EnumSource(Role.class)
    void shortMessagesMayHaveAnyRatio(Role reader) {
        DeflateOptions bound = EAGER.withMaxRatio(20, 5_000);
        PeerBytes stream = PeerBytes.to(reader).frame(FIN | RSV1 | BINARY, deflated(new byte[5_000]));
        assertThat(Feed.everyWay(
                        reader, () -> Deflating.wire(reader, ALONE, bound, WireLimits.DEFAULT), stream.bytes()))
                .containsExactly(WireEvent.binary(Hex.of(new byte[5_000])));
    }

    @Test
    void finalBlocksAreCounted() {
        PeerBytes enough = PeerBytes.to(Role.SERVER).frame(FIN | RSV1 | BINARY, "0300".repeat(1_024) + "00");
        assertThat(Feed.whole(Role.SERVER, () -> Deflating.wire(Role.SERVER, ALONE), enough.bytes()))
                .containsExactly(WireEvent.binary(""));
        PeerBytes tooMany = PeerBytes.to(Role.SERVER).frame(FIN | RSV1 | BINARY, "0300".repeat(1_025) + "00");
        assertThat(Feed.whole(Role.SERVER, () -> Deflating.wire(Role.SERVER, ALONE), tooMany.bytes()))
                .first()
                .isEqualTo(new WireEvent.Violation(
                        1008, "RFC 6455 §10.4", "compressed message with more than 1024 final blocks"));
    }

    /** One message of about 1 MiB that says 1 GiB of zeros, and one that stays below the ratio as long as it can. */
    @ParameterizedTest
    @EnumSource(Role.class)
    void bombCostsNoMoreMemoryThanALargeMessage(Role reader) {
        byte[] bomb = bomb(1_024);
        assertThat(bomb.length).isBetween(1 << 19, 5 << 18);
        for (DeflateOptions options : new DeflateOptions[] {EAGER, ANY_RATIO}) {
            byte[] stream =
                    PeerBytes.to(reader).frame(FIN | RSV1 | BINARY, bomb).bytes();
            Wire wire = Deflating.wire(reader, ALONE, options, new WireLimits(2 << 20, 2 << 20, 1));
            Recorder heard = new Recorder(reader);
            ByteBuffer in = ByteBuffer.wrap(stream);
            long before = allocated();
            wire.receive(in, 0, heard);
            long cost = allocated() - before;
            assertThat(heard.take()).hasAtLeastOneElementOfType(WireEvent.Violation.class);
            assertThat(cost).as("bytes allocated").isLessThan(12L << 20);
        }
    }

    @Test
    void roomForLargeMessagesIsNotKept() {
        DeflateCodecs codecs = new DeflateCodecs();
        PerMessageDeflate deflate = new PerMessageDeflate(Role.SERVER, ALONE, ANY_RATIO, codecs);
        ByteBuffer large = deflate.inflate(ByteBuffer.wrap(deflated(new byte[1 << 20])), MessageKind.BINARY, 1 << 20);
        deflate.heard(large);
        ByteBuffer small = deflate.inflate(ByteBuffer.wrap(deflated("small")), MessageKind.TEXT, 1 << 20);
        assertThat(small.array().length).isLessThanOrEqualTo(256 << 10);
        deflate.heard(small);
        codecs.close();
    }

    @Test
    void messageHeardInsideAnotherDoesNotOverwriteIt() {
        DeflateCodecs codecs = new DeflateCodecs();
        PerMessageDeflate deflate = new PerMessageDeflate(Role.SERVER, ALONE, EAGER, codecs);
        ByteBuffer outer = deflate.inflate(ByteBuffer.wrap(deflated("outer")), MessageKind.TEXT, 1 << 20);
        ByteBuffer inner = deflate.inflate(ByteBuffer.wrap(deflated("inner")), MessageKind.TEXT, 1 << 20);
        assertThat(Hex.of(outer)).isEqualTo(Hex.of("outer".getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        assertThat(Hex.of(inner)).isEqualTo(Hex.of("inner".getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        codecs.close();
    }

    private static byte[] bomb(int mebibytes) {
        byte[] one = deflated(new byte[1 << 20]);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < mebibytes - 1; i++) {
            bytes.writeBytes(one);
            bytes.writeBytes(new byte[] {0, 0, -1, -1});
        }
        bytes.writeBytes(one);
        return bytes.toByteArray();
    }

    private static long allocated() {
        return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }
}
