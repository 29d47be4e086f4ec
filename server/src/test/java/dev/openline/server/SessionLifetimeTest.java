package dev.openline.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.hub.ChannelOptions;
import dev.openline.hub.Permission;
import dev.openline.protocol.Disconnect;
import dev.openline.protocol.ErrorReply;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Connections and subscriptions that end unless somebody refreshes them. */
class SessionLifetimeTest {
    /** The bench's clock says 1 s at first. */
    private static final long NOW = Bench.WALL / 1000 + 1;

    private final Bench bench = new Bench(
            Permissions.Policy.BY_CHANNEL,
            "open",
            ChannelOptions.every(10, Duration.ofMinutes(1))
                    .allow(Permission.SUBSCRIBE_FOR_CLIENT)
                    .build());
    private final Bench.Client alice = bench.client();

    SessionLifetimeTest() {
        alice.answersPings();
    }

    private static Authenticator.Admitted alice() {
        return new Authenticator.Admitted("alice", null, null);
    }

    private void admits(Authenticator.Admission admission) {
        bench.admission = CompletableFuture.completedFuture(admission);
    }

    private void decides(SubscribeHook.Decision decision) {
        bench.decision = CompletableFuture.completedFuture(decision);
    }

    private static SubscribeHook.Decision allowedFor(long seconds) {
        return new SubscribeHook.Decision.Allowed(Grant.PLAIN.until(NOW + seconds, Grant.Refreshed.BY_CLIENT));
    }

    @Nested
    @DisplayName("a connection with a token that expires")
    class Connection {
        Connection() {
            admits(alice().until(NOW + 60, Grant.Refreshed.BY_CLIENT));
            alice.says("{'id':1,'connect':{'token':'t'}}");
            alice.heard().replyWith(1, "\"expires\":true,\"ttl\":60");
        }

        @Test
        void livesOnWithANewToken() {
            admits(alice().until(NOW + 300, Grant.Refreshed.BY_CLIENT));
            alice.says("{'id':2,'refresh':{'token':'new'}}");
            alice.heard()
                    .replyWith(2, "{\"id\":2,\"refresh\":{\"expires\":true,\"ttl\":300}}")
                    .nothing();
        }

        @Test
        void livesForEverWithATokenThatDoes() {
            admits(alice());
            alice.says("{'id':2,'refresh':{'token':'new'}}");
            alice.heard().replyWith(2, "{\"id\":2,\"refresh\":{}}").nothing();
        }

        @Test
        void isClosedWith3005AWhileAfterItsEnd() {
            bench.passes(Duration.ofMillis(84_999));
            alice.heard().nothing();
            bench.passes(Duration.ofMillis(1));
            alice.heard().closed(Disconnect.EXPIRED);
        }

        @Test
        void isClosedWith3500IfTheNewTokenIsSomebodyElses() {
            admits(new Authenticator.Admitted("bob", null, null));
            alice.says("{'id':2,'refresh':{'token':'new'}}");
            alice.heard().closed(Disconnect.INVALID_TOKEN);
        }

        @Test
        void isClosedWith3500IfTheNewTokenIsInvalid() {
            admits(new Authenticator.Dropped(Disconnect.INVALID_TOKEN));
            alice.says("{'id':2,'refresh':{'token':'new'}}");
            alice.heard().closed(Disconnect.INVALID_TOKEN);
        }

        @Test
        void isClosedWith3005IfTheNewTokenHasExpired() {
            admits(new Authenticator.Denied(ErrorReply.TOKEN_EXPIRED));
            alice.says("{'id':2,'refresh':{'token':'new'}}");
            alice.heard().closed(Disconnect.EXPIRED);
        }

        @Test
        void livesOnAndIsToldToTryAgainIfNobodyCanTellWhatTheNewTokenIsWorth() {
            admits(new Authenticator.Denied(ErrorReply.INTERNAL));
            alice.says("{'id':2,'refresh':{'token':'new'}}");
            alice.heard().error(2, 100).nothing();
            bench.passes(Duration.ofMillis(84_999));
            alice.heard().nothing();
            bench.passes(Duration.ofMillis(1));
            alice.heard().closed(Disconnect.EXPIRED);
        }

        @Test
        void isClosedWith3010IfTheNewTokenHasOtherSubscriptions() {
            admits(alice().withSubs(Map.of("open:a", Grant.PLAIN)).until(NOW + 300, Grant.Refreshed.BY_CLIENT));
            alice.says("{'id':2,'refresh':{'token':'new'}}");
            alice.heard().closed(Disconnect.INSUFFICIENT_STATE);
        }

        @Test
        void isClosedWith3501ForARefreshWithoutAToken() {
            alice.says("{'id':2,'refresh':{}}");
            alice.heard().closed(Disconnect.BAD_REQUEST);
        }

        @Test
        void mayBeExtendedByTheBackendWhichTheClientIsTold() {
            alice.told(session -> session.refreshing().extend(NOW + 120, null));
            alice.heard()
                    .message("{\"push\":{\"refresh\":{\"expires\":true,\"ttl\":120}}}")
                    .nothing();
            bench.passes(Duration.ofSeconds(100));
            alice.told(session -> session.refreshing().extend(NOW + 50, null));
            alice.forget();
            alice.heard().nothing();
        }
    }

    @Test
    void aConnectionThatHasExpiredOnArrivalIs110() {
        admits(alice().until(NOW, Grant.Refreshed.BY_CLIENT));
        alice.says("{'id':1,'connect':{'token':'t'}}\n{'id':2,'subscribe':{'channel':'open:a'}}");
        alice.heard().error(1, 110).closed(Disconnect.BAD_REQUEST);
    }

    @Test
    void aRefreshOfWhatDoesNotExpireIs3501() {
        admits(alice());
        alice.says("{'id':1,'connect':{}}\n{'id':2,'refresh':{'token':'t'}}");
        alice.heard().reply(1, "connect").closed(Disconnect.BAD_REQUEST);
    }

    @Nested
    @DisplayName("a connection that the server refreshes")
    class ByServer {
        private RefreshHook.Decision answer = new RefreshHook.Decision.Until(NOW + 90, null);
        private boolean fails;
        private int asked;

        ByServer() {
            bench.refreshHook = client -> {
                asked++;
                CompletionStage<RefreshHook.Decision> failed =
                        CompletableFuture.failedStage(new IllegalStateException("on purpose"));
                return fails ? failed : CompletableFuture.completedStage(answer);
            };
            admits(alice().until(NOW + 60, Grant.Refreshed.BY_SERVER));
            alice.says("{'id':1,'connect':{}}");
            alice.heard().reply(1, "connect").without("expires");
        }

        @Test
        void staysWhileTheApplicationSaysSo() {
            bench.passes(Duration.ofMillis(59_999));
            assertThat(asked).isZero();
            bench.passes(Duration.ofMillis(1));
            assertThat(asked).isOne();
            answer = new RefreshHook.Decision.Until(NOW + 180, null);
            bench.passes(Duration.ofSeconds(30));
            assertThat(asked).isEqualTo(2);
            alice.heard().nothing();
        }

        @Test
        void isClosedWith3005WhenItSaysNo() {
            answer = new RefreshHook.Decision.Expired();
            bench.passes(Duration.ofMillis(59_999));
            alice.heard().nothing();
            bench.passes(Duration.ofMillis(1));
            alice.heard().closed(Disconnect.EXPIRED);
        }

        @Test
        void isAskedAgainInAMinuteWhenItDoesNotAnswer() {
            fails = true;
            bench.passes(Duration.ofMillis(119_999));
            assertThat(asked).isOne();
            bench.passes(Duration.ofMillis(1));
            assertThat(asked).isEqualTo(2);
            alice.heard().nothing();
        }
    }

    @Nested
    @DisplayName("a subscription with a token")
    class OfSubscription {
        OfSubscription() {
            admits(alice());
            alice.connects();
        }

        private void subscribes() {
            alice.says("{'id':2,'subscribe':{'channel':'open:a','token':'t'}}");
        }

        @Test
        void tellsTheClientHowLongItHas() {
            decides(allowedFor(60));
            subscribes();
            alice.heard().replyWith(2, "\"expires\":true,\"ttl\":60").nothing();
        }

        @Test
        void livesOnWithANewToken() {
            decides(allowedFor(60));
            subscribes();
            decides(allowedFor(300));
            alice.says("{'id':3,'sub_refresh':{'channel':'open:a','token':'new'}}");
            alice.heard()
                    .reply(2, "subscribe")
                    .replyWith(3, "\"sub_refresh\":{\"expires\":true,\"ttl\":300}")
                    .nothing();
        }

        @Test
        void livesOnAndIsToldToTryAgainIfNobodyCanTellWhatTheNewTokenIsWorth() {
            decides(allowedFor(60));
            subscribes();
            decides(new SubscribeHook.Decision.Denied(ErrorReply.INTERNAL));
            alice.says("{'id':3,'sub_refresh':{'channel':'open:a','token':'new'}}");
            alice.heard().reply(2, "subscribe").error(3, 100).nothing();
            bench.publish("open:a", "1");
            alice.heard().publication("open:a", 1, "1").nothing();
        }

        @Test
        void endsWith2501AWhileAfterItsEnd() {
            decides(allowedFor(5));
            subscribes();
            bench.passes(Duration.ofMillis(29_999));
            alice.heard().reply(2, "subscribe").nothing();
            bench.passes(Duration.ofMillis(1));
            alice.heard().unsubscribed("open:a", 2501).nothing();
        }

        @Test
        void isRefused() {
            decides(new SubscribeHook.Decision.Denied(ErrorReply.TOKEN_EXPIRED));
            subscribes();
            alice.heard().error(2, 109).nothing();
            decides(new SubscribeHook.Decision.Denied(ErrorReply.PERMISSION_DENIED));
            subscribes();
            alice.heard().error(2, 103).nothing();
            decides(allowedFor(0));
            subscribes();
            alice.heard().error(2, 110).nothing();
            decides(new SubscribeHook.Decision.Dropped(Disconnect.INVALID_TOKEN));
            subscribes();
            alice.heard().closed(Disconnect.INVALID_TOKEN);
        }

        @Test
        void opensAPrivateChannelWhichNothingElseDoes() {
            alice.says("{'id':2,'subscribe':{'channel':'$open:a'}}");
            alice.heard().error(2, 103);
            decides(allowedFor(60));
            alice.says("{'id':3,'subscribe':{'channel':'$open:a','token':'t'}}");
            alice.heard().reply(3, "subscribe").nothing();
        }

        @Test
        void isRefreshedOnlyByWhoHasToAndWithAToken() {
            alice.says("{'id':2,'sub_refresh':{'channel':'open:a','token':'t'}}");
            alice.heard().error(2, 103);
            decides(allowedFor(60));
            alice.says("{'id':3,'subscribe':{'channel':'open:a','token':'t'}}");
            alice.says("{'id':4,'sub_refresh':{'channel':'open:a'}}");
            alice.heard().reply(3, "subscribe").error(4, 107);
            decides(allowedFor(-1));
            alice.says("{'id':5,'sub_refresh':{'channel':'open:a','token':'t'}}");
            alice.heard().error(5, 110);
            decides(new SubscribeHook.Decision.Denied(ErrorReply.TOKEN_EXPIRED));
            alice.says("{'id':6,'sub_refresh':{'channel':'open:a','token':'t'}}");
            alice.heard().error(6, 109);
            decides(new SubscribeHook.Decision.Denied(ErrorReply.PERMISSION_DENIED));
            alice.says("{'id':7,'sub_refresh':{'channel':'open:a','token':'t'}}");
            alice.heard().closed(Disconnect.INVALID_TOKEN);
        }

        @Test
        void thatNeverExpiresIsNotRefreshed() {
            alice.says(
                    "{'id':2,'subscribe':{'channel':'open:a'}}\n{'id':3,'sub_refresh':{'channel':'open:a','token':'t'}}");
            alice.heard().reply(2, "subscribe").closed(Disconnect.BAD_REQUEST);
        }
    }
}
