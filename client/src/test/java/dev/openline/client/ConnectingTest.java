package dev.openline.client;

import static dev.openline.client.PlayedMachine.connect;
import static dev.openline.client.PlayedMachine.cursor;
import static dev.openline.client.PlayedMachine.position;
import static dev.openline.client.PlayedMachine.session;
import static dev.openline.client.PlayedMachine.subscribe;
import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.net.Backoff;
import dev.openline.protocol.Disconnect;
import dev.openline.protocol.ErrorReply;
import dev.openline.protocol.Ping;
import dev.openline.protocol.Push;
import dev.openline.protocol.Result;
import dev.openline.protocol.SubscribeRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectingTest {
    private final PlayedMachine played = new PlayedMachine();

    @Nested
    @DisplayName("client protocol §4: opening a session")
    class Opening {
        @Test
        void connectDialsAtOnce() {
            played.machine.connect(played.now);

            assertThat(played.take())
                    .containsExactly(new Effect.Connecting(Cause.CONNECT_CALLED, 0), new Effect.Dial(1));
        }

        @Test
        void aSecondConnectChangesNothing() {
            played.machine.connect(played.now);
            played.take();

            played.machine.connect(played.now);

            assertThat(played.take()).isEmpty();
        }

        @Test
        void connectAndAllSubscribesLeaveInOneFrame() {
            played.machine.subscribe(cursor("news"), played.now);
            played.machine.subscribe(new Cursor(SubscribeRequest.to("chat").withRecover(position(7))), played.now);
            played.machine.connect(played.now);
            played.take();

            played.open();

            assertThat(played.take())
                    .containsExactly(Effect.Send.of(
                            1, connect(1), subscribe(2, "news", null), subscribe(3, "chat", position(7))));
        }

        @Test
        void theSessionIsOpenWithTheConnectReply() {
            played.machine.connect(played.now);
            played.open();
            assertThat(played.machine.state()).isEqualTo(ConnectionState.CONNECTING);
            played.take();

            played.reply(1, session());

            assertThat(played.take()).containsExactly(new Effect.Connected("c1"));
            assertThat(played.machine.state()).isEqualTo(ConnectionState.CONNECTED);
        }

        @Test
        void idsBeginAnewOnEveryLine() {
            PlayedMachine played = PlayedMachine.connected();
            played.close(1006, "");
            played.wake();
            played.take();

            played.open();

            assertThat(played.take()).containsExactly(Effect.Send.of(2, connect(1)));
        }

        @Test
        void anUnansweredConnectDropsTheLineAfterFiveSeconds() {
            played.machine.connect(played.now);
            played.open();
            played.take();
            long opened = played.now;

            played.wake();

            assertThat(played.now - opened).isEqualTo(5_000);
            assertThat(played.take())
                    .containsExactly(
                            new Effect.Drop(1), new Effect.Connecting(Cause.transport("connect timeout"), 750));
        }

        @Test
        void aReplyOfAnotherKindDropsTheLine() {
            played.machine.connect(played.now);
            played.open();
            played.take();

            played.reply(1, new Result.PublishResult());

            assertThat(played.take())
                    .containsExactly(new Effect.Drop(1), new Effect.Connecting(Cause.transport("bad protocol"), 750));
        }

        @Test
        void aFrameThatIsNotProtocolDropsTheLine() {
            PlayedMachine played = PlayedMachine.connected();

            played.machine.garbled(1, played.now);

            assertThat(played.take())
                    .containsExactly(new Effect.Drop(1), new Effect.Connecting(Cause.transport("bad protocol"), 750));
        }
    }

    @Nested
    @DisplayName("client protocol §11: redials")
    class Redials {
        @Test
        void aFailedDialIsFollowedByAnotherAfterTheDelay() {
            played.machine.connect(played.now);
            played.take();

            played.machine.dialFailed(1, "connection refused", played.now);
            assertThat(played.take())
                    .containsExactly(new Effect.Connecting(Cause.transport("connection refused"), 750));
            long failed = played.now;
            played.wake();

            assertThat(played.now - failed).isEqualTo(750);
            assertThat(played.take()).containsExactly(new Effect.Dial(2));
        }

        @Test
        void eachFailureDoublesTheSpanUpToTheLongestDelay() {
            played.machine.connect(played.now);
            List<Long> delays = new ArrayList<>();
            for (int dial = 1; dial <= 9; dial++) {
                played.machine.dialFailed(dial, "refused", played.now);
                long failed = played.now;
                played.wake();
                delays.add(played.now - failed);
            }

            // Half of each span, on top of the shortest delay.
            assertThat(delays).containsExactly(750L, 1_000L, 1_500L, 2_500L, 4_500L, 8_500L, 10_250L, 10_250L, 10_250L);
        }

        @Test
        void delaysStayBetweenTheShortestAndTheLongestWhateverTheLuck() {
            Backoff backoff = new Backoff(500, 20_000);
            long seed = 20_250_117;
            SplittableRandom random = new SplittableRandom(seed);
            for (int failures = 0; failures < 200; failures++) {
                long span = failures > 10 ? 20_000 : Math.min(20_000, 500L << failures);
                assertThat(backoff.delayMillis(failures, random::nextLong))
                        .as("after %d failures, seed %d", failures, seed)
                        .isBetween(500L, Math.min(20_000, 500 + span));
            }
        }

        @Test
        void theConnectReplyMakesDelaysShortAgain() {
            played.machine.connect(played.now);
            for (int dial = 1; dial <= 5; dial++) {
                played.machine.dialFailed(dial, "refused", played.now);
                played.wake();
            }
            played.line = 5;
            played.open();
            played.reply(1, session());
            played.take();

            played.close(1006, "");

            assertThat(played.take())
                    .containsExactly(new Effect.Connecting(Cause.transport("transport closed: 1006"), 750));
        }

        @Test
        void anOpenLineWithoutAConnectReplyDoesNot() {
            played.machine.connect(played.now);
            played.machine.dialFailed(1, "refused", played.now);
            played.wake();
            played.line = 1;
            played.open();
            played.take();

            played.close(1006, "");

            assertThat(played.take())
                    .containsExactly(new Effect.Connecting(Cause.transport("transport closed: 1006"), 1_000));
        }

        @Test
        void disconnectWhileWaitingDialsNoMore() {
            played.machine.connect(played.now);
            played.machine.dialFailed(1, "refused", played.now);
            played.take();

            played.machine.disconnect(played.now);

            assertThat(played.take()).containsExactly(new Effect.Disconnected(Cause.DISCONNECT_CALLED));
            assertThat(played.machine.nextDeadline()).isEqualTo(ClientMachine.NEVER);
        }

        @Test
        void disconnectWhileDiallingDropsTheDialAndTheLineItMayStillBring() {
            played.machine.connect(played.now);
            played.take();

            played.machine.disconnect(played.now);
            played.open();

            assertThat(played.take())
                    .containsExactly(
                            new Effect.Drop(1), new Effect.Disconnected(Cause.DISCONNECT_CALLED), new Effect.Drop(1));
        }

        @Test
        void disconnectClosesTheLinePolitely() {
            PlayedMachine played = PlayedMachine.connected();

            played.machine.disconnect(played.now);

            assertThat(played.take())
                    .containsExactly(new Effect.Close(1), new Effect.Disconnected(Cause.DISCONNECT_CALLED));
        }

        @Test
        void whatIsHeardOfAnEarlierLineIsIgnored() {
            PlayedMachine played = PlayedMachine.connected();
            played.close(1006, "");
            played.wake();
            played.open();
            played.take();

            played.machine.lineClosed(1, 3500, "invalid token", played.now);
            played.machine.dialFailed(1, "refused", played.now);
            played.machine.received(1, new Ping(), played.now);
            played.machine.garbled(1, played.now);

            assertThat(played.take()).isEmpty();
        }
    }

    @Nested
    @DisplayName("client protocol §10.2: disconnect codes")
    class DisconnectCodes {
        @ParameterizedTest
        @ValueSource(ints = {3000, 3001, 3004, 3005, 3008, 3010, 3012, 3499, 4000, 4499})
        void aCodeOfTheServerThatAllowsItIsFollowedByARedial(int code) {
            PlayedMachine played = PlayedMachine.connected();

            played.close(code, "because");

            assertThat(played.take()).containsExactly(new Effect.Connecting(new Cause(code, "because"), 750));
        }

        @ParameterizedTest
        @ValueSource(ints = {1000, 1001, 1006, 1011, 1012})
        void aCodeOfTheLineIsFollowedByARedial(int code) {
            PlayedMachine played = PlayedMachine.connected();

            played.close(code, "");

            assertThat(played.take())
                    .containsExactly(new Effect.Connecting(Cause.transport("transport closed: " + code), 750));
        }

        @ParameterizedTest
        @ValueSource(ints = {3500, 3501, 3503, 3999, 4500, 4999})
        void aTerminalCodeEndsTheRedials(int code) {
            PlayedMachine played = PlayedMachine.connected();

            played.close(code, "because");

            assertThat(played.take()).containsExactly(new Effect.Disconnected(new Cause(code, "because")));
            assertThat(played.machine.nextDeadline()).isEqualTo(ClientMachine.NEVER);
        }

        @Test
        void aMessageThatWasTooLargeEndsTheRedials() {
            PlayedMachine played = PlayedMachine.connected();

            played.close(1009, "");

            assertThat(played.take()).containsExactly(new Effect.Disconnected(Cause.MESSAGE_SIZE_LIMIT));
        }

        @Test
        void connectAfterATerminalCodeDialsAgain() {
            PlayedMachine played = PlayedMachine.connected();
            played.close(3500, "invalid token");
            played.take();

            played.machine.connect(played.now);

            assertThat(played.take())
                    .containsExactly(new Effect.Connecting(Cause.CONNECT_CALLED, 0), new Effect.Dial(2));
        }

        @Test
        void aDisconnectPushCountsAsTheCloseThatItStandsFor() {
            PlayedMachine played = PlayedMachine.connected();

            played.receive(new Push.DisconnectPush(Disconnect.FORCE_DISCONNECT));

            assertThat(played.take())
                    .containsExactly(new Effect.Drop(1), new Effect.Disconnected(new Cause(3503, "force disconnect")));
        }
    }

    @Nested
    @DisplayName("client protocol §10.1: errors in answer to connect")
    class ConnectErrors {
        @ParameterizedTest
        @CsvSource({"100,true", "111,true", "400,true", "1,false", "99,false"})
        void oneThatMayPassIsFollowedByARedial(int code, boolean temporary) {
            played.machine.connect(played.now);
            played.open();
            played.take();

            played.refuse(1, new ErrorReply(code, "because", temporary));

            assertThat(played.take())
                    .containsExactly(new Effect.Drop(1), new Effect.Connecting(new Cause(code, "because"), 750));
        }

        @ParameterizedTest
        @ValueSource(ints = {101, 103, 109, 110, 400})
        void anyOtherEndsTheRedials(int code) {
            played.machine.connect(played.now);
            played.open();
            played.take();

            played.refuse(1, new ErrorReply(code, "because", false));

            assertThat(played.take())
                    .containsExactly(new Effect.Close(1), new Effect.Disconnected(new Cause(code, "because")));
        }
    }
}
