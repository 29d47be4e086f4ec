package dev.openline.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.hub.ChannelOptions;
import dev.openline.hub.Feature;
import dev.openline.hub.PublishRequest;
import dev.openline.protocol.Payload;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What a subscriber may wish for: patches, publications with certain tags, positions; and what a channel spares it. */
class WishesTest {
    private static Bench bench(ChannelOptions.Builder options) {
        return new Bench(Permissions.Policy.INSECURE, "open", options.build());
    }

    private static String document(int n) {
        return "{\"name\":\"a document with enough in it to make patches pay\",\"price\":" + n + "}";
    }

    @Nested
    @DisplayName("patches")
    class Patches {
        private final Bench bench =
                bench(ChannelOptions.every(10, Duration.ofMinutes(1)).with(Feature.DELTA, Feature.DELTA_PUBLISH));
        private final Bench.Client alice = bench.client();

        Patches() {
            alice.connects();
        }

        @Test
        void afterTheFirstPublicationAllOthersArePatches() {
            alice.says("{'id':2,'subscribe':{'channel':'open:a','delta':'fossil'}}");
            alice.heard().replyWith(2, "\"delta\":true");
            for (int i = 1; i <= 5; i++) bench.publish("open:a", document(i));
            alice.heard().message("\"data\":\"{\\\"name\\\":", "\"offset\":1}").without("\"delta\"");
            for (int i = 2; i <= 5; i++) alice.heard().message("\"offset\":" + i, "\"delta\":true");
            alice.heard().nothing();
        }

        @Test
        void whoDidNotAskGetsAllOfThemWhole() {
            alice.says("{'id':2,'subscribe':{'channel':'open:a'}}");
            alice.heard().reply(2, "subscribe").without("\"delta\"");
            bench.publish("open:a", document(1));
            bench.publish("open:a", document(2));
            alice.heard()
                    .publication("open:a", 1, document(1))
                    .publication("open:a", 2, document(2))
                    .nothing();
        }

        @Test
        void aRecoveryBeginsWithAWholeOneAndGoesOnWithPatches() {
            for (int i = 1; i <= 4; i++) bench.publish("open:a", document(i));
            alice.says(
                    "{'id':2,'subscribe':{'channel':'open:a','delta':'fossil','recover':true,'epoch':'life','offset':1}}");
            alice.heard().replyWith(2, "\"recovered\":true").alsoWith("\"delta\":true");
            String page = alice.heardLast();
            assertThat(page.split("\"delta\":true", -1))
                    .as("two patches and what was agreed")
                    .hasSize(4);
            bench.publish("open:a", document(5));
            alice.heard().message("\"offset\":5", "\"delta\":true").nothing();
        }

        @Test
        void aRecoveryInTheReplyToConnectIsMadeOfStringsToo() {
            for (int i = 1; i <= 3; i++) bench.publish("open:a", document(i));
            Bench.Client bob = bench.client();
            bob.says(
                    "{'id':1,'connect':{'subs':{'open:a':{'delta':'fossil','recover':true,'epoch':'life','offset':0}}}}");
            bob.heard()
                    .replyWith(1, "\"subs\":{\"open:a\":{")
                    .alsoWith("\"recovered\":true", "{\"data\":\"{\\\"name\\\":")
                    .without("\"data\":{")
                    .nothing();
            bench.publish("open:a", document(4));
            bob.heard().message("\"data\":\"", "\"offset\":4,\"delta\":true").nothing();
        }

        @Test
        void whatAPatchWouldNotShortenComesWhole() {
            alice.says("{'id':2,'subscribe':{'channel':'open:a','delta':'fossil'}}");
            bench.publish("open:a", "1");
            bench.publish("open:a", "2");
            alice.heard()
                    .reply(2, "subscribe")
                    .message("\"data\":\"1\"")
                    .message("\"data\":\"2\"")
                    .without("\"delta\"")
                    .nothing();
        }

        @Test
        void aReaderWhoWasSlowBeginsAnewWithAWholeOne() {
            alice.says("{'id':2,'subscribe':{'channel':'open:a','delta':'fossil'}}");
            bench.publish("open:a", document(1));
            alice.heard().reply(2, "subscribe").message("\"offset\":1");
            alice.stopsReading();
            bench.publish("open:a", document(2));
            bench.publish("open:a", document(3));
            alice.readsAgain();
            alice.heard()
                    .message("\"offset\":2")
                    .without("\"delta\"")
                    .message("\"offset\":3", "\"delta\":true")
                    .nothing();
        }

        @Test
        void anotherKindOfPatchIs3501() {
            alice.says("{'id':2,'subscribe':{'channel':'open:a','delta':'other'}}");
            alice.heard().closed(dev.openline.protocol.Disconnect.BAD_REQUEST);
        }

        @Test
        void whereTheChannelHasNoneTheyAreJustNotAgreedOn() {
            alice.says("{'id':2,'subscribe':{'channel':'plain','delta':'fossil'}}");
            alice.heard().reply(2, "subscribe").without("\"delta\"");
        }
    }

    @Nested
    @DisplayName("tags")
    class Tags {
        private final Bench bench =
                bench(ChannelOptions.every(10, Duration.ofMinutes(1)).with(Feature.TAGS_FILTER));
        private final Bench.Client alice = bench.client();

        Tags() {
            alice.connects();
        }

        private void publish(int n, String kind) {
            bench.publish(PublishRequest.of("open:a", Payload.of("" + n)).tagged(Map.of("kind", kind)));
        }

        @Test
        void onlyPublicationsWithThemAreHeardAndTheOthersArePassed() {
            alice.says("{'id':2,'subscribe':{'channel':'open:a','tf':{'key':'kind','cmp':'eq','val':'good'}}}");
            publish(1, "good");
            publish(2, "bad");
            publish(3, "good");
            alice.heard()
                    .reply(2, "subscribe")
                    .message("\"offset\":1")
                    .message("\"offset\":3")
                    .nothing();
        }

        @Test
        void aRecoveryIsFilteredToo() {
            publish(1, "good");
            publish(2, "bad");
            publish(3, "bad");
            publish(4, "good");
            alice.says(
                    "{'id':2,'subscribe':{'channel':'open:a','recover':true,'epoch':'life','offset':1,'tf':{'key':'kind','cmp':'eq','val':'good'}}}");
            alice.heard()
                    .replyWith(2, "\"publications\":[{\"data\":4,\"offset\":4,\"tags\":{\"kind\":\"good\"}}]")
                    .alsoWith("\"recovered\":true")
                    .nothing();
        }

        @Test
        void aMalformedWishOneWithPatchesAndOneWhereNoneIsAllowedAre107() {
            for (String wish : List.of(
                    "'channel':'open:a','tf':{'key':'kind','cmp':'is','val':'good'}",
                    "'channel':'open:a','delta':'fossil','tf':{'key':'kind','cmp':'eq','val':'good'}",
                    "'channel':'plain','tf':{'key':'kind','cmp':'eq','val':'good'}")) {
                alice.says("{'id':2,'subscribe':{" + wish + "}}");
                alice.heard().error(2, 107);
            }
            alice.heard().nothing();
        }
    }

    @Nested
    @DisplayName("positions")
    class Positions {
        @Test
        void whereTheyAreOnlyAllowedTheyAreKeptForWhoAsks() {
            Bench bench = new Bench(
                    Permissions.Policy.BY_CHANNEL,
                    "open",
                    ChannelOptions.every(10, Duration.ofMinutes(1))
                            .without(Feature.FORCE_RECOVERY)
                            .with(Feature.ALLOW_RECOVERY, Feature.ALLOW_POSITIONING)
                            .allow(dev.openline.hub.Permission.SUBSCRIBE_FOR_ANONYMOUS)
                            .build());
            Bench.Client alice = bench.client();
            alice.connects();
            alice.says("{'id':2,'subscribe':{'channel':'open:a'}}");
            alice.says("{'id':3,'subscribe':{'channel':'open:b','positioned':true}}");
            alice.says("{'id':4,'subscribe':{'channel':'open:c','recoverable':true}}");
            alice.says("{'id':5,'subscribe':{'channel':'open:d','recover':true,'epoch':'life','offset':0}}");
            alice.heard()
                    .message("{\"id\":2,\"subscribe\":{}}")
                    .message("{\"id\":3,\"subscribe\":{\"positioned\":true,\"epoch\":\"life\"}}")
                    .message("{\"id\":4,\"subscribe\":{\"recoverable\":true,\"positioned\":true,\"epoch\":\"life\"}}")
                    .message("{\"id\":5,\"subscribe\":{\"was_recovering\":true}}")
                    .nothing();
        }
    }

    @Test
    void aPublisherIsSparedItsOwnWhereTheChannelSaysSo() {
        Bench bench = bench(ChannelOptions.every(10, Duration.ofMinutes(1)).with(Feature.NO_ECHO));
        Bench.Client alice = bench.client();
        Bench.Client bob = bench.client();
        alice.connects();
        bob.connects();
        alice.says("{'id':2,'subscribe':{'channel':'open:a'}}");
        bob.says("{'id':2,'subscribe':{'channel':'open:a'}}");
        alice.says("{'id':3,'publish':{'channel':'open:a','data':1}}");
        bob.says("{'id':3,'publish':{'channel':'open:a','data':2}}");
        alice.heard()
                .reply(2, "subscribe")
                .reply(3, "publish")
                .message("\"data\":2")
                .nothing();
        bob.heard()
                .reply(2, "subscribe")
                .message("\"data\":1")
                .reply(3, "publish")
                .nothing();
    }

    @Test
    void theMethodThatPublishesOnceAnswersWithTheSamePositionForTheSameKey() {
        Bench bench = bench(ChannelOptions.every(10, Duration.ofMinutes(1)));
        Bench.Client alice = bench.client();
        alice.connects();
        String call = "'rpc':{'method':'openline.publish','data':{'channel':'open:a','data':1,'idempotency_key':'k'}}}";
        alice.says("{'id':2," + call + "\n{'id':3," + call);
        alice.says("{'id':4,'rpc':{'method':'openline.publish','data':{'channel':'open:a'}}}");
        alice.says("{'id':5,'rpc':{'method':'openline.publish'}}");
        alice.says("{'id':6,'rpc':{'method':'openline.publish','data':{'channel':'nowhere:a','data':1}}}");
        alice.heard()
                .message("{\"id\":2,\"rpc\":{\"data\":{\"offset\":1,\"epoch\":\"life\"}}}")
                .message("{\"id\":3,\"rpc\":{\"data\":{\"offset\":1,\"epoch\":\"life\"}}}")
                .error(4, 107)
                .error(5, 107)
                .error(6, 102)
                .nothing();
        assertThat(bench.topOf("open:a")).isOne();
    }
}
