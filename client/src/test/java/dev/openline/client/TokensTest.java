package dev.openline.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.protocol.Command;
import dev.openline.protocol.ErrorReply;
import dev.openline.protocol.Expiry;
import dev.openline.protocol.Ping;
import dev.openline.protocol.Push;
import dev.openline.protocol.Result;
import dev.openline.protocol.SubscribeRequest;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("client protocol §5 and §11: connection tokens")
class TokensTest {
    private static final Effect ASK = new Effect.FetchToken(null);

    private static Command connect(long id, String token) {
        return Command.Connect.by(id, "test", token);
    }

    private static Effect refresh(long id, String token) {
        return Effect.Send.of(1, new Command.Refresh(id, token));
    }

    @Nested
    class BeforeADial {
        private final PlayedMachine played = new PlayedMachine(Credential.renewable(""));

        @Test
        void theApplicationIsAskedFirstAndItsAnswerDials() {
            played.machine.connect(played.now);
            assertThat(played.take()).containsExactly(new Effect.Connecting(Cause.CONNECT_CALLED, 0), ASK);

            played.token("t1");
            assertThat(played.take()).containsExactly(new Effect.Dial(1));
            played.open();

            assertThat(played.take()).containsExactly(Effect.Send.of(1, connect(1, "t1")));
        }

        @Test
        void aTokenAtHandIsUsedWithoutAsking() {
            PlayedMachine played = new PlayedMachine(Credential.renewable("t0"));

            played.machine.connect(played.now);

            assertThat(played.take())
                    .containsExactly(new Effect.Connecting(Cause.CONNECT_CALLED, 0), new Effect.Dial(1));
        }

        @Test
        void anApplicationThatFailsIsAskedAgainAfterTheDelay() {
            played.machine.connect(played.now);
            played.take();

            played.noToken();
            assertThat(played.take()).containsExactly(new Effect.Connecting(Cause.TOKEN_FAILED, 750));
            played.wake();
            assertThat(played.take()).containsExactly(ASK);
            played.noToken();

            assertThat(played.take()).containsExactly(new Effect.Connecting(Cause.TOKEN_FAILED, 1_000));
        }

        @Test
        void anApplicationThatDoesNotAnswerInTimeHasFailed() {
            played.machine.connect(played.now);
            played.take();
            TokenFetches.Fetch late = played.lastFetch();
            long asked = played.now;

            played.wake();

            assertThat(played.now - asked).isEqualTo(30_000);
            assertThat(played.take()).containsExactly(new Effect.Connecting(Cause.TOKEN_FAILED, 750));
            played.machine.fetched(late, "t1", played.now);
            assertThat(played.take()).isEmpty();
        }

        @Test
        void anEmptyAnswerEndsTheRedials() {
            played.machine.connect(played.now);
            played.take();

            played.token("");

            assertThat(played.take()).containsExactly(new Effect.Disconnected(Cause.UNAUTHORIZED));
            assertThat(played.machine.nextDeadline()).isEqualTo(ClientMachine.NEVER);
        }

        @Test
        void disconnectWhileAskedDialsNotAndTheNextConnectWaitsForTheSameAnswer() {
            played.machine.connect(played.now);
            played.machine.disconnect(played.now);
            assertThat(played.take()).endsWith(new Effect.Disconnected(Cause.DISCONNECT_CALLED));

            played.machine.connect(played.now);
            assertThat(played.take()).containsExactly(new Effect.Connecting(Cause.CONNECT_CALLED, 0));
            played.token("t1");

            assertThat(played.take()).containsExactly(new Effect.Dial(1));
        }

        @Test
        void anAnswerAfterDisconnectIsKeptForTheNextConnect() {
            played.machine.connect(played.now);
            played.machine.disconnect(played.now);
            played.token("t1");
            played.take();

            played.machine.connect(played.now);

            assertThat(played.take())
                    .containsExactly(new Effect.Connecting(Cause.CONNECT_CALLED, 0), new Effect.Dial(1));
        }
    }

    @Nested
    class InTheSession {
        private final PlayedMachine played = PlayedMachine.expiring();

        /** Lets the server's heartbeat go on while time passes. */
        private void passBeating(long millis) {
            for (long left = millis; left > 0; left -= 20_000) {
                played.pass(Math.min(left, 20_000));
                played.receive(new Ping());
            }
            assertThat(played.take().stream().filter(e -> !(e instanceof Effect.Send)))
                    .isSubsetOf(List.of(ASK));
        }

        private void askedAndAnswered(String token) {
            passBeating(60_000);
            played.token(token);
        }

        @Test
        void theNextTokenIsFetchedWhenTheTimeIsUpAndHandedOver() {
            played.pass(20_000);
            played.receive(new Ping());
            played.pass(20_000);
            played.receive(new Ping());
            played.pass(19_999);
            assertThat(played.take()).doesNotContain(ASK);
            played.pass(1);
            assertThat(played.take()).containsExactly(ASK);

            played.token("t2");

            assertThat(played.take()).containsExactly(refresh(2, "t2"));
        }

        @Test
        void theAnswerSaysWhenTheOneAfterIsDue() {
            askedAndAnswered("t2");
            played.take();

            played.reply(2, new Result.RefreshResult(new Expiry(15)));
            long refreshed = played.now;
            played.wake();

            assertThat(played.now - refreshed).isEqualTo(15_000);
            assertThat(played.take()).containsExactly(ASK);
        }

        @Test
        void anAnswerWithoutATimeEndsTheRefreshes() {
            askedAndAnswered("t2");
            played.take();

            played.reply(2, new Result.RefreshResult(null));
            passBeating(600_000);

            assertThat(played.effects.fetches).hasSize(2);
        }

        @Test
        void whoseLifeIsShorterThanASecondIsRefreshedAfterASecond() {
            askedAndAnswered("t2");
            played.take();

            played.reply(2, new Result.RefreshResult(new Expiry(0)));
            long refreshed = played.now;
            played.wake();

            assertThat(played.now - refreshed).isEqualTo(1_000);
        }

        @ParameterizedTest
        @ValueSource(ints = {100, 109, 111})
        void aRefreshThatMayPassIsRepeatedWithAnotherTokenAfterFiveToTenSeconds(int code) {
            askedAndAnswered("t2");
            played.take();

            played.refuse(2, new ErrorReply(code, "because", code != 109));
            long refused = played.now;
            played.wake();

            assertThat(played.now - refused).isEqualTo(7_500);
            assertThat(played.take()).containsExactly(ASK);
            played.token("t3");
            assertThat(played.take()).containsExactly(refresh(3, "t3"));
        }

        @Test
        void aRefreshWithoutAnAnswerIsRepeatedAndTheLineStays() {
            askedAndAnswered("t2");
            played.take();

            played.wake();
            assertThat(played.take()).isEmpty();
            long given = played.now;
            played.wake();

            assertThat(played.now - given).isEqualTo(7_500);
            assertThat(played.take()).containsExactly(ASK);
        }

        @Test
        void anyOtherErrorEndsTheSession() {
            askedAndAnswered("t2");
            played.take();

            played.refuse(2, ErrorReply.PERMISSION_DENIED);

            assertThat(played.take())
                    .containsExactly(new Effect.Close(1), new Effect.Disconnected(new Cause(103, "permission denied")));
        }

        @Test
        void anApplicationThatFailsIsAskedAgainAfterFiveToTenSeconds() {
            passBeating(60_000);

            played.noToken();
            long failed = played.now;
            played.wake();

            assertThat(played.now - failed).isEqualTo(7_500);
            assertThat(played.take()).containsExactly(ASK);
        }

        @Test
        void anEmptyAnswerEndsTheSession() {
            askedAndAnswered("");

            assertThat(played.take()).containsExactly(new Effect.Close(1), new Effect.Disconnected(Cause.UNAUTHORIZED));
        }

        @Test
        void theServerMayChangeTheTimeUnasked() {
            played.receive(new Push.RefreshPush(new Expiry(10)));
            long told = played.now;

            played.wake();

            assertThat(played.now - told).isEqualTo(10_000);
            assertThat(played.take()).containsExactly(ASK);
        }
    }

    @Nested
    class ExpiredTokens {
        private final PlayedMachine played = PlayedMachine.expiring();

        @Test
        void whatTheServerCallsExpiredIsReplacedBeforeTheNextDial() {
            played.close(1006, "");
            played.wake();
            played.open();
            played.take();

            played.refuse(1, ErrorReply.TOKEN_EXPIRED);
            assertThat(played.take())
                    .containsExactly(new Effect.Drop(2), new Effect.Connecting(new Cause(109, "token expired"), 1_000));
            played.wake();
            assertThat(played.take()).containsExactly(ASK);
            played.token("t2");
            played.open();

            assertThat(played.take()).containsExactly(new Effect.Dial(3), Effect.Send.of(3, connect(1, "t2")));
        }

        @ParameterizedTest
        @ValueSource(ints = {3005, 3006, 3014})
        void aCloseThatSaysSoHasATokenFetchedBeforeTheNextDial(int code) {
            played.close(code, "because");
            played.take();

            played.wake();

            assertThat(played.take()).containsExactly(ASK);
        }

        @Test
        void aTokenWhoseTimeIsUpIsNotTried() {
            played.close(1006, "");
            played.machine.disconnect(played.now);
            played.take();
            played.pass(60_000);

            played.machine.connect(played.now);

            assertThat(played.take()).containsExactly(new Effect.Connecting(Cause.CONNECT_CALLED, 0), ASK);
        }

        @Test
        void oneThatIsStillGoodIsUsedAgain() {
            played.close(1006, "");
            played.take();

            played.wake();

            assertThat(played.take()).containsExactly(new Effect.Dial(2));
        }

        @Test
        void withoutAnybodyToAskAnExpiredTokenEndsTheRedials() {
            PlayedMachine played = new PlayedMachine(Credential.fixed("t"));
            played.machine.connect(played.now);
            played.open();
            played.take();

            played.refuse(1, ErrorReply.TOKEN_EXPIRED);

            assertThat(played.take())
                    .containsExactly(new Effect.Close(1), new Effect.Disconnected(new Cause(109, "token expired")));
        }

        @Test
        void aFetchThatWasBegunOnALineThatBrokeServesTheNext() {
            played.pass(30_000);
            played.receive(new Ping());
            played.pass(30_000);
            played.take();
            played.close(1006, "");
            played.wake();
            assertThat(played.take())
                    .as("no second question to the application")
                    .containsExactly(new Effect.Connecting(Cause.transport("transport closed: 1006"), 750));

            played.token("t2");

            assertThat(played.take()).containsExactly(new Effect.Dial(2));
        }
    }

    @Test
    void noTokenIsShownInATextForLogs() {
        Credential credential = Credential.renewable("secret");
        Cursor cursor = new Cursor(SubscribeRequest.to("news"), credential);

        assertThat(List.of(
                        credential.toString(),
                        cursor.toString(),
                        new Question.Refresh(credential).toString(),
                        new Question.SubRefresh(cursor).toString(),
                        new Question.Subscribe(cursor).toString(),
                        new Question.Refresh(credential).command(1).toString()))
                .noneMatch(text -> text.contains("secret"));
    }
}
