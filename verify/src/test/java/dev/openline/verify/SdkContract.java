package dev.openline.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.protocol.Payload;
import dev.openline.server.OpenlineServer;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The official JavaScript SDK, unchanged, talks to our server, whichever way it comes. */
abstract class SdkContract {
    private static final String RECOVERABLE = "{\"recoverable\":true,\"positioned\":true}";
    private static final int SHORT_HISTORY = 10;

    private static Sdk sdk;

    OpenlineServer server;
    Sdk.Client alice;
    Sdk.Client bob;

    static void start(Sdk.Way way) {
        sdk = Sdk.start(way);
    }

    @AfterAll
    static void stopNode() {
        if (sdk != null) sdk.close();
    }

    @BeforeEach
    void startServer() throws IOException {
        server = serve(0);
        alice = sdk.client(server.port());
        bob = sdk.client(server.port());
    }

    @AfterEach
    void stopServer() {
        alice.tell("disconnect");
        bob.tell("disconnect");
        server.close();
    }

    private static OpenlineServer serve(int port) throws IOException {
        return OpenlineServer.create(o -> o.insecure()
                        .port(port)
                        .channel(
                                "news",
                                c -> c.history(10_000, Duration.ofMinutes(10))
                                        .presence()
                                        .joinLeave())
                        .channel("short", c -> c.history(SHORT_HISTORY, Duration.ofMinutes(10)))
                        .channel("price", c -> c.latest())
                        .channel("dots", c -> c.unlogged())
                        .rpc("echo", (client, call) -> CompletableFuture.completedFuture(call)))
                .start();
    }

    void publish(String channel, int from, int to) {
        for (int i = from; i <= to; i++) server.publish(channel, Integer.toString(i));
    }

    static void assertHears(Sdk.Client client, String channel, int from, int to) {
        for (int i = from; i <= to; i++) {
            assertThat(client.next(channel)).as("offset %s", i).isEqualTo("publication " + i + " " + i);
        }
    }

    @Nested
    @DisplayName("commands")
    class Commands {
        @Test
        void aClientIsToldItsId() {
            assertThat(alice.connect()).isNotEmpty().isNotEqualTo(bob.connect());
        }

        @Test
        void aPublicationReachesEverySubscriberAlsoThePublisher() {
            alice.connect();
            bob.connect();
            assertThat(alice.subscribe("news", "{}")).startsWith("subscribed wasRecovering=false recovered=false");
            bob.subscribe("news", "{}");

            assertThat(bob.ask("publish", "news", "{\"text\":\"grüße 𝄞\"}")).isEqualTo("ok");

            assertThat(alice.next("news")).isEqualTo("publication 1 {\"text\":\"grüße 𝄞\"}");
            assertThat(bob.next("news")).isEqualTo("publication 1 {\"text\":\"grüße 𝄞\"}");
        }

        @Test
        void aPublicationOfTheServerReachesASubscriber() {
            alice.connect();
            alice.subscribe("news", "{}");
            server.publish("news", "{\"headline\":\"hello\"}");

            assertThat(alice.next("news")).isEqualTo("publication 1 {\"headline\":\"hello\"}");
        }

        @Test
        void commandsGluedIntoOneFrameAreAnsweredEachAndInOrder() {
            alice.connect();
            alice.subscribe("news", "{}");

            assertThat(alice.ask("publishMany", "news", "300")).isEqualTo("ok 300");
            assertHears(alice, "news", 1, 300);
        }

        @Test
        void presenceNamesWhoIsThere() {
            String aliceId = alice.connect();
            String bobId = bob.connect();
            alice.subscribe("news", "{}");
            assertThat(alice.ask("presence", "news")).isEqualTo("ok " + aliceId);

            bob.subscribe("news", "{}");

            assertThat(alice.ask("presence", "news").split(" ")).containsExactlyInAnyOrder("ok", aliceId, bobId);
            assertThat(alice.ask("presenceStats", "news")).isEqualTo("ok 2 clients, 1 users");
        }

        @Test
        void historyIsReadForwardsBackwardsAndFromAPosition() {
            alice.connect();
            String subscribed = alice.subscribe("news", RECOVERABLE);
            String epoch = subscribed.split(" ")[3];
            publish("news", 1, 20);
            assertHears(alice, "news", 1, 20);

            assertThat(alice.ask("history", "news", "{\"limit\":3}")).isEqualTo("ok 1,2,3 " + epoch + " 20");
            assertThat(alice.ask("history", "news", "{\"limit\":3,\"reverse\":true}"))
                    .isEqualTo("ok 20,19,18 " + epoch + " 20");
            assertThat(alice.ask(
                            "history", "news", "{\"limit\":3,\"since\":{\"offset\":10,\"epoch\":\"" + epoch + "\"}}"))
                    .isEqualTo("ok 11,12,13 " + epoch + " 20");
            assertThat(alice.ask("history", "news", "{\"limit\":0}")).isEqualTo("ok " + " " + epoch + " 20");
            assertThat(alice.ask("history", "news", "{\"limit\":3,\"since\":{\"offset\":10,\"epoch\":\"another\"}}"))
                    .startsWith("error 112");
        }

        @Test
        void anRpcIsAnsweredAndAnUnknownMethodIs108() {
            alice.connect();

            assertThat(alice.ask("rpc", "echo", "{\"a\":[1,2]}")).isEqualTo("ok {\"a\":[1,2]}");
            assertThat(alice.ask("rpc", "nobody.knows", "{}")).startsWith("error 108");
        }

        @Test
        void anUnknownChannelIs102AndEndsTheSubscription() {
            alice.connect();

            assertThat(alice.subscribe("nowhere", "{}")).startsWith("unsubscribed 102");
        }

        @Test
        void aTransientPublicationHasNoOffset() {
            alice.connect();
            alice.subscribe("dots", "{}");
            server.publish("dots", Payload.of("7"));

            assertThat(alice.next("dots")).isEqualTo("publication unlogged 7");
        }
    }

    @Nested
    @DisplayName("who comes and goes")
    class ComingAndGoing {
        private static final String TOLD = "{\"joinLeave\":true}";

        private String aliceId;
        private String bobId;

        @BeforeEach
        void aliceSeesBobCome() {
            aliceId = alice.connect();
            alice.subscribe("news", TOLD);
            bobId = bob.connect();
            bob.subscribe("news", "{}");
            String heard = alice.next("news");
            if (heard.equals("join " + aliceId)) heard = alice.next("news");
            assertThat(heard).isEqualTo("join " + bobId);
        }

        @Test
        void whoUnsubscribesLeaves() {
            bob.tell("unsubscribe", "news");

            assertThat(alice.next("news")).isEqualTo("leave " + bobId);
            assertThat(alice.ask("presence", "news")).isEqualTo("ok " + aliceId);
        }

        @Test
        void whoDisconnectsLeaves() {
            bob.tell("disconnect");

            assertThat(alice.next("news")).isEqualTo("leave " + bobId);
            assertThat(alice.ask("presence", "news")).isEqualTo("ok " + aliceId);
        }

        @Test
        void whoIsCutLeavesAndComesBackAsAnother() {
            assertThat(server.cut(bobId)).isTrue();
            String newId = bob.connected();

            assertThat(newId).isNotEqualTo(bobId);
            assertThat(alice.next("news")).isEqualTo("leave " + bobId);
            assertThat(alice.next("news")).isEqualTo("join " + newId);
            assertThat(alice.ask("presence", "news").split(" ")).containsExactlyInAnyOrder("ok", aliceId, newId);
        }

        @Test
        void goingAndComingAHundredTimesLeavesPresenceExact() {
            bob.tell("flicker", "news", "100");
            String heard = bob.next("news");
            int comings = 0;
            while (comings < 100) {
                if (heard.startsWith("subscribing")) comings++;
                heard = bob.next("news");
            }
            while (!heard.startsWith("subscribed")) heard = bob.next("news");

            assertThat(alice.ask("presence", "news").split(" ")).containsExactlyInAnyOrder("ok", aliceId, bobId);
            assertThat(alice.ask("presenceStats", "news")).isEqualTo("ok 2 clients, 1 users");

            bob.tell("unsubscribe", "news");
            assertThat(bob.next("news")).startsWith("unsubscribed");
            Awaitility.await()
                    .atMost(Waiting.PATIENCE)
                    .untilAsserted(
                            () -> assertThat(alice.ask("presence", "news")).isEqualTo("ok " + aliceId));
        }
    }

    @Nested
    @DisplayName("a line that is cut")
    class Cuts {
        @Test
        void hundredsOfPublicationsInABurstArriveInOrder() {
            alice.connect();
            alice.subscribe("news", RECOVERABLE);
            publish("news", 1, 800);

            assertHears(alice, "news", 1, 800);
        }

        @Test
        void whatWasPublishedMeanwhileArrivesOnceAndInOrder() {
            String id = alice.connect();
            alice.subscribe("news", RECOVERABLE);
            int last = 0;
            for (int cut = 1; cut <= 10; cut++) {
                publish("news", last + 1, last + 20);
                assertThat(server.cut(id)).as("cut %s", cut).isTrue();
                publish("news", last + 21, last + 60);
                last += 60;
                id = alice.connected();
                assertHearsThroughACut(last - 59, last);
            }
            assertThat(alice.ask("history", "news", "{\"limit\":0}")).endsWith(" " + last);
        }

        /** Somewhere among the publications the SDK tells that it subscribed again. */
        private void assertHearsThroughACut(int from, int to) {
            int next = from;
            boolean cameBack = false;
            while (next <= to || !cameBack) {
                String heard = alice.next("news");
                if (heard.startsWith("subscribing")) continue;
                if (heard.startsWith("subscribed")) {
                    assertThat(heard).startsWith("subscribed wasRecovering=true recovered=true");
                    cameBack = true;
                } else {
                    assertThat(heard).isEqualTo("publication " + next + " " + next);
                    next++;
                }
            }
        }

        @Test
        void whoWasAwayForLongerThanTheLogReachesBackIsTold() {
            String id = alice.connect();
            alice.subscribe("short", RECOVERABLE);
            publish("short", 1, 1);
            assertHears(alice, "short", 1, 1);
            server.cut(id);
            publish("short", 2, 2 + 5 * SHORT_HISTORY);

            assertThat(alice.next("short")).startsWith("subscribing");
            assertThat(alice.next("short"))
                    .startsWith("subscribed wasRecovering=true recovered=false")
                    .endsWith(" " + (2 + 5 * SHORT_HISTORY));
        }

        @Test
        void aChannelOfLatestValuesJumpsToTheNewest() {
            String id = alice.connect();
            alice.subscribe("price", RECOVERABLE);
            publish("price", 1, 1);
            assertHears(alice, "price", 1, 1);
            server.cut(id);
            publish("price", 2, 50);

            assertThat(alice.next("price")).startsWith("subscribing");
            assertThat(alice.next("price")).startsWith("subscribed wasRecovering=true");
            assertThat(alice.next("price")).isEqualTo("publication 50 50");
        }

        @Test
        void aServerThatStartsAnewHasANewEpochAndTheClientIsTold() throws IOException {
            alice.connect();
            String before = alice.subscribe("news", RECOVERABLE);
            publish("news", 1, 5);
            assertHears(alice, "news", 1, 5);

            int port = server.port();
            server.close();
            server = serve(port);

            assertThat(alice.next("line")).startsWith("connecting 3001");
            alice.connected();
            assertThat(alice.next("news")).startsWith("subscribing");
            String after = alice.next("news");
            assertThat(after)
                    .startsWith("subscribed wasRecovering=true recovered=false")
                    .endsWith(" 0");
            assertThat(after.split(" ")[3]).isNotEqualTo(before.split(" ")[3]);

            publish("news", 1, 3);
            assertHears(alice, "news", 1, 3);
        }
    }
}
