package dev.openline.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.protocol.Payload;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class OutboxGateTest {
    private static Outgoing outgoing(int bytes, long since) {
        return new Outgoing("news", Payload.of("x".repeat(bytes)), since);
    }

    @Test
    void publishesBeyondTheNumberAreRefusedUntilOneHasEnded() {
        OutboxGate gate = new OutboxGate(2, 1_000);
        Outgoing first = outgoing(1, 0);
        assertThat(gate.enter(first)).isNull();
        assertThat(gate.enter(outgoing(1, 0))).isNull();

        assertThat(gate.enter(outgoing(1, 0))).isEqualTo("2 publishes wait already (maxPending)");
        gate.leave(first);

        assertThat(gate.enter(outgoing(1, 0))).isNull();
    }

    @Test
    void publishesBeyondTheBytesAreRefusedUntilThereIsRoom() {
        OutboxGate gate = new OutboxGate(10, 100);
        Outgoing first = outgoing(60, 0);
        assertThat(gate.enter(first)).isNull();

        assertThat(gate.enter(outgoing(41, 0))).isEqualTo("publishes with 60 bytes wait already (maxPendingBytes)");
        assertThat(gate.enter(outgoing(40, 0))).isNull();
        gate.leave(first);
        gate.leave(first);

        assertThat(gate.pending(0)).isEqualTo(new Pending(1, 40, Duration.ZERO));
    }

    @Test
    void whatWaitsIsVisible() {
        OutboxGate gate = new OutboxGate(10, 100);
        assertThat(gate.pending(500).isEmpty()).isTrue();
        Outgoing first = outgoing(10, 1_000);
        assertThat(gate.enter(first)).isNull();
        assertThat(gate.enter(outgoing(20, 3_000))).isNull();

        assertThat(gate.pending(4_000)).isEqualTo(new Pending(2, 30, Duration.ofSeconds(3)));
        gate.leave(first);
        assertThat(gate.pending(4_000)).isEqualTo(new Pending(1, 20, Duration.ofSeconds(1)));
    }
}
