package dev.openline.wire;

import static dev.openline.wire.PeerBytes.BINARY;
import static dev.openline.wire.PeerBytes.CONTINUATION;
import static dev.openline.wire.PeerBytes.FIN;
import static dev.openline.wire.WireEvent.binary;
import static dev.openline.wire.WireEvent.ping;
import static dev.openline.wire.WireEvent.sentPong;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.ByteBuffer;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("RFC 6455 §10.4 limits")
class LimitsTest {
    private static final WireLimits SMALL = new WireLimits(200, 300, 4);

    @ParameterizedTest
    @EnumSource(Role.class)
    void frameAtTheLimitIsHeard(Role reader) {
        String payload = "ab".repeat(200);
        Expect.heard(reader, SMALL, PeerBytes.to(reader).binary(payload), binary(payload));
    }

    @ParameterizedTest
    @EnumSource(Role.class)
    void frameOverTheLimitFailsWith1009AtItsHead(Role reader) {
        Expect.failed(reader, SMALL, PeerBytes.to(reader).head(FIN | BINARY, 126, 201), 1009, "§10.4");
        Expect.failed(reader, SMALL, PeerBytes.to(reader).head(BINARY, 127, 1L << 40), 1009, "§10.4");
        Expect.failed(reader, SMALL, PeerBytes.to(reader).head(BINARY, 127, Long.MAX_VALUE), 1009, "§10.4");
    }

    @ParameterizedTest
    @EnumSource(Role.class)
    void messageAtTheLimitIsHeard(Role reader) {
        PeerBytes stream =
                PeerBytes.to(reader).frame(BINARY, "ab".repeat(200)).frame(FIN | CONTINUATION, "cd".repeat(100));
        Expect.heard(reader, SMALL, stream, binary("ab".repeat(200) + "cd".repeat(100)));
    }

    @ParameterizedTest
    @EnumSource(Role.class)
    void messageOverTheLimitFailsWith1009AtTheHeadOfTheFrameThatExceedsIt(Role reader) {
        PeerBytes stream = PeerBytes.to(reader).frame(BINARY, "ab".repeat(200)).head(FIN | CONTINUATION, 101, 101);
        Expect.failed(reader, SMALL, stream, 1009, "§10.4");
        WireLimits tight = new WireLimits(1000, 150, 4);
        Expect.failed(reader, tight, PeerBytes.to(reader).head(FIN | BINARY, 126, 151), 1009, "§10.4");
    }

    @ParameterizedTest
    @EnumSource(Role.class)
    void oneFragmentTooManyFailsWith1008EvenWhenEmpty(Role reader) {
        PeerBytes four = PeerBytes.to(reader)
                .frame(BINARY, "01")
                .frame(CONTINUATION, "")
                .ping("aa")
                .frame(CONTINUATION, "")
                .frame(FIN | CONTINUATION, "02");
        Expect.heard(reader, SMALL, four, sentPong("aa"), ping("aa"), binary("0102"));
        PeerBytes five = PeerBytes.to(reader)
                .frame(BINARY, "")
                .frame(CONTINUATION, "")
                .frame(CONTINUATION, "")
                .frame(CONTINUATION, "")
                .raw("80");
        Expect.failed(reader, SMALL, five, 1008, "§10.4");
    }

    @ParameterizedTest
    @EnumSource(Role.class)
    void countingBeginsAnewWithEveryMessage(Role reader) {
        PeerBytes stream = PeerBytes.to(reader);
        WireEvent[] events = new WireEvent[10];
        for (int i = 0; i < events.length; i++) {
            stream.frame(BINARY, "ab".repeat(100)).frame(CONTINUATION, "").frame(FIN | CONTINUATION, "ab".repeat(100));
            events[i] = binary("ab".repeat(200));
        }
        Expect.heard(reader, SMALL, stream, events);
    }

    @Test
    void memoryGrowsWithTheBytesReceivedNotWithTheLengthAnnounced() {
        Wire wire = Feed.wire(Role.SERVER, WireLimits.DEFAULT);
        Recorder heard = new Recorder(Role.SERVER);
        wire.receive(
                ByteBuffer.wrap(PeerBytes.to(Role.SERVER)
                        .unfinished(FIN | BINARY, 1 << 20, "00")
                        .bytes()),
                0,
                heard);
        assertThat(wire.heldBytes()).isLessThanOrEqualTo(64);
        for (int received = 1; received < 100_000; received += 1000) {
            int times = received < MessageAssembly.LARGE ? 2 : MessageAssembly.LARGE_GROWTH;
            assertThat(wire.heldBytes()).isLessThanOrEqualTo(Math.max(64, times * received));
            wire.receive(ByteBuffer.allocate(1000), 0, heard);
        }
        heard.assertNothingLeft();
    }

    @Test
    void nothingIsHeldBetweenMessages() {
        Wire wire = Feed.wire(Role.SERVER, WireLimits.DEFAULT);
        Recorder heard = new Recorder(Role.SERVER);
        PeerBytes stream =
                PeerBytes.to(Role.SERVER).frame(BINARY, "ab".repeat(5000)).frame(FIN | CONTINUATION, "cd");
        wire.receive(ByteBuffer.wrap(stream.bytes()), 0, heard);
        assertThat(heard.take()).hasSize(1);
        assertThat(wire.heldBytes()).isZero();
    }

    @Test
    void nothingIsHeldOnceTheConnectionIsOver() {
        Wire wire = Feed.wire(Role.SERVER, WireLimits.DEFAULT);
        Recorder heard = new Recorder(Role.SERVER);
        PeerBytes stream =
                PeerBytes.to(Role.SERVER).frame(BINARY, "ab".repeat(5000)).close(1000, "");
        wire.receive(ByteBuffer.wrap(stream.bytes()), 0, heard);
        assertThat(heard.take()).hasSize(3);
        assertThat(wire.heldBytes()).isZero();
    }

    @Test
    void limitsAreCheckedAtBirth() {
        assertThatIllegalArgumentException().isThrownBy(() -> new WireLimits(124, 1000, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new WireLimits(125, 124, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new WireLimits(125, 125, 0));
        assertThat(new WireLimits(125, 125, 1).maxFragments()).isOne();
    }

    @Test
    void timesAreCheckedAtBirth() {
        Duration second = Duration.ofSeconds(1);
        assertThatIllegalArgumentException().isThrownBy(() -> new WireTiming(Duration.ofNanos(-1), second, second));
        assertThatIllegalArgumentException().isThrownBy(() -> new WireTiming(second, Duration.ZERO, second));
        assertThatIllegalArgumentException().isThrownBy(() -> new WireTiming(second, second, Duration.ZERO));
        assertThatIllegalArgumentException().isThrownBy(() -> new WireTiming(Duration.ofDays(366), second, second));
        assertThat(WireTiming.DEFAULT.withoutHeartbeat().pingInterval()).isZero();
    }
}
