package dev.openline.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.client.OpenlineClient;
import dev.openline.client.OpenlineClientOptions;
import dev.openline.hub.Mode;
import dev.openline.net.EventLoops;
import dev.openline.net.Transport;
import dev.openline.protocol.StreamPosition;
import dev.openline.store.redis.RedisServer;
import dev.openline.testkit.Follower;
import dev.openline.testkit.Ledger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server dies with many lines, which come to another one all at once. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class LostNodeTest {
    private static final int LINES = 5_000;
    private static final int CHANNELS = 50;
    private static final int BEFORE = 20;
    private static final int MISSED = 100;
    private static final Pattern ADDRESS = Pattern.compile("serving on http://127\\.0\\.0\\.1:(\\d+)/");
    private static final Pattern CALLS = Pattern.compile("cmdstat_lrange:calls=(\\d+)");

    private final Ledger ledger = new Ledger();
    private final List<OpenlineClient> clients = new ArrayList<>();
    private final List<Follower> followers = new ArrayList<>();
    private final List<ServerProcess> nodes = new ArrayList<>();
    private RedisServer redis;
    private EventLoops loops;

    @BeforeEach
    void start() throws Exception {
        RedisServer.assumeAvailable();
        redis = new RedisServer().start();
        loops = EventLoops.start(Transport.fastest(), 1);
    }

    @AfterEach
    void stop() {
        clients.forEach(OpenlineClient::disconnect);
        loops.close();
        nodes.forEach(ServerProcess::close);
        redis.close();
    }

    private ServerProcess node(int port) throws Exception {
        ServerProcess node = ServerProcess.start(
                ServerProcess.java(
                        "-Xmx512m",
                        "dev.openline.app.Main",
                        "serve",
                        "--port",
                        "" + port,
                        "--insecure",
                        "--redis",
                        "redis://127.0.0.1:" + redis.port(),
                        "--namespace",
                        "log=every,history=1000,ttl=1h"),
                ADDRESS);
        nodes.add(node);
        return node;
    }

    private OpenlineClient client(ServerProcess node, Consumer<OpenlineClientOptions> more) {
        OpenlineClient client = OpenlineClient.to(
                "ws://127.0.0.1:" + node.port() + "/connection/websocket", o -> more.accept(o.loops(loops)));
        clients.add(client);
        return client.connect();
    }

    private void publish(OpenlineClient publisher, int from, int to) throws Exception {
        for (int channel = 0; channel < CHANNELS; channel++)
            for (int i = from; i <= to; i++) {
                var position = Waiting.forAnswer(publisher.publish("log:" + channel, Ledger.payload("w" + channel, i)));
                ledger.acknowledged("log:" + channel, position.orElseThrow(), Ledger.payload("w" + channel, i));
            }
    }

    private void awaitOffset(long offset) {
        Awaitility.await()
                .atMost(Duration.ofMinutes(2))
                .until(() -> followers.stream().allMatch(follower -> {
                    StreamPosition at = follower.position();
                    return at != null && at.offset() == offset;
                }));
    }

    private long reads() {
        Matcher calls = CALLS.matcher(redis.ask("INFO", "commandstats"));
        return calls.find() ? Long.parseLong(calls.group(1)) : 0;
    }

    @Test
    void five_thousand_lines_of_a_server_that_dies_go_on_at_another_one_and_share_their_reads() throws Exception {
        ServerProcess dying = node(0);
        OpenlineClient publisher = client(node(0), o -> {});
        for (int i = 0; i < LINES; i++) {
            Follower follower = new Follower("reader" + i, "log:" + i % CHANNELS, Mode.EVERY, ledger, sentence -> {});
            followers.add(follower);
            client(dying, o -> o.redialDelays(Duration.ofMillis(200), Duration.ofSeconds(2)))
                    .subscribe(follower.channel(), follower, o -> {});
        }
        Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .until(() -> followers.stream().allMatch(follower -> follower.position() != null));
        publish(publisher, 1, BEFORE);
        awaitOffset(BEFORE);

        dying.kill();
        publish(publisher, BEFORE + 1, BEFORE + MISSED);
        long before = reads();
        node(dying.port());
        awaitOffset(BEFORE + MISSED);

        assertThat(ledger.violations()).isEmpty();
        assertThat(followers).allSatisfy(follower -> assertThat(follower.told()).isZero());
        // One for each channel, and a few more for cursors that came while the first was under way.
        assertThat(reads() - before).isLessThan(10L * CHANNELS);
    }
}
