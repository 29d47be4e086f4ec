package dev.openline.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.client.OpenlineClient;
import dev.openline.client.Subscription;
import dev.openline.client.SubscriptionState;
import dev.openline.hub.ChannelOptions;
import dev.openline.hub.Feature;
import dev.openline.hub.Mode;
import dev.openline.hub.SharedLimits;
import dev.openline.server.OpenlineServer;
import dev.openline.store.redis.RedisOptions;
import dev.openline.store.redis.RedisServer;
import dev.openline.store.redis.RedisStore;
import dev.openline.testkit.Follower;
import dev.openline.testkit.Ledger;
import dev.openline.tokens.Revocation;
import dev.openline.tokens.Revocations;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two servers on one real Redis, seen from outside. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class SharedServersTest {
    private static final String KEY = "a key";

    /** A server and its own connections to Redis. */
    private record Node(RedisStore redis, OpenlineServer server, Revocations revocations) {
        void close() {
            server.close();
            redis.close();
        }
    }

    private final HttpClient http = HttpClient.newHttpClient();
    private final List<OpenlineClient> clients = new ArrayList<>();
    private final List<Node> nodes = new ArrayList<>();
    private final Ledger ledger = new Ledger();
    private RedisServer redis;
    private Node one;
    private Node two;

    @BeforeEach
    void start() throws IOException {
        RedisServer.assumeAvailable();
        redis = new RedisServer("appendonly", "yes").start();
        one = node("one");
        two = node("two");
        // Each knows the other.
        Awaitility.await().until(() -> api(one, "info", "{}").contains("\"two\""));
        Awaitility.await().until(() -> api(two, "info", "{}").contains("\"one\""));
    }

    private Node node(String name) throws IOException {
        return node(name, redis.port());
    }

    private Node node(String name, int port) throws IOException {
        RedisOptions options = RedisOptions.at("redis://127.0.0.1:" + port).withTimeout(Duration.ofSeconds(2));
        RedisStore store = RedisStore.connect(options);
        Revocations revocations = Revocations.over(store.revocations(), 1_000, Instant.now());
        OpenlineServer server = OpenlineServer.create(o -> o.insecure()
                        .port(0)
                        .apiKey(KEY)
                        .revocations(revocations)
                        .nodeName(name)
                        .sharedLogs(store::onLoop, store::isReachable)
                        .sharedLimits(SharedLimits.DEFAULT.withStaleAfter(Duration.ofSeconds(8)))
                        .namespace(
                                "log",
                                c -> c.history(1_000, Duration.ofMinutes(5)).presence())
                        .namespace(
                                "wide",
                                ChannelOptions.every(1_000, Duration.ofMinutes(5))
                                        .with(Feature.PRESENCE, Feature.WILDCARD)
                                        .build())
                        .namespace("live", c -> c.unlogged().presence()))
                .start();
        Node node = new Node(store, server, revocations);
        nodes.add(node);
        return node;
    }

    @AfterEach
    void stop() {
        clients.forEach(OpenlineClient::close);
        nodes.forEach(Node::close);
        redis.close();
    }

    private OpenlineClient client(Node node) {
        OpenlineClient client = OpenlineClient.to(
                "ws://127.0.0.1:" + node.server().port() + "/connection/websocket",
                o -> o.redialDelays(Duration.ofMillis(20), Duration.ofMillis(300)));
        clients.add(client);
        return client.connect();
    }

    private Follower follow(Node node, String name, String channel) {
        Follower follower = new Follower(name, channel, Mode.EVERY, ledger, sentence -> {});
        client(node).subscribe(channel, follower, o -> {});
        return follower;
    }

    private String api(Node node, String method, String body) {
        try {
            HttpRequest request = HttpRequest.newBuilder(
                            URI.create("http://127.0.0.1:" + node.server().port() + "/api/" + method))
                    .header("x-api-key", KEY)
                    .POST(HttpRequest.BodyPublishers.ofString(body))
                    .build();
            return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void publish(Node node, String channel, int number) {
        api(node, "publish", said(channel, number));
    }

    private static String said(String channel, int number) {
        return "{\"channel\":\"" + channel + "\",\"idempotency_key\":\"" + number + "\",\"data\":"
                + Ledger.payload("w", number).text() + "}";
    }

    private static void await(Consumer<Void> check) {
        Awaitility.await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> check.accept(null));
    }

    @Test
    void what_is_published_on_one_server_is_heard_on_the_other() {
        Follower ann = follow(one, "ann", "log:a");
        Follower bob = follow(two, "bob", "log:a");
        await(nothing -> assertThat(api(one, "presence_stats", "{\"channel\":\"log:a\"}"))
                .isEqualTo("{\"result\":{\"num_clients\":2,\"num_users\":1}}"));
        for (int i = 1; i <= 20; i++) publish(i % 2 == 0 ? one : two, "log:a", i);
        await(nothing -> {
            assertThat(ann.position()).isNotNull();
            assertThat(ann.position().offset()).isEqualTo(20);
            assertThat(bob.position()).isEqualTo(ann.position());
        });
        assertThat(ledger.violations()).isEmpty();
        assertThat(api(two, "history", "{\"channel\":\"log:a\",\"limit\":1,\"reverse\":true}"))
                .contains("\"offset\":20");
    }

    @Test
    void counts_and_lists_are_of_all_servers() {
        follow(one, "ann", "log:a");
        follow(two, "bob", "log:a");
        follow(two, "bea", "log:b");
        await(nothing -> assertThat(api(one, "channels", "{}"))
                .isEqualTo(
                        "{\"result\":{\"channels\":{\"log:a\":{\"num_clients\":2},\"log:b\":{\"num_clients\":1}}}}"));
        assertThat(api(two, "info", "{}")).contains("\"name\":\"one\"", "\"name\":\"two\"");
        String first = api(one, "connections", "{\"limit\":2}");
        assertThat(first.split("\"client\"")).hasSize(3);
        String cursor = first.replaceAll(".*\"cursor\":\"([^\"]*)\".*", "$1");
        String second = api(two, "connections", "{\"limit\":2,\"cursor\":\"" + cursor + "\"}");
        assertThat(second.split("\"client\"")).hasSize(2);
        assertThat(second).doesNotContain("cursor");
    }

    @Test
    void a_connection_on_another_server_can_be_disconnected_subscribed_and_unsubscribed() {
        OpenlineClient ann = client(two);
        await(nothing -> assertThat(api(one, "connections", "{}")).contains("\"client\""));
        api(one, "subscribe", "{\"user\":\"\",\"channel\":\"log:a\"}");
        await(nothing -> assertThat(api(one, "channels", "{}")).contains("log:a"));
        api(one, "unsubscribe", "{\"user\":\"\",\"channel\":\"log:a\"}");
        await(nothing -> assertThat(api(one, "channels", "{}")).doesNotContain("log:a"));
        api(one, "disconnect", "{\"user\":\"\",\"disconnect\":{\"code\":4500,\"reason\":\"enough\"}}");
        await(nothing -> assertThat(ann.state().toString()).isEqualTo("DISCONNECTED"));
    }

    @Test
    void a_client_that_comes_to_another_server_goes_on_where_it_was() {
        Follower ann = follow(one, "ann", "log:a");
        await(nothing -> assertThat(api(one, "channels", "{}")).contains("log:a"));
        for (int i = 1; i <= 10; i++) publish(two, "log:a", i);
        await(nothing -> assertThat(ann.position())
                .isNotNull()
                .extracting(p -> p.offset())
                .isEqualTo(10L));
        clients.get(clients.size() - 1).close();
        for (int i = 11; i <= 300; i++) publish(two, "log:a", i);
        Follower again = new Follower("ann", "log:a", Mode.EVERY, ledger, sentence -> {});
        client(two).subscribe("log:a", again, o -> o.since(ann.position()));
        await(nothing -> assertThat(again.position())
                .isNotNull()
                .extracting(p -> p.offset())
                .isEqualTo(300L));
        assertThat(ledger.violations()).isEmpty();
        assertThat(ledger.deliveries()).isEqualTo(300);
    }

    @Test
    void lines_stay_while_redis_is_away_and_nothing_is_missing_afterwards() {
        Follower ann = follow(one, "ann", "log:a");
        Follower bob = follow(two, "bob", "log:a");
        await(nothing -> assertThat(api(one, "channels", "{}")).contains("\"num_clients\":2"));
        for (int i = 1; i <= 10; i++) publish(one, "log:a", i);
        await(nothing -> assertThat(bob.position())
                .isNotNull()
                .extracting(p -> p.offset())
                .isEqualTo(10L));
        redis.pause();
        assertThat(api(one, "publish", said("log:a", 11))).contains("\"error\"");
        assertThat(one.server().connectionCount()).isEqualTo(1);
        redis.resume();
        await(nothing -> assertThat(api(two, "publish", said("log:a", 12))).contains("\"offset\""));
        await(nothing -> {
            assertThat(ann.position()).isEqualTo(bob.position());
            assertThat(ann.position().offset()).isGreaterThanOrEqualTo(11);
        });
        assertThat(one.server().connectionCount()).isEqualTo(1);
    }

    @Test
    void whoever_hears_nothing_for_too_long_is_told_and_goes_on_afterwards() throws IOException {
        try (HostileProxy wire = HostileProxy.start(new Random(1))) {
            wire.leadTo(redis.port());
            Node three = node("three", wire.port());
            OpenlineClient client = client(three);
            Follower ann = new Follower("ann", "log:a", Mode.EVERY, ledger, sentence -> {});
            Subscription subscription = client.subscribe("log:a", ann, o -> {});
            await(nothing -> assertThat(api(one, "channels", "{}")).contains("log:a"));
            publish(one, "log:a", 1);
            await(nothing -> assertThat(ann.position()).isNotNull());
            wire.leadTo();
            wire.cutAll();
            publish(one, "log:a", 2);
            await(nothing -> assertThat(subscription.state()).isEqualTo(SubscriptionState.SUBSCRIBING));
            assertThat(three.server().connectionCount()).isEqualTo(1);
            wire.leadTo(redis.port());
            await(nothing -> assertThat(ann.position().offset()).isEqualTo(2));
            assertThat(ledger.violations()).isEmpty();
        }
    }

    private int readiness(Node node) {
        try {
            URI uri = URI.create("http://127.0.0.1:" + node.server().port() + "/ready");
            return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void a_server_that_can_not_reach_redis_is_not_ready() {
        assertThat(readiness(one)).isEqualTo(200);
        redis.kill();
        await(nothing -> assertThat(readiness(one)).isEqualTo(503));
        redis.restart();
        await(nothing -> assertThat(readiness(one)).isEqualTo(200));
        await(nothing -> assertThat(api(one, "publish", said("log:a", 1))).contains("\"offset\":1"));
    }

    @Test
    void a_revocation_that_a_server_was_not_told_of_is_read_when_it_may_have_missed_something() throws Exception {
        Instant now = Instant.now();
        assertThat(api(one, "revoke_token", "{\"uid\":\"told\"}")).isEqualTo("{\"result\":{}}");
        await(nothing -> assertThat(two.revocations().isRevoked("ann", "told", null, now))
                .isTrue());
        Revocation untold = new Revocation.OfToken("untold", now.plusSeconds(3_600));
        Waiting.forAnswer(one.redis().revocations().append(untold));
        assertThat(two.revocations().isRevoked("ann", "untold", null, now)).isFalse();
        redis.kill();
        redis.restart();
        await(nothing -> assertThat(two.revocations().isRevoked("ann", "untold", null, now))
                .isTrue());
    }

    /** A disconnect that is told while a server can't hear Redis, which is then ended and started again. */
    private void disconnectIsDoneAfter(Runnable restart) throws IOException {
        try (HostileProxy wire = HostileProxy.start(new Random(1))) {
            wire.leadTo(redis.port());
            Node three = node("three", wire.port());
            OpenlineClient ann = client(three);
            await(nothing -> assertThat(api(one, "connections", "{}")).contains("\"client\""));
            wire.leadTo();
            wire.cutAll();
            assertThat(api(one, "disconnect", "{\"user\":\"\",\"disconnect\":{\"code\":4500,\"reason\":\"enough\"}}"))
                    .isEqualTo("{\"result\":{}}");
            restart.run();
            wire.leadTo(redis.port());
            await(nothing -> assertThat(ann.state().toString()).isEqualTo("DISCONNECTED"));
        }
    }

    @Test
    void what_a_server_was_told_while_it_could_not_hear_it_does_also_after_redis_was_restarted() throws IOException {
        disconnectIsDoneAfter(() -> {
            redis.kill();
            redis.restart();
        });
    }

    @Test
    void a_server_that_leaves_takes_itself_off_the_list_of_servers() {
        String list = "openline:p:{\u0001servers:servers}";
        await(nothing -> assertThat(redis.ask("HLEN", list)).isEqualTo("2"));
        two.server().close();
        await(nothing -> assertThat(redis.ask("HLEN", list)).isEqualTo("1"));
        assertThat(api(one, "info", "{}")).contains("\"one\"").doesNotContain("\"two\"");
    }

    @Test
    void what_redis_has_forgotten_servers_tell_each_other_again() throws IOException {
        disconnectIsDoneAfter(() -> redis.restartEmpty());
    }

    @Test
    void a_caller_is_told_when_the_other_servers_can_not_be_told() {
        redis.pause();
        assertThat(api(one, "disconnect", "{\"user\":\"ann\"}"))
                .isEqualTo("{\"error\":{\"code\":100,\"message\":\"other servers can't be told now\"}}");
        redis.resume();
        await(nothing ->
                assertThat(api(one, "disconnect", "{\"user\":\"ann\"}")).isEqualTo("{\"result\":{}}"));
    }

    @Test
    void a_post_of_an_emulated_session_may_come_to_another_server() throws Exception {
        HttpRequest stream = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + one.server().port() + "/connection/http_stream"))
                .POST(HttpRequest.BodyPublishers.ofString("{\"id\":1,\"connect\":{}}"))
                .build();
        var response = http.send(stream, HttpResponse.BodyHandlers.ofLines());
        var lines = response.body().iterator();
        String connected = lines.next();
        String session = connected.replaceAll(".*\"session\":\"([^\"]*)\".*", "$1");
        String node = connected.replaceAll(".*\"node\":\"([^\"]*)\".*", "$1");
        String said = "{\"id\":2,\"subscribe\":{\"channel\":\"log:a\"}}".replace("\"", "\\\"");
        HttpRequest post = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + two.server().port() + "/emulation"))
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(
                        "{\"session\":\"" + session + "\",\"node\":\"" + node + "\",\"data\":\"" + said + "\"}"))
                .build();
        assertThat(http.send(post, HttpResponse.BodyHandlers.discarding()).statusCode())
                .isEqualTo(204);
        assertThat(lines.next()).contains("\"id\":2", "\"subscribe\"");
        HttpRequest lost = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + two.server().port() + "/emulation"))
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(
                        "{\"session\":\"" + session + "\",\"node\":\"nobody\",\"data\":\"" + said + "\"}"))
                .build();
        assertThat(http.send(lost, HttpResponse.BodyHandlers.discarding()).statusCode())
                .isEqualTo(404);
    }

    @Test
    void what_is_said_live_is_heard_on_all_servers() {
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        client(two)
                .subscribe("live:a", publication -> heard.add(publication.data().text()));
        await(nothing ->
                assertThat(api(one, "presence", "{\"channel\":\"live:a\"}")).contains("\"client\""));
        assertThat(api(one, "publish", "{\"channel\":\"live:a\",\"data\":7}")).isEqualTo("{\"result\":{}}");
        await(nothing -> assertThat(heard).containsExactly("7"));
    }

    @Test
    void a_pattern_channel_gathers_what_is_said_on_all_servers() {
        Follower ann = follow(one, "ann", "wide:*");
        Follower bob = follow(two, "bob", "wide:*");
        await(nothing -> assertThat(api(one, "presence_stats", "{\"channel\":\"wide:*\"}"))
                .contains("\"num_clients\":2"));
        for (int i = 1; i <= 20; i++) publish(i % 2 == 0 ? one : two, i % 3 == 0 ? "wide:a" : "wide:b", i);
        await(nothing -> {
            assertThat(ann.position()).isNotNull();
            assertThat(ann.position().offset()).isEqualTo(20);
            assertThat(bob.position()).isEqualTo(ann.position());
        });
        assertThat(ledger.violations()).isEmpty();
        assertThat(api(two, "history", "{\"channel\":\"wide:*\",\"limit\":1,\"reverse\":true}"))
                .contains("\"offset\":20", "\"channel\":\"wide:b\"");
        assertThat(api(one, "publish", said("wide:*", 21))).contains("\"code\":107");
    }
}
