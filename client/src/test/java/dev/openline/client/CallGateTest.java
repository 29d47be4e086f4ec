package dev.openline.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CallGateTest {
    private final CallGate gate = new CallGate(4, 1_000);

    @Test
    void theFifthOfFourCallsIsRefused() {
        for (int i = 0; i < 4; i++) assertThat(gate.enter(1)).isNull();

        assertThat(gate.enter(1)).isEqualTo("4 calls are outstanding already (maxCalls)");
    }

    @Test
    void aCallThatEndsMakesRoom() {
        for (int i = 0; i < 4; i++) gate.enter(1);

        gate.leave(1);

        assertThat(gate.enter(1)).isNull();
    }

    @Test
    void payloadBeyondTheBytesIsRefused() {
        gate.enter(600);

        assertThat(gate.enter(401)).isEqualTo("the calls outstanding hold 600 bytes already (maxCallBytes)");
        assertThat(gate.enter(400)).isNull();
    }

    @Test
    void oneLargeCallMayPassAlone() {
        assertThat(gate.enter(5_000)).isNull();
        assertThat(gate.enter(1)).isNotNull();
        gate.leave(5_000);
        assertThat(gate.enter(1)).isNull();
    }
}
