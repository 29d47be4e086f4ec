package dev.openline.client;

import static dev.openline.client.PlayedMachine.at;
import static dev.openline.client.PlayedMachine.connect;
import static dev.openline.client.PlayedMachine.position;
import static dev.openline.client.PlayedMachine.session;
import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.protocol.Command;
import dev.openline.protocol.ErrorReply;
import dev.openline.protocol.Expiry;
import dev.openline.protocol.Result;
import dev.openline.protocol.Result.SubscribeResult;
import dev.openline.protocol.Result.SubscribeResult.Recovery;
import dev.openline.protocol.StreamPosition;
import dev.openline.protocol.SubscribeRequest;
import dev.openline.protocol.Tracking;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("client protocol §6.5 and §11: subscription tokens")
class SubscriptionTokensTest {
    private static final Effect ASK = new Effect.FetchToken("news");

    private final Cursor news = new Cursor(SubscribeRequest.to("news"), Credential.renewable(""));
    private final PlayedMachine played = PlayedMachine.connected();

    private static Command subscribe(long id, String token, @Nullable StreamPosition recover) {
        return new Command.Subscribe(
                id, SubscribeRequest.to("news").withToken(token).withRecover(recover));
    }

    private static SubscribeResult expiring(long seconds) {
        return new SubscribeResult(
                Tracking.RECOVERABLE, position(4), Recovery.NOT_ASKED, List.of(), new Expiry(seconds), null);
    }

    /** Subscribed with token "t1", good for 10 s. */
    private void subscribed() {
        played.machine.subscribe(news, played.now);
        played.token("t1");
        played.reply(2, expiring(10));
        played.take();
    }

    /** The token's time is up, and the application has another. */
    private void renewed(String token) {
        subscribed();
        played.wake();
        played.take();
        played.token(token);
    }

    @Nested
    class BeforeTheSubscribe {
        @Test
        void theApplicationIsAskedFirst() {
            played.machine.subscribe(news, played.now);
            assertThat(played.take()).containsExactly(new Effect.Subscribing("news", Cause.SUBSCRIBE_CALLED), ASK);

            played.token("t1");

            assertThat(played.take()).containsExactly(Effect.Send.of(1, subscribe(2, "t1", null)));
        }

        @Test
        void withoutALineNobodyIsAsked() {
            PlayedMachine played = new PlayedMachine();

            played.machine.subscribe(news, played.now);

            assertThat(played.take()).containsExactly(new Effect.Subscribing("news", Cause.SUBSCRIBE_CALLED));
        }

        @Test
        void aFailureIsFollowedByAnotherQuestionAfterTheDelay() {
            played.machine.subscribe(news, played.now);
            played.take();

            played.noToken();
            assertThat(played.take()).containsExactly(new Effect.Subscribing("news", Cause.TOKEN_FAILED));
            long failed = played.now;
            played.wake();

            assertThat(played.now - failed).isEqualTo(750);
            assertThat(played.take()).containsExactly(ASK);
        }

        @Test
        void anEmptyAnswerEndsTheSubscription() {
            played.machine.subscribe(news, played.now);
            played.take();

            played.token("");

            assertThat(played.take()).containsExactly(new Effect.Unsubscribed("news", Cause.UNAUTHORIZED));
        }

        @Test
        void unsubscribeWhileAskedSaysNothingToTheServerAndIgnoresTheAnswer() {
            played.machine.subscribe(news, played.now);
            played.take();

            played.machine.unsubscribe(news, played.now);
            played.token("t1");

            assertThat(played.take()).containsExactly(new Effect.Unsubscribed("news", Cause.UNSUBSCRIBE_CALLED));
            assertThat(played.machine.outstandingCalls()).isZero();
        }

        @Test
        void aLineThatBreaksMeanwhileLeavesTheAnswerToTheNext() {
            played.machine.subscribe(news, played.now);
            played.close(1006, "");
            played.wake();
            played.open();
            played.token("t1");

            assertThat(played.take())
                    .endsWith(Effect.Send.of(2, connect(1)), Effect.Send.of(2, subscribe(2, "t1", null)));
        }

        @Test
        void anExpiredTokenIsReplacedAfterTheDelay() {
            played.machine.subscribe(news, played.now);
            played.token("t1");
            played.take();

            played.refuse(2, ErrorReply.TOKEN_EXPIRED);
            assertThat(played.take()).containsExactly(new Effect.Subscribing("news", new Cause(109, "token expired")));
            played.wake();
            assertThat(played.take()).containsExactly(ASK);
            played.token("t2");

            assertThat(played.take()).containsExactly(Effect.Send.of(1, subscribe(3, "t2", null)));
        }

        @Test
        void withoutAnybodyToAskAnExpiredTokenEndsTheSubscription() {
            Cursor fixed = new Cursor(SubscribeRequest.to("news").withToken("t1"));
            played.machine.subscribe(fixed, played.now);
            played.take();

            played.refuse(2, ErrorReply.TOKEN_EXPIRED);

            assertThat(played.take()).containsExactly(new Effect.Unsubscribed("news", new Cause(109, "token expired")));
        }
    }

    @Nested
    class WhileSubscribed {
        @Test
        void theNextTokenIsFetchedWhenTheTimeIsUpAndHandedOver() {
            subscribed();
            long before = played.now;

            played.wake();
            assertThat(played.now - before).isEqualTo(10_000);
            assertThat(played.take()).containsExactly(ASK);
            played.token("t2");
            assertThat(played.take()).containsExactly(Effect.Send.of(1, new Command.SubRefresh(3, "news", "t2")));
            played.reply(3, new Result.SubRefreshResult(new Expiry(20)));
            long refreshed = played.now;
            played.wake();

            assertThat(played.now - refreshed).isEqualTo(20_000);
            assertThat(played.take()).containsExactly(ASK);
        }

        @Test
        void aNewLineUsesTheNewestToken() {
            renewed("t2");
            played.reply(3, new Result.SubRefreshResult(new Expiry(20)));
            played.take();

            played.close(1006, "");
            played.wake();
            played.open();

            assertThat(played.take()).last().isEqualTo(Effect.Send.of(2, connect(1), subscribe(2, "t2", position(4))));
        }

        @ParameterizedTest
        @ValueSource(ints = {100, 109, 111})
        void aRefreshThatMayPassIsRepeatedAfterTenToTwentySeconds(int code) {
            renewed("t2");
            played.take();

            played.refuse(3, new ErrorReply(code, "because", code != 109));
            long refused = played.now;
            played.wake();

            assertThat(played.now - refused).isEqualTo(15_000);
            assertThat(played.take()).containsExactly(ASK);
        }

        @Test
        void aRefreshWithoutAnAnswerIsRepeatedAndTheLineStays() {
            renewed("t2");
            played.take();

            played.wake();
            assertThat(played.take()).isEmpty();
            played.wake();

            assertThat(played.take()).containsExactly(ASK);
        }

        @Test
        void anyOtherErrorEndsTheSubscriptionAtBothSides() {
            renewed("t2");
            played.take();

            played.refuse(3, ErrorReply.PERMISSION_DENIED);

            assertThat(played.take())
                    .containsExactly(
                            new Effect.Unsubscribed("news", new Cause(103, "permission denied")),
                            Effect.Send.of(1, new Command.Unsubscribe(4, "news")));
        }

        @Test
        void anEmptyAnswerEndsTheSubscriptionAtBothSides() {
            renewed("");

            assertThat(played.take())
                    .containsExactly(
                            new Effect.Unsubscribed("news", Cause.UNAUTHORIZED),
                            Effect.Send.of(1, new Command.Unsubscribe(3, "news")));
        }

        @Test
        void aFailureIsFollowedByAnotherQuestionAfterTenToTwentySeconds() {
            subscribed();
            played.wake();
            played.take();

            played.noToken();
            long failed = played.now;
            played.wake();

            assertThat(played.now - failed).isEqualTo(15_000);
            assertThat(played.take()).containsExactly(ASK);
        }

        @ParameterizedTest
        @ValueSource(ints = {2501, 2502})
        void anUnsubscribeThatSaysSoHasATokenFetchedBeforeTheNextAttempt(int code) {
            subscribed();

            played.unsubscribe("news", code);
            played.take();
            played.wake();

            assertThat(played.take()).containsExactly(ASK);
        }

        @Test
        void anAnswerToARefreshThatIsTooLateChangesNothing() {
            renewed("t2");
            played.unsubscribe("news", 2500);
            played.take();

            played.refuse(3, ErrorReply.PERMISSION_DENIED);

            assertThat(played.take()).isEmpty();
        }
    }

    @Test
    void aSubscriptionWithoutATokenBesideOneThatWaitsIsSentAtOnce() {
        PlayedMachine played = new PlayedMachine();
        played.machine.subscribe(news, played.now);
        played.machine.subscribe(PlayedMachine.cursor("chat"), played.now);
        played.machine.connect(played.now);
        played.take();

        played.open();

        assertThat(played.take())
                .containsExactly(ASK, Effect.Send.of(1, connect(1), PlayedMachine.subscribe(2, "chat", null)));
        played.reply(1, session());
        played.reply(2, at(4));
        played.token("t1");
        assertThat(played.take()).endsWith(Effect.Send.of(1, subscribe(3, "t1", null)));
    }
}
