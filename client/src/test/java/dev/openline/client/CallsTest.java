package dev.openline.client;

import static dev.openline.client.PlayedMachine.session;
import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.protocol.Command;
import dev.openline.protocol.ErrorReply;
import dev.openline.protocol.Result;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class CallsTest {
    private PlayedMachine played = PlayedMachine.connected();

    @AfterEach
    void nothingIsLeft() {
        assertThat(played.take()).isEmpty();
    }

    @Test
    void aCallLeavesAtOnceAndItsReplyCompletesIt() {
        Call<?> call = played.publishing(10);

        played.machine.call(call, played.now);
        assertThat(played.take()).containsExactly(sent(1, call, 2));
        played.reply(2, new Result.PublishResult());

        assertThat(played.take()).containsExactly(new Effect.Completed(call, new Result.PublishResult()));
    }

    @Test
    void repliesMayComeInAnotherOrder() {
        Call<?> first = played.publishing(10);
        Call<?> second = played.publishing(10);
        played.machine.call(first, played.now);
        played.machine.call(second, played.now);
        played.take();

        played.reply(3, new Result.PublishResult());
        played.reply(2, new Result.PublishResult());

        assertThat(played.take())
                .containsExactly(
                        new Effect.Completed(second, new Result.PublishResult()),
                        new Effect.Completed(first, new Result.PublishResult()));
    }

    @Test
    void anErrorReplyRefusesIt() {
        Call<?> call = played.publishing(10);
        played.machine.call(call, played.now);
        played.take();

        played.refuse(2, ErrorReply.PERMISSION_DENIED);

        CallFailed why = failure(call);
        assertThat(why)
                .isInstanceOf(CallRefused.class)
                .hasMessage("publish to news was refused: 103 permission denied");
        assertThat(((CallRefused) why).error()).isEqualTo(ErrorReply.PERMISSION_DENIED);
    }

    @Test
    void aReplyOfAnotherKindFailsTheCallAndDropsTheLine() {
        Call<?> call = played.history();
        played.machine.call(call, played.now);
        played.take();

        played.reply(2, new Result.PublishResult());

        assertThat(played.take())
                .satisfiesExactly(
                        failed -> assertFailed(
                                failed,
                                call,
                                CallLost.class,
                                "history of news may or may not have been applied: the answer does not fit"),
                        drop -> assertThat(drop).isEqualTo(new Effect.Drop(1)),
                        connecting -> assertThat(connecting)
                                .isEqualTo(new Effect.Connecting(Cause.transport("bad protocol"), 750)));
    }

    @Test
    void aSecondReplyIsIgnored() {
        Call<?> call = played.publishing(10);
        played.machine.call(call, played.now);
        played.reply(2, new Result.PublishResult());
        played.take();

        played.reply(2, new Result.PublishResult());
        played.reply(99, new Result.PublishResult());
    }

    @Nested
    @DisplayName("lines that break")
    class Breaks {
        @Test
        void aCallThatWasSentIsLost() {
            Call<?> call = played.publishing(10);
            played.machine.call(call, played.now);
            played.take();

            played.close(1006, "");

            assertThat(played.take())
                    .satisfiesExactly(
                            connecting -> assertThat(connecting).isInstanceOf(Effect.Connecting.class),
                            failed -> assertFailed(
                                    failed,
                                    call,
                                    CallLost.class,
                                    "publish to news may or may not have been applied: the line broke before the answer"));
        }

        @Test
        void aCallMadeMeanwhileWaitsForTheNextSessionAndNotJustTheLine() {
            played.close(1006, "");
            Call<?> first = played.publishing(10);
            Call<?> second = played.history();
            played.machine.call(first, played.now);
            played.machine.call(second, played.now);
            played.wake();
            played.open();
            played.take();

            played.reply(1, session());

            assertThat(played.take())
                    .containsExactly(
                            new Effect.Connected("c1"),
                            new Effect.Send(
                                    2,
                                    List.of(
                                            first.command().apply(2),
                                            second.command().apply(3))));
        }

        @Test
        void aCallThatFindsNoSessionInTimeWasNotSent() {
            played.close(1006, "");
            Call<?> call = played.publishing(10);
            played.machine.call(call, played.now);
            played.take();

            played.pass(4_999);
            played.machine.dialFailed(2, "connection refused", played.now);
            played.take();
            played.pass(1);

            assertThat(failure(call))
                    .isInstanceOf(CallNotSent.class)
                    .hasMessage("publish to news was not sent: no session within 5000 ms");
        }

        @Test
        void aCallThatGetsNoAnswerInTimeIsLostAndTheLineStays() {
            Call<?> call = played.publishing(10);
            played.machine.call(call, played.now);
            played.take();
            long called = played.now;

            played.wake();

            assertThat(played.now - called).isEqualTo(5_000);
            assertThat(failure(call))
                    .isInstanceOf(CallLost.class)
                    .hasMessage("publish to news may or may not have been applied: no answer within 5000 ms");
        }

        @Test
        void theTimeLimitCountsFromTheCallAndNotFromTheSending() {
            played.close(1006, "");
            Call<?> call = played.publishing(10);
            played.machine.call(call, played.now);
            long called = played.now;
            played.wake();
            played.open();
            played.reply(1, session());
            played.take();

            played.wake();

            assertThat(played.now - called).isEqualTo(5_000);
            assertThat(failure(call)).isInstanceOf(CallLost.class);
        }

        @Test
        void disconnectFailsWhatWasSentAndWhatWaits() {
            Call<?> sent = played.publishing(10);
            played.machine.call(sent, played.now);
            played.take();
            played.machine.disconnect(played.now);

            assertThat(played.take())
                    .satisfiesExactly(
                            close -> assertThat(close).isEqualTo(new Effect.Close(1)),
                            told -> assertThat(told).isEqualTo(new Effect.Disconnected(Cause.DISCONNECT_CALLED)),
                            failed -> assertFailed(
                                    failed,
                                    sent,
                                    CallLost.class,
                                    "publish to news may or may not have been applied: the line broke before the answer"));
            played = new PlayedMachine();
            played.machine.connect(played.now);
            Call<?> waiting = played.publishing(10);
            played.machine.call(waiting, played.now);
            played.machine.disconnect(played.now);

            assertThat(played.take())
                    .last()
                    .satisfies(failed -> assertFailed(
                            failed,
                            waiting,
                            CallNotSent.class,
                            "publish to news was not sent: the client disconnected: 0 disconnect called"));
        }

        @Test
        void aCallWhileDisconnectedFailsAtOnce() {
            played.machine.disconnect(played.now);
            played.take();
            Call<?> call = played.publishing(10);

            played.machine.call(call, played.now);

            assertThat(failure(call))
                    .isInstanceOf(CallNotSent.class)
                    .hasMessage("publish to news was not sent: the client is disconnected");
        }
    }

    private static Effect sent(long line, Call<?> call, long id) {
        Command command = call.command().apply(id);
        return Effect.Send.of(line, command);
    }

    private CallFailed failure(Call<?> call) {
        List<Effect> effects = played.take();
        assertThat(effects).hasSize(1);
        assertThat(effects.get(0)).isInstanceOf(Effect.Failed.class);
        Effect.Failed failed = (Effect.Failed) effects.get(0);
        assertThat(failed.call()).isSameAs(call);
        return failed.why();
    }

    private static void assertFailed(Effect effect, Call<?> call, Class<? extends CallFailed> type, String message) {
        assertThat(effect).isInstanceOf(Effect.Failed.class);
        Effect.Failed failed = (Effect.Failed) effect;
        assertThat(failed.call()).isSameAs(call);
        assertThat(failed.why()).isInstanceOf(type).hasMessage(message);
    }
}
