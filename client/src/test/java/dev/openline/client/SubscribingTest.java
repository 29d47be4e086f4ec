package dev.openline.client;

import static dev.openline.client.PlayedMachine.at;
import static dev.openline.client.PlayedMachine.connect;
import static dev.openline.client.PlayedMachine.cursor;
import static dev.openline.client.PlayedMachine.position;
import static dev.openline.client.PlayedMachine.someone;
import static dev.openline.client.PlayedMachine.subscribe;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.openline.protocol.Command;
import dev.openline.protocol.ErrorReply;
import dev.openline.protocol.Push;
import dev.openline.protocol.Result;
import dev.openline.protocol.StreamPosition;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SubscribingTest {
    private final Cursor news = cursor("news");

    @Nested
    @DisplayName("client protocol §6: subscribe and unsubscribe")
    class Subscribing {
        @Test
        void aSubscribeLeavesAtOnceOnAnOpenLine() {
            PlayedMachine played = PlayedMachine.connected();

            played.machine.subscribe(news, played.now);

            assertThat(played.take())
                    .containsExactly(
                            new Effect.Subscribing("news", Cause.SUBSCRIBE_CALLED),
                            Effect.Send.of(1, subscribe(2, "news", null)));
        }

        @Test
        void aSecondSubscriptionToTheSameChannelIsTheCallersFault() {
            PlayedMachine played = PlayedMachine.subscribed(news);

            assertThatThrownBy(() -> played.machine.subscribe(cursor("news"), played.now))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("there is a subscription to news already");
        }

        @Test
        void theReplyMakesItSubscribed() {
            PlayedMachine played = PlayedMachine.connected();
            played.machine.subscribe(news, played.now);
            played.take();

            played.reply(2, at(4));

            assertThat(played.take()).containsExactly(new Effect.Subscribed("news", at(4)));
            assertThat(news.position()).isEqualTo(position(4));
        }

        @Test
        void unsubscribeEndsItAndTellsTheServer() {
            PlayedMachine played = PlayedMachine.subscribed(news);

            played.machine.unsubscribe(news, played.now);

            assertThat(played.take())
                    .containsExactly(
                            new Effect.Unsubscribed("news", Cause.UNSUBSCRIBE_CALLED),
                            Effect.Send.of(1, new Command.Unsubscribe(3, "news")));
            played.machine.unsubscribe(news, played.now);
            assertThat(played.take()).as("a second unsubscribe").isEmpty();
        }

        @Test
        void unsubscribeBeforeTheReplyIsSentBehindTheSubscribeAndTheReplyIgnored() {
            PlayedMachine played = PlayedMachine.connected();
            played.machine.subscribe(news, played.now);
            played.take();

            played.machine.unsubscribe(news, played.now);
            played.reply(2, at(4));
            played.publish("news", 5);

            assertThat(played.take())
                    .containsExactly(
                            new Effect.Unsubscribed("news", Cause.UNSUBSCRIBE_CALLED),
                            Effect.Send.of(1, new Command.Unsubscribe(3, "news")));
        }

        @Test
        void unsubscribeWithoutALineHasNobodyToTell() {
            PlayedMachine played = new PlayedMachine();
            played.machine.subscribe(news, played.now);
            played.take();

            played.machine.unsubscribe(news, played.now);

            assertThat(played.take()).containsExactly(new Effect.Unsubscribed("news", Cause.UNSUBSCRIBE_CALLED));
        }

        @Test
        void whatIsPushedBeforeTheReplyBelongsToTheSubscriptionBefore() {
            PlayedMachine played = PlayedMachine.subscribed(news);
            Cursor again = cursor("news");
            played.machine.unsubscribe(news, played.now);
            played.machine.subscribe(again, played.now);
            played.take();

            played.publish("news", 5);
            played.unsubscribe("news", 2000);
            played.reply(3, new Result.UnsubscribeResult());
            assertThat(played.take()).isEmpty();
            played.reply(4, at(5));

            assertThat(played.take()).containsExactly(new Effect.Subscribed("news", at(5)));
        }

        @Test
        void aRefusedUnsubscribeDropsTheLine() {
            PlayedMachine played = PlayedMachine.subscribed(news);
            played.machine.unsubscribe(news, played.now);
            played.take();

            played.refuse(3, ErrorReply.INTERNAL);

            assertThat(played.take())
                    .containsExactly(new Effect.Drop(1), new Effect.Connecting(Cause.UNSUBSCRIBE_ERROR, 750));
        }

        @Test
        void anUnansweredUnsubscribeDropsTheLine() {
            PlayedMachine played = PlayedMachine.subscribed(news);
            played.machine.unsubscribe(news, played.now);
            played.take();

            played.pass(5_000);

            assertThat(played.take())
                    .containsExactly(new Effect.Drop(1), new Effect.Connecting(Cause.UNSUBSCRIBE_ERROR, 750));
        }

        @Test
        void anUnansweredSubscribeDropsTheLine() {
            PlayedMachine played = PlayedMachine.connected();
            played.machine.subscribe(news, played.now);
            played.take();

            played.pass(5_000);

            assertThat(played.take())
                    .containsExactly(new Effect.Drop(1), new Effect.Connecting(Cause.SUBSCRIBE_TIMEOUT, 750));
        }

        @Test
        void joinsAndLeavesAreHandedOn() {
            PlayedMachine played = PlayedMachine.subscribed(news);

            played.receive(new Push.Join("news", someone("c2")));
            played.receive(new Push.Leave("news", someone("c3")));

            assertThat(played.take()).containsExactly(new Effect.Joined("news", "c2"), new Effect.Left("news", "c3"));
        }

        @Test
        void pushesToUnknownChannelsAreIgnored() {
            PlayedMachine played = PlayedMachine.subscribed(news);

            played.publish("other", 1);
            played.unsubscribe("other", 2000);
            played.receive(new Push.Join("other", someone("c2")));

            assertThat(played.take()).isEmpty();
        }

        @Test
        void closeEndsAllSubscriptions() {
            PlayedMachine played = PlayedMachine.subscribed(news);

            played.machine.close(played.now);

            assertThat(played.take())
                    .containsExactly(
                            new Effect.Close(1),
                            new Effect.Disconnected(Cause.DISCONNECT_CALLED),
                            new Effect.Subscribing("news", Cause.TRANSPORT_CLOSED),
                            new Effect.Unsubscribed("news", Cause.CLIENT_CLOSED));
        }
    }

    @Nested
    @DisplayName("client protocol §10.1 and §11: errors in answer to subscribe")
    class SubscribeErrors {
        @ParameterizedTest
        @CsvSource({"100,true", "111,true", "7,false"})
        void oneThatMayPassIsFollowedByAnotherAttempt(int code, boolean temporary) {
            PlayedMachine played = PlayedMachine.connected();
            played.machine.subscribe(news, played.now);
            played.take();

            played.refuse(2, new ErrorReply(code, "because", temporary));
            assertThat(played.take()).containsExactly(new Effect.Subscribing("news", new Cause(code, "because")));
            long refused = played.now;
            played.wake();

            assertThat(played.now - refused).isEqualTo(750);
            assertThat(played.take()).containsExactly(Effect.Send.of(1, subscribe(3, "news", null)));
        }

        @Test
        void theDelaysGrowUntilTheServerAgrees() {
            PlayedMachine played = PlayedMachine.connected();
            played.machine.subscribe(news, played.now);
            for (long id = 2; id <= 4; id++) {
                played.refuse(id, ErrorReply.INTERNAL);
                played.wake();
            }
            played.refuse(5, ErrorReply.INTERNAL);
            assertThat(played.machine.nextDeadline() - played.now)
                    .as("after four refusals")
                    .isEqualTo(2_500);
            played.wake();
            played.reply(6, at(4));

            played.unsubscribe("news", 2500);

            assertThat(played.machine.nextDeadline() - played.now)
                    .as("after it was subscribed")
                    .isEqualTo(750);
        }

        @ParameterizedTest
        @ValueSource(ints = {102, 103, 105, 106, 107, 110, 112, 400})
        void anyOtherEndsIt(int code) {
            PlayedMachine played = PlayedMachine.connected();
            played.machine.subscribe(news, played.now);
            played.take();

            played.refuse(2, new ErrorReply(code, "because", false));

            assertThat(played.take()).containsExactly(new Effect.Unsubscribed("news", new Cause(code, "because")));
            assertThat(news.phase()).isEqualTo(Phases.Subscribing.UNSUBSCRIBED);
        }

        @Test
        void aSubscriptionThatWaitsToAskAgainAsksWithTheNextLine() {
            PlayedMachine played = PlayedMachine.connected();
            played.machine.subscribe(news, played.now);
            played.refuse(2, ErrorReply.INTERNAL);
            played.close(1006, "");
            played.wake();
            played.take();

            played.open();

            assertThat(played.take()).containsExactly(Effect.Send.of(2, connect(1), subscribe(2, "news", null)));
        }
    }

    @Nested
    @DisplayName("client protocol §10.3: unsubscribe codes")
    class UnsubscribeCodes {
        private final PlayedMachine played = PlayedMachine.subscribed(news);

        @ParameterizedTest
        @ValueSource(ints = {2000, 2499})
        void below2500ItStaysUnsubscribed(int code) {
            played.unsubscribe("news", code);
            played.publish("news", 5);

            assertThat(played.take()).containsExactly(new Effect.Unsubscribed("news", new Cause(code, "because")));
        }

        @ParameterizedTest
        @ValueSource(ints = {2500, 2501})
        void from2500OnItSubscribesAgainAndRecovers(int code) {
            played.unsubscribe("news", code);
            played.publish("news", 5);
            played.wake();

            assertThat(played.take())
                    .containsExactly(
                            new Effect.Subscribing("news", new Cause(code, "because")),
                            Effect.Send.of(1, subscribe(3, "news", position(4))));
        }

        @Test
        void after2502ItAsksFromWhereNoLogIs() {
            played.unsubscribe("news", 2502);
            played.take();
            played.wake();

            assertThat(played.take())
                    .containsExactly(Effect.Send.of(1, subscribe(3, "news", new StreamPosition(0, "_"))));
        }

        @Test
        void afterDisconnectCode3014EveryoneDoes() {
            played.close(3014, "state invalidated");
            played.wake();
            played.take();
            played.open();

            assertThat(played.take())
                    .containsExactly(Effect.Send.of(2, connect(1), subscribe(2, "news", new StreamPosition(0, "_"))));
        }
    }
}
