package dev.openline.client;

import static dev.openline.client.PlayedMachine.session;
import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.protocol.ErrorReply;
import dev.openline.protocol.Payload;
import dev.openline.protocol.Reply;
import dev.openline.protocol.Result;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutboxTest extends PlayedOutbox {
    @Nested
    class InASession {
        @Test
        void aPublishLeavesAtOnceWithItsKey() {
            Outgoing one = publish("news");

            assertThat(played.take()).containsExactly(sent(2, one));
            assertThat(one.argument().text()).isEqualTo("{\"channel\":\"news\",\"data\":1,\"idempotency_key\":\"k1\"}");
            acknowledge(2, 7);
            assertThat(played.take()).containsExactly(acknowledged(one, 7));
        }

        @Test
        void aChannelWithoutALogAcknowledgesWithoutAPosition() {
            Outgoing one = publish("news");
            played.take();

            played.reply(2, new Result.RpcResult(Payload.of("{}")));

            assertThat(played.take()).containsExactly(new Effect.Acknowledged(one, null));
        }

        @Test
        void theNextOfAChannelLeavesWhenTheOneBeforeIsAcknowledged() {
            Outgoing one = publish("news");
            Outgoing two = publish("news");
            assertThat(played.take()).containsExactly(sent(2, one));

            acknowledge(2, 1);

            assertThat(played.take()).containsExactly(acknowledged(one, 1), sent(3, two));
            acknowledge(3, 2);
            assertThat(played.take()).containsExactly(acknowledged(two, 2));
        }

        @Test
        void channelsDoNotWaitForEachOtherUpToTheBound() {
            Outgoing a = publish("a");
            Outgoing b = publish("b");
            Outgoing c = publish("c");
            Outgoing d = publish("d");
            assertThat(played.take()).containsExactly(sent(2, a), sent(3, b), sent(4, c));

            acknowledge(3, 1);

            assertThat(played.take()).containsExactly(acknowledged(b, 1), sent(5, d));
        }

        @ParameterizedTest
        @ValueSource(strings = {"[]", "{\"offset\":\"1\"}"})
        void anAnswerThatDoesNotFitLeavesTheOutcomeUnknown(String answer) {
            Outgoing one = publish("news");
            played.take();

            played.reply(2, new Result.RpcResult(Payload.of(answer)));

            assertThat(played.take())
                    .singleElement()
                    .satisfies(effect -> assertThat(((Effect.GivenUp) effect).why())
                            .isInstanceOf(CallLost.class)
                            .hasMessageContaining("the answer does not fit"));
            assertThat(one.phase()).isEqualTo(Phases.Publishing.ENDED);
        }
    }

    @Nested
    class WithoutASession {
        @Test
        void aPublishWaitsForOneHoweverLong() {
            played = new PlayedMachine();
            Outgoing one = publish("news");
            played.pass(1_000_000);
            assertThat(played.take()).isEmpty();
            assertThat(played.machine.nextDeadline()).isEqualTo(ClientMachine.NEVER);

            played.machine.connect(played.now);
            played.open();
            played.take();
            played.reply(1, session());

            assertThat(played.take()).containsExactly(new Effect.Connected("c1"), sent(2, one));
        }

        @Test
        void whatWasUnderWayGoesFirstOnTheNextLineInTheOldOrder() {
            Outgoing a = publish("a");
            Outgoing b = publish("b");
            Outgoing c = publish("c");
            Outgoing d = publish("d");
            Outgoing behind = publish("a");
            played.take();

            redial();

            assertThat(played.take())
                    .containsExactly(new Effect.Connected("c1"), Effect.Send.of(2, rpc(2, a), rpc(3, b), rpc(4, c)));
            acknowledge(2, 1);
            assertThat(played.take()).containsExactly(acknowledged(a, 1), sent(5, d));
            acknowledge(3, 1);
            assertThat(played.take()).containsExactly(acknowledged(b, 1), sent(6, behind));
        }

        @Test
        void anAnswerOfTheOldLineIsIgnored() {
            Outgoing one = publish("news");
            redial();
            played.take();

            played.machine.received(1, new Reply.Done(2, new Result.RpcResult(null)), played.now);

            assertThat(played.take()).isEmpty();
            assertThat(one.phase()).isEqualTo(Phases.Publishing.SENT);
        }

        @Test
        void disconnectKeepsWhatWaits() {
            Outgoing one = publish("news");
            played.machine.disconnect(played.now);
            Outgoing two = publish("news");
            played.take();

            played.machine.connect(played.now);
            played.line = 1;
            played.open();
            played.take();
            played.reply(1, session());

            assertThat(played.take()).endsWith(Effect.Send.of(2, rpc(2, one)));
            acknowledge(2, 1);
            assertThat(played.take()).containsExactly(acknowledged(one, 1), Effect.Send.of(2, rpc(3, two)));
        }
    }

    @Nested
    class Refusals {
        @ParameterizedTest
        @ValueSource(ints = {100, 111})
        void oneForNowIsRepeatedAfterADelayAndOvertakenByNoneOfItsChannel(int code) {
            Outgoing one = publish("news");
            Outgoing two = publish("news");
            Outgoing other = publish("other");
            played.take();

            played.refuse(2, new ErrorReply(code, "because", true));
            acknowledge(3, 1);
            assertThat(played.take()).containsExactly(acknowledged(other, 1));
            long refused = played.now;
            played.wake();

            assertThat(played.now - refused).isEqualTo(750);
            assertThat(played.take()).containsExactly(sent(4, one));
            acknowledge(4, 1);
            assertThat(played.take()).containsExactly(acknowledged(one, 1), sent(5, two));
        }

        @Test
        void eachMoreMakesTheDelayLonger() {
            publish("news");
            played.refuse(2, ErrorReply.TOO_MANY_REQUESTS);
            played.wake();
            played.refuse(3, ErrorReply.TOO_MANY_REQUESTS);
            long refused = played.now;

            played.wake();

            assertThat(played.now - refused).isEqualTo(1_000);
            played.take();
        }

        @Test
        void oneForGoodFailsThatPublishAndTheNextGoesOn() {
            Outgoing one = publish("news");
            Outgoing two = publish("news");
            played.take();

            played.refuse(2, ErrorReply.PERMISSION_DENIED);

            List<Effect> effects = played.take();
            assertGivenUp(effects, one, CallRefused.class, "was refused: 103 permission denied");
            assertThat(effects.subList(1, effects.size())).containsExactly(sent(3, two));
        }

        @ParameterizedTest
        @ValueSource(ints = {104, 108})
        void aServerWithoutTheMethodIsToldByItsType(int code) {
            Outgoing one = publish("news");
            played.take();

            played.refuse(2, new ErrorReply(code, "no", false));

            assertGivenUp(one, OutboxUnsupported.class, "was refused: " + code + " no");
        }

        @Test
        void oneForGoodAfterATryWithoutAnAnswerLeavesTheOutcomeUnknown() {
            Outgoing one = publish("news");
            redial();
            played.take();

            played.refuse(2, ErrorReply.PERMISSION_DENIED);

            assertGivenUp(
                    one,
                    CallLost.class,
                    "may or may not have been applied: an earlier try was not answered, and the last one refused with error 103");
        }

        @Test
        void oneForGoodAfterOneThatHadNoEffectIsARefusal() {
            Outgoing one = publish("news");
            played.refuse(2, ErrorReply.TOO_MANY_REQUESTS);
            played.wake();
            played.take();

            played.refuse(3, ErrorReply.PERMISSION_DENIED);

            assertGivenUp(one, CallRefused.class, "was refused: 103 permission denied");
        }

        @Test
        void aLineThatEndedBecauseOfTheSizeOfAMessageGivesUpWhatWasUnderWay() {
            Outgoing one = publish("news");
            Outgoing two = publish("news");
            played.take();

            played.close(1009, "");

            List<Effect> effects = played.take();
            assertGivenUp(
                    effects,
                    one,
                    CallLost.class,
                    "may or may not have been applied: the line ended because a message was too large");
            assertThat(effects).endsWith(new Effect.Disconnected(Cause.MESSAGE_SIZE_LIMIT));
            assertThat(two.phase()).isEqualTo(Phases.Publishing.WAITING);
        }
    }

    @Test
    void noPayloadAndNoKeyIsShownInATextForLogs() {
        Outgoing one = publish("news");
        played.take();

        assertThat(one.toString()).isEqualTo("publish to news, 50 bytes, SENT");
    }
}
