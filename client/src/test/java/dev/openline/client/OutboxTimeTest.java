package dev.openline.client;

import static dev.openline.client.PlayedMachine.session;
import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.protocol.Command;
import dev.openline.protocol.ErrorReply;
import dev.openline.protocol.Ping;
import dev.openline.protocol.Result;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class OutboxTimeTest extends PlayedOutbox {
    @Nested
    class Time {
        /** Lets the server's heartbeat go on, and drops the line's answers. */
        private List<Effect> passBeating(long millis) {
            for (long left = millis; left > 0; left -= 1_000) {
                played.pass(Math.min(left, 1_000));
                played.receive(new Ping());
            }
            return played.take().stream()
                    .filter(effect -> !effect.equals(Effect.Send.of(played.line, new Command.Pong()))
                            && !effect.equals(Effect.Send.of(1, new Command.Pong())))
                    .toList();
        }

        @Test
        void aPublishWithoutAnAnswerInTimeIsRepeatedAndTheLineStays() {
            Outgoing one = publish("news");
            played.take();
            long sent = played.now;

            played.wake();
            assertThat(played.now - sent).isEqualTo(5_000);
            assertThat(played.take()).isEmpty();
            played.wake();

            assertThat(played.now - sent).isEqualTo(5_750);
            assertThat(played.take()).containsExactly(sent(3, one));
            played.reply(2, new Result.RpcResult(null));
            assertThat(played.take()).as("the first answer comes too late").isEmpty();
            acknowledge(3, 1);
            assertThat(played.take()).containsExactly(acknowledged(one, 1));
        }

        @Test
        void whatWasTriedIsGivenUpWhenItsRepetitionIsNoLongerSafe() {
            Outgoing one = publish("news");
            Outgoing two = publish("news");
            played.machine.disconnect(played.now);
            played.take();

            played.pass(239_999);
            assertThat(played.take()).isEmpty();
            played.pass(1);

            assertGivenUp(
                    one,
                    CallLost.class,
                    "may or may not have been applied: no answer within the 240000 ms in which a repetition is safe (idempotencyWindow)");
            assertThat(two.phase()).as("was never sent").isEqualTo(Phases.Publishing.WAITING);
        }

        @Test
        void theWindowIsCheckedAgainBeforeEachRepetition() {
            Outgoing one = publish("news");
            played.close(1006, "");
            played.wake();
            played.take();
            played.now += 240_000;
            played.open();

            played.reply(1, session());

            List<Effect> effects = played.take();
            assertGivenUp(
                    effects.subList(2, effects.size()),
                    one,
                    CallLost.class,
                    "may or may not have been applied: no answer within the 240000 ms in which a repetition is safe (idempotencyWindow)");
        }

        @Test
        void aServerThatIsOverloadedForLongerThanTheWindowLosesNothing() {
            Outgoing one = publish("news");
            long id = 2;
            played.take();
            long begun = played.now;
            while (played.now - begun < 300_000) {
                played.refuse(id, ErrorReply.TOO_MANY_REQUESTS);
                List<Effect> again = List.of();
                while (again.isEmpty()) again = passBeating(1_000);
                assertThat(again).containsExactly(sent(++id, one));
            }

            acknowledge(id, 1);

            assertThat(played.take()).containsExactly(acknowledged(one, 1));
        }
    }

    @Nested
    @DisplayName("close")
    class Close {
        @Test
        void givesUpAllAndTellsWhatMayHaveBeenApplied() {
            Outgoing one = publish("news");
            Outgoing two = publish("news");
            played.take();

            played.machine.close(played.now);

            List<Effect> effects = played.take();
            assertGivenUp(
                    effects.subList(2, effects.size()),
                    one,
                    CallLost.class,
                    "may or may not have been applied: the client is closed");
            assertGivenUp(
                    effects.subList(3, effects.size()), two, CallNotSent.class, "was not sent: the client is closed");
        }

        @Test
        void takesNothingMore() {
            played.machine.close(played.now);
            played.take();

            Outgoing late = publish("news");

            assertGivenUp(late, CallNotSent.class, "was not sent: the client is closed");
        }
    }
}
