package dev.openline.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.protocol.Command;
import dev.openline.protocol.Heartbeat;
import dev.openline.protocol.Ping;
import dev.openline.protocol.Result;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class HeartbeatTest {
    @Nested
    @DisplayName("client protocol §9: heartbeat")
    class HeartbeatRules {
        private final PlayedMachine played = PlayedMachine.connected();

        @Test
        void aPingIsAnsweredWithAPong() {
            played.receive(new Ping());

            assertThat(played.take()).containsExactly(Effect.Send.of(1, new Command.Pong()));
        }

        @Test
        void aPingIsNotAnsweredWhereNoPongIsWanted() {
            PlayedMachine played = withHeartbeat(new Heartbeat(25, false));

            played.receive(new Ping());

            assertThat(played.take()).isEmpty();
        }

        @Test
        void silenceBeyondThePingIntervalAndTenSecondsDropsTheLine() {
            long heard = played.now;

            played.wake();

            assertThat(played.now - heard).isEqualTo(35_000);
            assertThat(played.take()).containsExactly(new Effect.Drop(1), new Effect.Connecting(Cause.NO_PING, 750));
        }

        @Test
        void anythingThatIsHeardPutsTheDeadlineOff() {
            played.pass(34_999);
            played.publish("unknown", 1);

            played.pass(34_999);

            assertThat(played.take()).isEmpty();
            assertThat(played.machine.nextDeadline()).isEqualTo(played.now + 1);
        }

        @Test
        void aServerThatPromisesNoPingsMayBeSilent() {
            PlayedMachine played = new PlayedMachine();
            played.machine.connect(played.now);
            played.open();
            played.reply(1, new Result.ConnectResult("c1", "", null, null, Map.of(), null));
            played.take();

            assertThat(played.machine.nextDeadline()).isEqualTo(ClientMachine.NEVER);
        }

        private PlayedMachine withHeartbeat(Heartbeat heartbeat) {
            PlayedMachine other = new PlayedMachine();
            other.machine.connect(other.now);
            other.open();
            other.reply(1, new Result.ConnectResult("c1", "", null, null, Map.of(), heartbeat));
            other.take();
            return other;
        }
    }
}
