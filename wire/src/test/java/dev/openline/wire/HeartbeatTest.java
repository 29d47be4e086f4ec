package dev.openline.wire;

import static dev.openline.wire.WireEvent.closed;
import static dev.openline.wire.WireEvent.hungUp;
import static dev.openline.wire.WireEvent.pong;
import static dev.openline.wire.WireEvent.sentClose;
import static dev.openline.wire.WireEvent.sentPing;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("RFC 6455 §5.5.2 heartbeat, on a virtual clock")
class HeartbeatTest {
    private static final WireTiming TIMING =
            new WireTiming(Duration.ofSeconds(25), Duration.ofSeconds(10), Duration.ofSeconds(5));

    private final Recorder heard = new Recorder(Role.SERVER);

    @AfterEach
    void nothingLeft() {
        heard.assertNothingLeft();
    }

    /** A driver with one timer: it sleeps until the deadline it was told and never asks in between. */
    private final class Clock {
        private final Wire wire;
        private final long start;
        private long now;

        Clock(Role role, WireTiming timing, long start) {
            this.start = start;
            this.now = start;
            wire = new Wire(role, WireLimits.DEFAULT, timing, ReservedBits.NONE, () -> 1, start);
        }

        void runUntil(long seconds) {
            long end = at(seconds);
            while (wire.nextDeadline() != Long.MAX_VALUE && wire.nextDeadline() - end <= 0) {
                now = wire.nextDeadline();
                wire.onTime(now, heard);
                assertThat(wire.nextDeadline())
                        .as("a deadline that was met moves on")
                        .isNotEqualTo(now);
            }
            now = end;
        }

        void receive(PeerBytes stream) {
            wire.receive(ByteBuffer.wrap(stream.bytes()), now, heard);
        }

        long at(long seconds) {
            return start + Duration.ofSeconds(seconds).toNanos();
        }
    }

    @ParameterizedTest
    @ValueSource(
            longs = {
                0,
                -1,
                Long.MIN_VALUE,
                Long.MAX_VALUE - 30_000_000_000L,
                Long.MAX_VALUE - 10_000_000_000L,
                -26_000_000_000L
            })
    void idlePeerIsPingedAndASilentOneDeclaredDeadWhereverTheClockStands(long start) {
        Clock clock = new Clock(Role.SERVER, TIMING, start);
        clock.runUntil(24);
        heard.assertNothingLeft();
        clock.runUntil(25);
        assertThat(heard.take()).containsExactly(sentPing(""));
        clock.runUntil(34);
        heard.assertNothingLeft();
        assertThat(clock.wire.isOpen()).isTrue();
        clock.runUntil(35);
        assertThat(heard.take()).containsExactly(closed(1006, "no answer to ping"), hungUp());
        assertThat(clock.wire.nextDeadline()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void clientPingsToo() {
        Recorder client = new Recorder(Role.CLIENT);
        Wire wire = new Wire(Role.CLIENT, WireLimits.DEFAULT, TIMING, ReservedBits.NONE, () -> 0x01020304, 0);
        wire.onTime(wire.nextDeadline(), client);
        assertThat(client.take()).containsExactly(sentPing(""));
    }

    @Test
    void answeredPingIsFollowedByTheNextOne() {
        Clock clock = new Clock(Role.SERVER, TIMING, 0);
        clock.runUntil(26);
        assertThat(heard.take()).containsExactly(sentPing(""));
        clock.receive(PeerBytes.to(Role.SERVER).pong(""));
        assertThat(heard.take()).containsExactly(pong(""));
        clock.runUntil(50);
        heard.assertNothingLeft();
        clock.runUntil(51);
        assertThat(heard.take()).containsExactly(sentPing(""));
    }

    @Test
    void anyByteIsASignOfLife() {
        Clock clock = new Clock(Role.SERVER, TIMING, 0);
        clock.runUntil(30);
        assertThat(heard.take()).containsExactly(sentPing(""));
        clock.receive(PeerBytes.to(Role.SERVER).raw("81"));
        clock.runUntil(54);
        heard.assertNothingLeft();
        clock.runUntil(55);
        assertThat(heard.take()).containsExactly(sentPing(""));
    }

    @Test
    void busyPeerIsNeverPinged() {
        Clock clock = new Clock(Role.SERVER, TIMING, 0);
        for (int second = 0; second < 600; second += 20) {
            clock.runUntil(second);
            clock.receive(PeerBytes.to(Role.SERVER).text("x"));
            assertThat(heard.take()).hasSize(1);
        }
    }

    @Test
    void callBeforeTheDeadlineDoesNothing() {
        Clock clock = new Clock(Role.SERVER, TIMING, 0);
        clock.wire.onTime(clock.at(25) - 1, heard);
        clock.wire.onTime(-5, heard);
        heard.assertNothingLeft();
    }

    @Test
    void lateCallPingsFirstAndLeavesTimeForTheAnswer() {
        Clock clock = new Clock(Role.SERVER, TIMING, 0);
        clock.wire.onTime(clock.at(1000), heard);
        assertThat(heard.take()).containsExactly(sentPing(""));
        assertThat(clock.wire.nextDeadline()).isEqualTo(clock.at(1010));
    }

    @Test
    void withoutHeartbeatThereIsNoDeadline() {
        Clock clock = new Clock(Role.SERVER, TIMING.withoutHeartbeat(), 0);
        assertThat(clock.wire.nextDeadline()).isEqualTo(Long.MAX_VALUE);
        clock.wire.onTime(Long.MAX_VALUE, heard);
        clock.wire.close(CloseStatus.NORMAL, 7, heard);
        assertThat(heard.take()).containsExactly(sentClose(1000, ""));
        assertThat(clock.wire.nextDeadline()).isEqualTo(clock.at(5) + 7);
    }

    @ParameterizedTest
    @EnumSource(Role.class)
    void closeWithoutAnAnswerEndsAfterItsTimeout(Role role) {
        Clock clock = new Clock(role, TIMING, 0);
        Recorder recorder = new Recorder(role);
        clock.wire.close(CloseStatus.NORMAL, clock.at(3), recorder);
        clock.wire.onTime(clock.at(8) - 1, recorder);
        assertThat(recorder.take()).containsExactly(sentClose(1000, ""));
        clock.wire.onTime(clock.at(8), recorder);
        assertThat(recorder.take()).containsExactly(closed(1006, "no answer to close"), hungUp());
    }

    @Test
    void secondCloseDoesNotProlongAClosingHandshake() {
        Clock clock = new Clock(Role.SERVER, TIMING, 0);
        clock.wire.close(CloseStatus.NORMAL, 0, heard);
        clock.wire.close(CloseStatus.NORMAL, clock.at(4), heard);
        assertThat(heard.take()).containsExactly(sentClose(1000, ""));
        assertThat(clock.wire.nextDeadline()).isEqualTo(clock.at(5));
    }

    @Test
    void bytesDoNotProlongAClosingHandshake() {
        Clock clock = new Clock(Role.SERVER, TIMING, 0);
        clock.wire.close(CloseStatus.NORMAL, 0, heard);
        clock.runUntil(4);
        clock.receive(PeerBytes.to(Role.SERVER).raw("81"));
        clock.runUntil(5);
        assertThat(heard.take()).containsExactly(sentClose(1000, ""), closed(1006, "no answer to close"), hungUp());
    }

    @Test
    @DisplayName("§7.1.1: a client waits for the server to end TCP, but not for ever")
    void clientHangsUpWhenTheServerDoesNot() {
        Recorder client = new Recorder(Role.CLIENT);
        Wire wire = new Wire(Role.CLIENT, WireLimits.DEFAULT, TIMING, ReservedBits.NONE, () -> 1, 0);
        long received = Duration.ofSeconds(2).toNanos();
        wire.receive(ByteBuffer.wrap(PeerBytes.to(Role.CLIENT).close(1000, "").bytes()), received, client);
        assertThat(client.take()).containsExactly(sentClose(1000, ""), closed(1000, ""));
        long deadline = wire.nextDeadline();
        assertThat(deadline).isEqualTo(Duration.ofSeconds(7).toNanos());
        wire.onTime(deadline, client);
        assertThat(client.take()).containsExactly(hungUp());
    }
}
