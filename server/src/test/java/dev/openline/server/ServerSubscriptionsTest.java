package dev.openline.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.hub.ChannelOptions;
import dev.openline.hub.Feature;
import dev.openline.hub.Permission;
import dev.openline.protocol.Disconnect;
import dev.openline.protocol.Payload;
import dev.openline.protocol.Unsubscribed;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Subscriptions that the server makes: with the connect, and while it is connected. */
class ServerSubscriptionsTest {
    private final Bench bench = new Bench(
            Permissions.Policy.BY_CHANNEL,
            "open",
            ChannelOptions.every(10, Duration.ofMinutes(1))
                    .with(Feature.USER_LIMITED, Feature.PRESENCE)
                    .allow(Permission.SUBSCRIBE_FOR_CLIENT, Permission.PRESENCE_FOR_CLIENT)
                    .build());
    private final Bench.Client alice = bench.client();

    private void admits(Map<String, Grant> subs) {
        bench.admission =
                CompletableFuture.completedFuture(new Authenticator.Admitted("alice", null, null).withSubs(subs));
    }

    @Nested
    @DisplayName("with the connect")
    class WithTheConnect {
        @Test
        void theyStandInItsReplyAndPublicationsFollowIt() {
            admits(Map.of("open:a", Grant.PLAIN.withData(Payload.of("{\"x\":1}"))));
            alice.says("{'id':1,'connect':{}}");
            bench.publish("open:a", "7");
            alice.heard()
                    .replyWith(1, "\"subs\":{\"open:a\":{\"recoverable\":true,\"positioned\":true,\"epoch\":\"life\"")
                    .alsoWith("\"data\":{\"x\":1}")
                    .publication("open:a", 1, "7")
                    .nothing();
        }

        @Test
        void theyRecover() {
            for (int i = 1; i <= 3; i++) bench.publish("open:a", "" + i);
            admits(Map.of("open:a", Grant.PLAIN));
            alice.says("{'id':1,'connect':{'subs':{'open:a':{'recover':true,'epoch':'life','offset':1}}}}");
            alice.heard()
                    .replyWith(1, "\"publications\":[{\"data\":2,\"offset\":2},{\"data\":3,\"offset\":3}]")
                    .alsoWith("\"recovered\":true", "\"offset\":1", "\"was_recovering\":true")
                    .nothing();
        }

        @Test
        void whatIsPublishedWhileAnotherIsMadeComesAfterTheReplyAndOnce() {
            Map<String, Grant> two = new LinkedHashMap<>();
            two.put("open:a", Grant.PLAIN);
            two.put("open:b", Grant.PLAIN);
            admits(two);
            alice.says("{'id':1,'connect':{}}");
            bench.publish("open:a", "1");
            bench.publish("open:b", "1");
            alice.heard()
                    .reply(1, "connect")
                    .publication("open:a", 1, "1")
                    .publication("open:b", 1, "1")
                    .nothing();
        }

        @Test
        void oneThatCanNotBeMadeFailsTheConnectAndNothingRemains() {
            Map<String, Grant> two = new LinkedHashMap<>();
            two.put("open:a", Grant.PLAIN);
            two.put("nowhere:b", Grant.PLAIN);
            admits(two);
            alice.says("{'id':1,'connect':{}}\n{'id':2,'presence':{'channel':'open:a'}}");
            alice.heard().error(1, 102).closed(Disconnect.BAD_REQUEST);
            Bench.Client bob = bench.client();
            bench.admission = CompletableFuture.completedFuture(new Authenticator.Admitted("bob", null, null));
            bob.connects();
            bob.says("{'id':2,'presence_stats':{'channel':'open:a'}}");
            bob.heard().replyWith(2, "\"num_clients\":0").nothing();
        }

        @Test
        void thoseThatTheClientAsksForAreMadeIfItMayAndLeftOutOtherwise() {
            admits(Map.of());
            alice.says("{'id':1,'connect':{'subs':{'open:a':{},'$open:b':{},'open:c#bob':{},'open:d#alice':{}}}}");
            alice.heard()
                    .replyWith(1, "\"open:a\":{")
                    .alsoWith("\"open:d#alice\":{")
                    .without("$open:b")
                    .without("#bob");
        }

        @Test
        void oneOnAnUnknownChannelThatTheClientAsksForIs3501() {
            admits(Map.of());
            alice.says("{'id':1,'connect':{'subs':{'nowhere:a':{}}}}");
            alice.heard().closed(Disconnect.BAD_REQUEST);
        }

        @Test
        void moreThanTheBoundAre3505() {
            Map<String, Grant> many = new LinkedHashMap<>();
            for (int i = 0; i < 129; i++) many.put("open:" + i, Grant.PLAIN);
            admits(many);
            alice.says("{'id':1,'connect':{}}");
            alice.heard().closed(Disconnect.CHANNEL_LIMIT);
        }

        @Test
        void aUserWithANameGetsItsPersonalChannel() {
            bench.personalNamespace = "open";
            admits(Map.of());
            alice.says("{'id':1,'connect':{}}");
            alice.heard().replyWith(1, "\"subs\":{\"open:#alice\":{");
        }
    }

    @Test
    void nothingComesToAClientWhoseConnectHasFailed() {
        admits(Map.of("nowhere:a", Grant.PLAIN));
        alice.says("{'id':1,'connect':{}}");
        alice.heard().error(1, 102);
        alice.told(session -> session.inTurn(() -> session.subscribing().begin("open:a", Grant.PLAIN, null)));
        bench.publish("open:a", "1");
        alice.heard().nothing();
    }

    @Nested
    @DisplayName("while connected")
    class WhileConnected {
        WhileConnected() {
            admits(Map.of());
            alice.connects();
        }

        private void subscribe(String channel) {
            alice.told(session -> session.inTurn(() -> session.subscribing().begin(channel, Grant.PLAIN, null)));
        }

        @Test
        void theClientIsTold() {
            subscribe("open:a");
            bench.publish("open:a", "1");
            alice.heard()
                    .message(
                            "{\"push\":{\"channel\":\"open:a\",\"subscribe\":{\"recoverable\":true,\"positioned\":true")
                    .publication("open:a", 1, "1")
                    .nothing();
        }

        @Test
        void oneThatStandsAlreadyStaysAsItIs() {
            subscribe("open:a");
            subscribe("open:a");
            alice.heard().message("\"subscribe\"").nothing();
        }

        @Test
        void theirEndIsToldWith2000() {
            subscribe("open:a");
            alice.told(session -> session.inTurn(() -> session.end("open:a", Unsubscribed.BY_SERVER)));
            bench.publish("open:a", "1");
            alice.heard().message("\"subscribe\"").unsubscribed("open:a", 2000).nothing();
        }

        @Test
        void whatTheServerDoesWaitsForTheSubscribeThatIsUnderWay() {
            bench.decision = new CompletableFuture<>();
            alice.says("{'id':2,'subscribe':{'channel':'open:a','token':'t'}}");
            alice.told(session -> session.inTurn(() -> session.end("open:a", Unsubscribed.BY_SERVER)));
            alice.heard().nothing();
            bench.decision.complete(new SubscribeHook.Decision.Allowed(Grant.PLAIN));
            alice.heard().reply(2, "subscribe").unsubscribed("open:a", 2000).nothing();
            assertThat(bench.topOf("open:a")).isZero();
        }

        @Test
        void aCursorThatIsLostClosesTheSessionWith3010() {
            subscribe("open:a");
            alice.forget();
            alice.stopsReading();
            for (int i = 0; i < 30; i++) bench.publish("open:a", "1");
            alice.readsAgain();
            alice.heard().closed(Disconnect.INSUFFICIENT_STATE);
        }
    }
}
