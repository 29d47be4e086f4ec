package dev.openline.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.openline.hub.ChannelOptions;
import dev.openline.hub.Permission;
import dev.openline.protocol.Disconnect;
import dev.openline.protocol.ErrorReply;
import dev.openline.protocol.Payload;
import dev.openline.protocol.SubscribeRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** What an application's hooks decide about a session, and what their answers must not bring about. */
class SessionHooksTest {
    /** The bench's clock says 1 s at first. */
    private static final long NOW = Bench.WALL / 1000 + 1;

    private final Bench bench = new Bench(
            Permissions.Policy.BY_CHANNEL,
            "open",
            ChannelOptions.every(10, Duration.ofMinutes(1))
                    .allow(Permission.SUBSCRIBE_FOR_CLIENT, Permission.PUBLISH_FOR_CLIENT)
                    .build());
    private final Bench.Client alice = bench.client();
    private final Hook hook = new Hook();

    SessionHooksTest() {
        alice.answersPings();
        bench.admission = CompletableFuture.completedFuture(new Authenticator.Admitted("alice", null, null));
    }

    /** Answers what a test says, and remembers what it was asked. */
    private static final class Hook implements SubscribeHook {
        final List<String> asked = new ArrayList<>();
        final List<String> refreshed = new ArrayList<>();
        Decision decision = Decision.BY_PERMISSIONS;
        Decision refresh = new Decision.Denied(ErrorReply.EXPIRED);
        boolean coversTokens;

        @Override
        public CompletionStage<Decision> subscribe(Client client, SubscribeRequest request) {
            asked.add(request.channel());
            return CompletableFuture.completedStage(decision);
        }

        @Override
        public CompletionStage<Decision> refresh(Client client, String channel) {
            refreshed.add(channel);
            return CompletableFuture.completedStage(refresh);
        }

        @Override
        public boolean coversTokens(String channel) {
            return coversTokens;
        }
    }

    private static SubscribeHook.Decision allowedFor(long seconds) {
        return new SubscribeHook.Decision.Allowed(Grant.PLAIN.until(NOW + seconds, Grant.Refreshed.BY_SERVER));
    }

    @Nested
    @DisplayName("what a client wishes for with its connect")
    class Wishes {
        Wishes() {
            bench.subscribeHook = hook;
        }

        private void connects() {
            alice.says("{'id':1,'connect':{'subs':{'open:a':{}}}}");
        }

        @Test
        void isLeftOutIfTheHookSaysNoThoughThePermissionsWouldNot() {
            hook.decision = new SubscribeHook.Decision.Denied(ErrorReply.PERMISSION_DENIED);
            connects();
            assertThat(hook.asked).containsExactly("open:a");
            alice.heard().reply(1, "connect").without("open:a").nothing();
        }

        @Test
        void comesOnTheHooksTerms() {
            hook.decision = new SubscribeHook.Decision.Allowed(Grant.PLAIN.withData(Payload.of("7")));
            connects();
            alice.heard().replyWith(1, "\"open:a\":{").alsoWith("\"data\":7").nothing();
        }

        @Test
        void isLeftToThePermissionsIfTheHookLeavesItToThem() {
            connects();
            alice.heard().replyWith(1, "\"open:a\":{").nothing();
        }

        @Test
        void failsTheConnectForATimeIfTheHookCanNotSay() {
            hook.decision = new SubscribeHook.Decision.Denied(ErrorReply.INTERNAL);
            connects();
            alice.heard().error(1, 100).nothing();
        }

        @Test
        void isNoWayAroundATokenOrTheUsersInAName() {
            hook.decision = new SubscribeHook.Decision.Allowed(Grant.PLAIN);
            alice.says("{'id':1,'connect':{'subs':{'$open:a':{},'open:b#bob':{}}}}");
            assertThat(hook.asked).isEmpty();
            alice.heard().reply(1, "connect").without("subs").nothing();
        }

        @Test
        void endsTheLineIfTheHookSaysSo() {
            hook.decision = new SubscribeHook.Decision.Dropped(new Disconnect(4001, "out"));
            connects();
            alice.heard().closed(new Disconnect(4001, "out"));
        }
    }

    @Nested
    @DisplayName("an end that is over already")
    class OverAlready {
        private int asked;

        @Test
        void endsAConnectionInsteadOfBeingAskedForAtOnceAgain() {
            bench.refreshHook = client -> {
                asked++;
                return CompletableFuture.completedStage(new RefreshHook.Decision.Until(NOW, null));
            };
            bench.admission = CompletableFuture.completedFuture(
                    new Authenticator.Admitted("alice", null, null).until(NOW + 60, Grant.Refreshed.BY_SERVER));
            alice.connects();
            bench.passes(Duration.ofSeconds(62));
            assertThat(asked).isOne();
            alice.heard().closed(Disconnect.EXPIRED);
        }

        @Test
        void endsASubscriptionInsteadOfBeingAskedForAtOnceAgain() {
            bench.subscribeHook = hook;
            hook.decision = allowedFor(60);
            hook.refresh = allowedFor(0);
            alice.connects();
            alice.says("{'id':2,'subscribe':{'channel':'open:a'}}");
            bench.passes(Duration.ofSeconds(62));
            assertThat(hook.refreshed).containsExactly("open:a");
            alice.heard().reply(2, "subscribe").unsubscribed("open:a", 2501).nothing();
        }
    }

    @Nested
    @DisplayName("where the hook covers tokens")
    class CoversTokens {
        private final List<Payload> metas = new ArrayList<>();
        private boolean covers = true;

        CoversTokens() {
            bench.refreshHook = new RefreshHook() {
                @Override
                public CompletionStage<Decision> refresh(Client client) {
                    metas.add(client.meta());
                    return CompletableFuture.completedStage(
                            new Decision.Until(NOW + 60L * (metas.size() + 1), null, Payload.of("\"gold\"")));
                }

                @Override
                public boolean coversTokens() {
                    return covers;
                }
            };
            bench.subscribeHook = hook;
        }

        private void connects() {
            bench.admission = CompletableFuture.completedFuture(new Authenticator.Admitted("alice", null, null)
                    .until(NOW + 60, Grant.Refreshed.BY_CLIENT)
                    .withMeta(Payload.of("\"silver\""))
                    .withToken(new Authenticator.TokenStamp("t1", null)));
            alice.says("{'id':1,'connect':{'token':'t'}}");
        }

        @Test
        void aConnectionThatATokenAdmittedIsItsToRefreshAndItsRemarkIsRemembered() {
            connects();
            alice.heard().reply(1, "connect").without("expires").nothing();
            bench.passes(Duration.ofSeconds(125));
            assertThat(metas).containsExactly(Payload.of("\"silver\""), Payload.of("\"gold\""));
            alice.heard().nothing();
        }

        @Test
        void theClientIsStillTheOneToRefreshWhereItDoesNot() {
            covers = false;
            connects();
            alice.heard().replyWith(1, "\"expires\":true,\"ttl\":60").nothing();
            bench.passes(Duration.ofSeconds(86));
            assertThat(metas).isEmpty();
            alice.heard().closed(Disconnect.EXPIRED);
        }

        @Test
        void aSubscriptionThatATokenOpenedIsItsToRefresh() {
            bench.admission = CompletableFuture.completedFuture(new Authenticator.Admitted("alice", null, null));
            alice.connects();
            bench.decision = CompletableFuture.completedFuture(
                    new SubscribeHook.Decision.Allowed(Grant.PLAIN.until(NOW + 60, Grant.Refreshed.BY_CLIENT)));
            hook.refresh = allowedFor(600);
            hook.coversTokens = true;
            alice.says("{'id':2,'subscribe':{'channel':'open:a','token':'t'}}");
            alice.heard().reply(2, "subscribe").without("expires").nothing();
            bench.passes(Duration.ofSeconds(120));
            assertThat(hook.refreshed).containsExactly("open:a");
            alice.heard().nothing();
        }
    }

    @Test
    void aRefreshWithoutAnInfoLeavesTheOneThatTheSubscriptionHas() {
        bench.subscribeHook = hook;
        hook.decision = new SubscribeHook.Decision.Allowed(
                Grant.PLAIN.until(NOW + 60, Grant.Refreshed.BY_SERVER).withInfo(Payload.of("\"seat 7\"")));
        hook.refresh = allowedFor(600);
        alice.connects();
        alice.says("{'id':2,'subscribe':{'channel':'open:a'}}");
        bench.passes(Duration.ofSeconds(62));
        alice.says("{'id':3,'publish':{'channel':'open:a','data':1}}");
        alice.heard().reply(2, "subscribe").message("\"chan_info\":\"seat 7\"").reply(3, "publish");
    }

    /** What the log says when this method fails with this fault. */
    private List<ILoggingEvent> loggedWhenFailing(String method, RuntimeException fault) {
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        Logger log = (Logger) LoggerFactory.getLogger(Session.class);
        lines.start();
        log.addAppender(lines);
        bench.rpc.put(method, (caller, data) -> CompletableFuture.failedStage(fault));
        alice.connects();
        alice.says("{'id':2,'rpc':{'method':'" + method.replace("\n", "\\n") + "'}}");
        alice.heard().error(2, 100).nothing();
        log.detachAppender(lines);
        return lines.list;
    }

    @Test
    void aFaultThatTheHookHasReportedItselfIsNotReportedAgain() {
        assertThat(loggedWhenFailing("m", new HookFault("on purpose"))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "room.list, rpc method room.list failed",
        "'m\n2026 INFO all is well', rpc method with a name of 23 characters failed",
        "'', rpc method with a name of 0 characters failed"
    })
    void aMethodThatFailsIsNamedInTheLogIfItHasAName(String method, String line) {
        assertThat(loggedWhenFailing(method, new IllegalStateException("on purpose")))
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly(line);
    }
}
