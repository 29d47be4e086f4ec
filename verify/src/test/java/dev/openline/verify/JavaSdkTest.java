package dev.openline.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.hub.Permission;
import dev.openline.protocol.Disconnect;
import dev.openline.server.OpenlineServer;
import dev.openline.tokens.TokenDraft;
import dev.openline.tokens.TokenIssuer;
import dev.openline.tokens.TokenOptions;
import io.github.centrifugal.centrifuge.Client;
import io.github.centrifugal.centrifuge.ConnectedEvent;
import io.github.centrifugal.centrifuge.ConnectingEvent;
import io.github.centrifugal.centrifuge.ConnectionTokenEvent;
import io.github.centrifugal.centrifuge.ConnectionTokenGetter;
import io.github.centrifugal.centrifuge.DisconnectedEvent;
import io.github.centrifugal.centrifuge.EventListener;
import io.github.centrifugal.centrifuge.HistoryOptions;
import io.github.centrifugal.centrifuge.Options;
import io.github.centrifugal.centrifuge.PublicationEvent;
import io.github.centrifugal.centrifuge.ResultCallback;
import io.github.centrifugal.centrifuge.ServerPublicationEvent;
import io.github.centrifugal.centrifuge.SubscribedEvent;
import io.github.centrifugal.centrifuge.Subscription;
import io.github.centrifugal.centrifuge.SubscriptionEventListener;
import io.github.centrifugal.centrifuge.SubscriptionOptions;
import io.github.centrifugal.centrifuge.TokenCallback;
import io.github.centrifugal.centrifuge.UnsubscribedEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The official Java SDK, which speaks Protobuf alone, talks to our server. */
class JavaSdkTest {
    private static final String SECRET = "a secret that is long enough for HS256";
    private static final TokenIssuer ISSUER = TokenIssuer.hmac(SECRET);

    private final BlockingQueue<String> line = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> channel = new LinkedBlockingQueue<>();
    private OpenlineServer server;
    private Client client;

    @BeforeEach
    void startServer() throws IOException {
        server = OpenlineServer.create(o -> o.port(0)
                        .tokens(TokenOptions.builder().hmacSecretKey(SECRET).build())
                        .namespace(
                                "open",
                                c -> c.history(1_000, Duration.ofMinutes(5))
                                        .presence()
                                        .allow(
                                                Permission.SUBSCRIBE_FOR_CLIENT,
                                                Permission.PUBLISH_FOR_CLIENT,
                                                Permission.HISTORY_FOR_CLIENT,
                                                Permission.PRESENCE_FOR_CLIENT))
                        .rpc("echo", (caller, call) -> CompletableFuture.completedFuture(call)))
                .start();
    }

    @AfterEach
    void stop() throws InterruptedException {
        if (client != null) client.close(5_000);
        server.close();
    }

    private static TokenDraft token(long secondsToLive) {
        return ISSUER.connection("alice").expiresAt(Instant.now().plusSeconds(secondsToLive));
    }

    private Client client(TokenDraft... tokens) {
        Queue<String> signed = new ArrayDeque<>();
        for (TokenDraft token : tokens) signed.add(token.sign());
        Options options = new Options();
        options.setMinReconnectDelay(20);
        options.setMaxReconnectDelay(200);
        options.setTokenGetter(new ConnectionTokenGetter() {
            @Override
            public void getConnectionToken(ConnectionTokenEvent event, TokenCallback callback) {
                line.add("token");
                callback.Done(null, signed.remove());
            }
        });
        client = new Client("ws://127.0.0.1:" + server.port() + "/connection/websocket", options, new Ear());
        return client;
    }

    private final class Ear extends EventListener {
        @Override
        public void onConnected(Client from, ConnectedEvent event) {
            line.add("connected " + event.getClient());
        }

        @Override
        public void onConnecting(Client from, ConnectingEvent event) {
            line.add("connecting " + event.getCode());
        }

        @Override
        public void onDisconnected(Client from, DisconnectedEvent event) {
            line.add("disconnected " + event.getCode() + " " + event.getReason());
        }

        @Override
        public void onPublication(Client from, ServerPublicationEvent event) {
            channel.add("server " + event.getChannel() + " " + text(event.getData()));
        }
    }

    private final class ChannelEar extends SubscriptionEventListener {
        @Override
        public void onSubscribed(Subscription from, SubscribedEvent event) {
            channel.add("subscribed " + event.wasRecovering() + " " + event.getRecovered());
        }

        @Override
        public void onUnsubscribed(Subscription from, UnsubscribedEvent event) {
            channel.add("unsubscribed " + event.getCode());
        }

        @Override
        public void onPublication(Subscription from, PublicationEvent event) {
            channel.add(event.getOffset() + " " + text(event.getData()));
        }
    }

    private static String text(byte[] data) {
        return new String(data, StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String next(BlockingQueue<String> queue) {
        return Waiting.forNext(queue, "event of the SDK");
    }

    /** The id of the connection, once it is up; other events before are passed over. */
    private String connected() {
        String event = next(line);
        while (!event.startsWith("connected ")) event = next(line);
        return event.substring("connected ".length());
    }

    private Subscription subscribe() throws Exception {
        SubscriptionOptions options = new SubscriptionOptions();
        options.setRecoverable(true);
        Subscription subscription = client.newSubscription("open:a", options, new ChannelEar());
        subscription.subscribe();
        assertThat(next(channel)).startsWith("subscribed false");
        return subscription;
    }

    private static <T> T result(Consumer<ResultCallback<T>> call) throws Exception {
        CompletableFuture<T> result = new CompletableFuture<>();
        call.accept((fault, value) -> {
            if (fault == null) result.complete(value);
            else result.completeExceptionally(fault);
        });
        return result.get(Waiting.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    @Test
    void aTokenThatHasExpiredIsFetchedAnewAndOneThatExpiresIsRefreshed() {
        client(token(-5), token(2), token(600)).connect();
        connected();
        assertThat(next(line)).as("the refresh after two seconds").isEqualTo("token");
    }

    @Test
    void aWrongTokenIsTheEnd() {
        client(TokenIssuer.hmac("another secret, as long as the other one").connection("alice"))
                .connect();
        String event = next(line);
        while (!event.startsWith("disconnected")) event = next(line);
        assertThat(event).isEqualTo("disconnected 3500 invalid token");
    }

    @Test
    void commandsAreAnswered() throws Exception {
        client(token(600)).connect();
        String id = connected();
        Subscription subscription = subscribe();
        JavaSdkTest.<Object>result(
                callback -> subscription.publish(bytes("{\"n\":1}"), (fault, done) -> callback.onDone(fault, done)));
        assertThat(next(channel)).isEqualTo("1 {\"n\":1}");
        var presence = JavaSdkTest.<io.github.centrifugal.centrifuge.PresenceResult>result(
                callback -> client.presence("open:a", callback));
        assertThat(presence.getClients()).containsOnlyKeys(id);
        var stats = JavaSdkTest.<io.github.centrifugal.centrifuge.PresenceStatsResult>result(
                callback -> client.presenceStats("open:a", callback));
        assertThat(stats.getNumClients()).isOne();
        HistoryOptions all = new HistoryOptions.Builder().withLimit(-1).build();
        var history = JavaSdkTest.<io.github.centrifugal.centrifuge.HistoryResult>result(
                callback -> client.history("open:a", all, callback));
        assertThat(history.getPublications()).hasSize(1);
        assertThat(history.getOffset()).isOne();
        var rpc = JavaSdkTest.<io.github.centrifugal.centrifuge.RPCResult>result(
                callback -> client.rpc("echo", bytes("[1,2]"), callback));
        assertThat(text(rpc.getData())).isEqualTo("[1,2]");
    }

    @Test
    void whatWasPublishedDuringACutIsRecoveredOnceAndInOrder() throws Exception {
        client(token(600), token(600)).connect();
        String id = connected();
        subscribe();
        for (int i = 1; i <= 20; i++) server.publish("open:a", "" + i);
        for (int i = 1; i <= 20; i++) assertThat(next(channel)).isEqualTo(i + " " + i);
        server.cut(id);
        for (int i = 21; i <= 200; i++) server.publish("open:a", "" + i);
        int due = 21;
        boolean recovered = false;
        while (due <= 200 || !recovered) {
            String event = next(channel);
            if (event.startsWith("subscribed")) {
                assertThat(event).isEqualTo("subscribed true true");
                recovered = true;
            } else {
                assertThat(event).isEqualTo(due + " " + due++);
            }
        }
    }

    @Test
    void subscriptionsOfTheServersAreHeardByTheClient() throws Exception {
        client(token(600).channels(List.of("open:s"))).connect();
        connected();
        server.publish("open:s", "1").get();
        assertThat(next(channel)).isEqualTo("server open:s 1");
    }

    @Test
    void codesArriveUnchangedAndSayWhetherToComeBack() {
        client(token(600)).connect();
        String id = connected();
        server.disconnect(id, new Disconnect(4001, "come back"));
        assertThat(next(line)).isEqualTo("connecting 4001");
        server.disconnect(connected(), new Disconnect(4501, "stay away"));
        assertThat(next(line)).isEqualTo("disconnected 4501 stay away");
    }

    @Test
    void whatIsNotAllowedEndsTheSubscription() throws Exception {
        client(token(600)).connect();
        connected();
        client.newSubscription("$open:a", new ChannelEar()).subscribe();
        assertThat(next(channel)).isEqualTo("unsubscribed 103");
    }
}
