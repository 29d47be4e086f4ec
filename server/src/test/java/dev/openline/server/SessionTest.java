package dev.openline.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.hub.ChannelOptions;
import dev.openline.hub.Permission;
import dev.openline.protocol.Disconnect;
import dev.openline.protocol.ErrorReply;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A session between a client's words and a real hub, without a socket and with time in hand. */
class SessionTest {
    private final Bench bench = new Bench();
    private final Bench.Client alice = bench.client();

    @Nested
    @DisplayName("before connect")
    class BeforeConnect {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{'id':1,'subscribe':{'channel':'news'}}",
                    "{'id':1,'publish':{'channel':'news','data':1}}",
                    "{'id':1,'rpc':{'method':'m'}}",
                    "{'send':{'data':1}}"
                })
        void anyOtherCommandEndsTheSessionWith3501(String command) {
            alice.says(command);
            alice.heard().closed(Disconnect.BAD_REQUEST);
            assertThat(bench.topOf("news")).isZero();
        }

        @Test
        void aSessionThatNeverConnectsIsStaleInTime() {
            bench.passes(Duration.ofMillis(9_999));
            alice.heard().nothing();
            bench.passes(Duration.ofMillis(1));
            alice.heard().closed(Disconnect.STALE);
        }

        @Test
        void commandsGluedBehindASlowConnectWaitForIt() {
            bench.admission = new CompletableFuture<>();
            alice.says(
                    "{'id':1,'connect':{}}\n{'id':2,'subscribe':{'channel':'news'}}\n{'id':3,'publish':{'channel':'news','data':1}}");
            alice.heard().nothing();
            assertThat(bench.topOf("news")).isZero();
            bench.admission.complete(new Authenticator.Admitted("", null, null));
            alice.heard()
                    .reply(1, "connect")
                    .reply(2, "subscribe")
                    .publication("news", 1, "1")
                    .reply(3, "publish")
                    .nothing();
        }

        @Test
        void nothingGluedBehindARefusedConnectTakesEffect() {
            bench.admission = CompletableFuture.completedFuture(new Authenticator.Denied(ErrorReply.TOKEN_EXPIRED));
            alice.says("{'id':1,'connect':{'token':'x'}}\n{'id':2,'publish':{'channel':'news','data':1}}");
            alice.heard().error(1, 109).closed(Disconnect.BAD_REQUEST);
            assertThat(bench.topOf("news")).isZero();
        }

        @Test
        void aDroppedConnectClosesWithItsCode() {
            bench.admission = CompletableFuture.completedFuture(new Authenticator.Dropped(Disconnect.INVALID_TOKEN));
            alice.says("{'id':1,'connect':{'token':'x'}}\n{'id':2,'subscribe':{'channel':'news'}}");
            alice.heard().closed(Disconnect.INVALID_TOKEN);
        }

        @Test
        void anAuthenticatorThatFailsIsATemporaryError() {
            bench.admission = CompletableFuture.failedFuture(new IllegalStateException("on purpose"));
            alice.says("{'id':1,'connect':{}}");
            alice.heard().error(1, 100).nothing();
        }
    }

    @Nested
    @DisplayName("connected")
    class Connected {
        Connected() {
            alice.connects();
        }

        @Test
        void aSecondConnectEndsTheSessionWith3501() {
            alice.says("{'id':2,'connect':{}}");
            alice.heard().closed(Disconnect.BAD_REQUEST);
        }

        @Test
        void commandsBeforeABrokenOneTakeEffectAndThoseAfterItDoNot() {
            alice.says(
                    "{'id':2,'publish':{'channel':'news','data':1}}\n{'id':3,'publish':\n{'id':4,'publish':{'channel':'news','data':2}}");
            alice.heard().reply(2, "publish").closed(Disconnect.BAD_REQUEST);
            assertThat(bench.topOf("news")).isOne();
        }

        @Test
        void subscribingTwiceIs105() {
            alice.says("{'id':2,'subscribe':{'channel':'news'}}\n{'id':3,'subscribe':{'channel':'news'}}");
            alice.heard().reply(2, "subscribe").error(3, 105).nothing();
        }

        @Test
        void theBoundOnSubscriptionsIs106() {
            for (int i = 0; i < 128; i++) alice.says("{'id':1,'subscribe':{'channel':'c" + i + "'}}");
            alice.forget();
            alice.says(
                    "{'id':2,'subscribe':{'channel':'more'}}\n{'id':3,'unsubscribe':{'channel':'c5'}}\n{'id':4,'subscribe':{'channel':'more'}}");
            alice.heard()
                    .error(2, 106)
                    .reply(3, "unsubscribe")
                    .reply(4, "subscribe")
                    .nothing();
        }

        @Test
        void everyForbiddenSubscriptionHasItsCode() {
            alice.says("{'id':2,'subscribe':{'channel':'nowhere:x'}}");
            alice.says("{'id':3,'subscribe':{'channel':'caf\u00e9'}}");
            alice.says("{'id':4,'subscribe':{'channel':'" + "x".repeat(256) + "'}}");
            alice.says("{'id':5,'subscribe':{'channel':'$news'}}");
            alice.says("{'id':6,'subscribe':{'channel':'dialog#1,2'}}");
            alice.says("{'id':7,'subscribe':{'channel':'news','token':'x'}}");
            alice.says("{'id':8,'subscribe':{'channel':'news','type':1}}");
            alice.says("{'id':9,'subscribe':{'channel':'news','tf':{'key':'k','cmp':'eq','val':'v'}}}");
            alice.heard()
                    .error(2, 102)
                    .error(3, 107)
                    .error(4, 107)
                    .error(5, 103)
                    .error(6, 103)
                    .error(7, 103)
                    .error(8, 103)
                    .error(9, 107)
                    .nothing();
        }

        @Test
        void aDeltaThatTheProtocolDoesNotKnowEndsTheSession() {
            alice.says(
                    "{'id':2,'subscribe':{'channel':'news','delta':'fossil'}}\n{'id':3,'subscribe':{'channel':'other','delta':'x'}}");
            alice.heard().reply(2, "subscribe").closed(Disconnect.BAD_REQUEST);
        }

        @Test
        void publishWithoutDataIs107AndToAnUnknownNamespace102() {
            alice.says("{'id':2,'publish':{'channel':'news'}}\n{'id':3,'publish':{'channel':'nowhere:x','data':1}}");
            alice.heard().error(2, 107).error(3, 102).nothing();
        }

        @Test
        void anUnknownMethodIs108() {
            alice.says("{'id':2,'rpc':{'method':'nothing','data':1}}");
            alice.heard().error(2, 108).nothing();
        }

        @Test
        void rpcAnswersMayOvertakeEachOther() {
            CompletableFuture<dev.openline.protocol.Payload> slow = new CompletableFuture<>();
            bench.rpc.put("slow", (caller, data) -> slow);
            bench.rpc.put("echo", (caller, data) -> CompletableFuture.completedStage(data));
            bench.rpc.put("broken", (caller, data) -> {
                throw new IllegalStateException("on purpose");
            });
            alice.says(
                    "{'id':2,'rpc':{'method':'slow'}}\n{'id':3,'rpc':{'method':'echo','data':[1]}}\n{'id':4,'rpc':{'method':'broken'}}");
            alice.heard().reply(3, "rpc").error(4, 100).nothing();
            slow.complete(null);
            alice.heard().reply(2, "rpc").nothing();
        }

        @Test
        void sendIsNotAvailableAndRefreshIsOutOfPlace() {
            alice.says("{'send':{'data':1}}");
            alice.heard().closed(Disconnect.NOT_AVAILABLE);
            Bench.Client bob = bench.client();
            bob.connects();
            bob.says("{'id':2,'refresh':{'token':'x'}}");
            bob.heard().closed(Disconnect.BAD_REQUEST);
        }

        @Test
        void subscribeUnsubscribeSubscribeInOneFrameLeavesOneSubscriptionAndOnePresence() {
            alice.says("{'id':2,'subscribe':{'channel':'room'}}\n{'id':3,'unsubscribe':{'channel':'room'}}\n"
                    + "{'id':4,'subscribe':{'channel':'room'}}\n{'id':5,'presence_stats':{'channel':'room'}}");
            alice.heard()
                    .reply(2, "subscribe")
                    .reply(3, "unsubscribe")
                    .reply(4, "subscribe")
                    .replyWith(5, "\"num_clients\":1,\"num_users\":1")
                    .nothing();
            bench.publish("room", "1");
            alice.heard().publication("room", 1, "1").nothing();
        }

        @Test
        void nothingIsHeardOfAChannelAfterItsUnsubscribeReply() {
            alice.says("{'id':2,'subscribe':{'channel':'news'}}\n{'id':3,'unsubscribe':{'channel':'news'}}");
            alice.forget();
            bench.publish("news", "1");
            alice.heard().nothing();
        }

        @Test
        void aClosedSessionLeavesItsChannels() {
            alice.says("{'id':2,'subscribe':{'channel':'room'}}");
            Bench.Client bob = bench.client();
            bob.connects();
            bob.says("{'id':2,'subscribe':{'channel':'room','join_leave':true}}");
            bob.forget();
            alice.cut();
            bob.says("{'id':3,'presence_stats':{'channel':'room'}}");
            bob.heard()
                    .left("room")
                    .replyWith(3, "\"num_clients\":1,\"num_users\":1")
                    .nothing();
        }
    }

    @Nested
    @DisplayName("recovery")
    class Recoveries {
        private String resume(long offset, String epoch, int flag) {
            return "{'id':2,'subscribe':{'channel':'news','recover':true,'offset':" + offset + ",'epoch':'" + epoch
                    + "','flag':" + flag + "}}";
        }

        @Test
        void theReplyNamesTheAskedOffsetAndCarriesWhatWasMissed() {
            for (int i = 1; i <= 5; i++) bench.publish("news", "" + i);
            alice.connects();
            alice.says(resume(3, bench.epochOf("news"), 1));
            alice.heard()
                    .replyWith(2, "\"offset\":3")
                    .alsoWith(
                            "\"recovered\":true",
                            "\"was_recovering\":true",
                            "{\"data\":4,\"offset\":4},{\"data\":5,\"offset\":5}")
                    .nothing();
            bench.publish("news", "6");
            alice.heard().publication("news", 6, "6").nothing();
        }

        @Test
        void aLongAbsenceIsCaughtUpInPagesThenLiveWithoutAHole() {
            for (int i = 1; i <= 90; i++) bench.publish("news", "" + i);
            alice.connects();
            alice.says(resume(0, bench.epochOf("news"), 1));
            bench.publish("news", "91");
            assertThat(alice.offsetsHeard("news")).isEqualTo(Bench.offsets(1, 91));
        }

        @Test
        void aGapAndAnotherEpochAreToldOrRefusedWith112() {
            for (int i = 1; i <= 150; i++) bench.publish("news", "" + i);
            alice.connects();
            alice.says(resume(3, bench.epochOf("news"), 1));
            alice.heard()
                    .replyWith(2, "\"offset\":150")
                    .alsoWith("\"was_recovering\":true")
                    .without("recovered\":true,\"was")
                    .nothing();
            Bench.Client bob = bench.client();
            bob.connects();
            bob.says(resume(150, "_", 3));
            bob.heard().error(2, 112).nothing();
            bench.publish("news", "x");
            bob.heard().nothing();
        }

        @Test
        void aSlowReaderIsServedFromTheLogWhenItReadsAgain() {
            alice.connects();
            alice.says("{'id':2,'subscribe':{'channel':'news'}}");
            bench.publish("news", "1");
            alice.stopsReading();
            for (int i = 2; i <= 80; i++) bench.publish("news", "" + i);
            assertThat(alice.offsetsHeard("news")).isEqualTo(Bench.offsets(1, 1));
            alice.readsAgain();
            assertThat(alice.offsetsHeard("news")).isEqualTo(Bench.offsets(1, 80));
        }

        @Test
        void aReaderTooSlowForTheHistoryIsToldToComeBack() {
            alice.connects();
            alice.says("{'id':2,'subscribe':{'channel':'news'}}");
            alice.stopsReading();
            alice.forget();
            for (int i = 1; i <= 150; i++) bench.publish("news", "" + i);
            alice.readsAgain();
            alice.heard().unsubscribed("news", 2500).nothing();
            alice.says("{'id':3,'subscribe':{'channel':'news'}}");
            alice.heard().replyWith(3, "\"offset\":150").nothing();
        }
    }

    @Nested
    @DisplayName("heartbeat")
    class Heartbeats {
        @Test
        void theFirstPingComesInTheSecondHalfOfTheIntervalAndAMissingPongIs3012() {
            alice.connects();
            bench.passes(Duration.ofMillis(12_499));
            alice.heard().nothing();
            bench.passes(Duration.ofMillis(12_501));
            alice.heard().ping().nothing();
            bench.passes(Duration.ofMillis(8_000));
            alice.heard().closed(Disconnect.NO_PONG);
        }

        @Test
        void aPongOrAnyCommandKeepsTheSession() {
            alice.connects();
            for (int i = 0; i < 10; i++) {
                bench.passes(Duration.ofSeconds(25));
                alice.heard().ping().nothing();
                alice.says(i % 2 == 0 ? "{}" : "{'id':9,'presence':{'channel':'room'}}");
                alice.forget();
            }
        }

        @Test
        void aPongNobodyAskedForIsNoFault() {
            alice.connects();
            alice.says("{}\n{}\n{}");
            alice.heard().nothing();
        }

        @Test
        void aClientThatStillReadsWhatCameBeforeThePingIsSlowNotGone() {
            alice.connects();
            bench.passes(Duration.ofSeconds(25));
            alice.heard().ping();
            alice.takesBytes(1_000);
            bench.passes(Duration.ofMillis(8_000));
            alice.heard().nothing();
            bench.passes(Duration.ofMillis(8_000));
            alice.heard().closed(Disconnect.NO_PONG);
        }
    }

    @Test
    void withoutInsecureOnlyWhatIsAllowedIsAllowed() {
        Bench strict = new Bench(
                Permissions.Policy.BY_CHANNEL,
                "open",
                ChannelOptions.every(10, Duration.ofMinutes(1))
                        .allow(
                                Permission.SUBSCRIBE_FOR_ANONYMOUS,
                                Permission.PUBLISH_FOR_SUBSCRIBER,
                                Permission.PUBLISH_FOR_ANONYMOUS)
                        .build());
        Bench.Client client = strict.client();
        client.connects();
        client.says("{'id':2,'subscribe':{'channel':'news'}}\n{'id':3,'publish':{'channel':'open:x','data':1}}\n"
                + "{'id':4,'subscribe':{'channel':'open:x'}}\n{'id':5,'publish':{'channel':'open:x','data':1}}\n"
                + "{'id':6,'history':{'channel':'open:x','limit':5}}");
        client.heard()
                .error(2, 103)
                .error(3, 103)
                .reply(4, "subscribe")
                .publication("open:x", 1, "1")
                .reply(5, "publish")
                .error(6, 103)
                .nothing();
    }
}
