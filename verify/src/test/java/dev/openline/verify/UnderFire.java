package dev.openline.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.client.OpenlineClient;
import dev.openline.hub.Mode;
import dev.openline.net.EventLoops;
import dev.openline.net.Transport;
import dev.openline.protocol.StreamPosition;
import dev.openline.testkit.Follower;
import dev.openline.testkit.Ledger;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * Publishers with outboxes and subscribers, over TLS, behind a proxy that cuts, holds back and changes their bytes, while the servers are dealt with as a test
 * wants. {@code -Dopenline.seed=…} for the same chances.
 */
abstract class UnderFire {
    private static final int AT_ONCE = 20;
    private static final List<String> CHANNELS = List.of("log:a", "log:b", "log:c");
    static final Pattern ADDRESS = Pattern.compile("serving on https://127\\.0\\.0\\.1:(\\d+)/");
    static final int ENDED_BY_SIGTERM = 143;

    @TempDir
    Path folder;

    final long seed = Long.getLong("openline.seed", System.nanoTime());
    final Random chance = new Random(seed);
    final Ledger ledger = new Ledger();
    private final Semaphore acknowledged = new Semaphore(0);
    private final List<OpenlineClient> clients = new ArrayList<>();
    private final List<Publisher> publishers = new ArrayList<>();
    final List<Follower> followers = new ArrayList<>();
    private EventLoops loops;
    HostileProxy proxy;
    Path chain;
    Path key;
    private volatile boolean ending;

    /** Starts servers and has the proxy lead to them. */
    abstract void startServers() throws Exception;

    abstract void endServers() throws Exception;

    /** What the servers have said so far. */
    abstract String said();

    @BeforeEach
    void begin() throws Exception {
        X509Bundle self = new CertificateBuilder()
                .subject("CN=a test")
                .addSanDnsName("localhost")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        chain = Files.writeString(folder.resolve("chain.pem"), self.getCertificatePEM());
        key = Files.writeString(folder.resolve("key.pem"), self.getPrivateKeyPEM());
        loops = EventLoops.start(Transport.fastest(), 1);
        proxy = HostileProxy.start(new Random(seed));
        startServers();
        for (int i = 1; i <= 3; i++) followEverything("reader" + i, false);
        for (int i = 1; i <= 2; i++) publishers.add(new Publisher("writer" + i));
    }

    @AfterEach
    void end() throws Exception {
        ending = true;
        clients.forEach(OpenlineClient::close);
        endServers();
        proxy.close();
        loops.close();
    }

    private OpenlineClient client() {
        OpenlineClient client = OpenlineClient.to(
                "wss://localhost:" + proxy.port() + "/connection/websocket",
                o -> o.loops(loops).trust(chain).redialDelays(Duration.ofMillis(20), Duration.ofMillis(300)));
        clients.add(client);
        return client.connect();
    }

    private List<Follower> followEverything(String name, boolean fromTheBeginning) {
        OpenlineClient client = client();
        List<Follower> own = new ArrayList<>();
        for (String channel : CHANNELS) {
            Follower follower = new Follower(name, channel, Mode.EVERY, ledger, sentence -> {});
            client.subscribe(channel, follower, o -> {
                if (fromTheBeginning) o.since(new StreamPosition(0, ""));
            });
            own.add(follower);
        }
        if (!fromTheBeginning) followers.addAll(own);
        return own;
    }

    /** Has always the same number of publishes under way; the next follows when one is acknowledged. */
    private final class Publisher {
        final String name;
        final OpenlineClient client = client();
        final Random choice = new Random(seed + publishers.size());
        int number;

        Publisher(String name) {
            this.name = name;
            for (int i = 0; i < AT_ONCE; i++) publish();
        }

        synchronized void publish() {
            if (ending) return;
            int own = ++number;
            String channel = CHANNELS.get(choice.nextInt(CHANNELS.size()));
            client.publish(channel, Ledger.payload(name, own)).whenComplete((position, fault) -> {
                if (fault != null) {
                    if (!ending) throw new AssertionError(name + ":" + own + " was given up", fault);
                    return;
                }
                ledger.acknowledged(channel, position.orElseThrow(), Ledger.payload(name, own));
                acknowledged.release();
                publish();
            });
        }
    }

    /** Nothing is harmed any more: everybody comes to the same place, and what was heard is held against what is there. */
    void finish(boolean nothingWasLost) {
        ending = true;
        proxy.letGo();
        Awaitility.await()
                .atMost(Duration.ofMinutes(3))
                .until(() ->
                        clients.stream().allMatch(client -> client.pending().isEmpty()));
        List<Follower> late = followLate(0);
        // Who comes to a server that has not noticed yet in which life the store is, is told as well, and has not read
        // it all.
        for (int again = 1; !nothingWasLost && again < 5 && late.stream().anyMatch(one -> one.told() > 0); again++)
            late = followLate(again);
        for (Follower one : late)
            ledger.close(
                    one,
                    nothingWasLost,
                    followers.stream()
                            .filter(follower -> follower.channel().equals(one.channel()))
                            .toList());
        assertThat(ledger.violations()).as("seed %d", seed).isEmpty();
    }

    /** Those who read all that there is, when everybody has. */
    private List<Follower> followLate(int again) {
        List<Follower> late = followEverything("late" + again, true);
        followers.addAll(late);
        Awaitility.await().atMost(Duration.ofMinutes(3)).until(this::everybodyIsAtTheSamePlace);
        return late;
    }

    /** Some line suffers after each few publishes. */
    void harmWhile(int publishes) throws InterruptedException {
        for (int rest = publishes; rest > 0; ) {
            int some = Math.min(rest, chance.nextInt(1, 200));
            if (!acknowledged.tryAcquire(some, Waiting.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                throw new AssertionError("nothing goes on, seed " + seed + "; the servers said:\n" + said());
            rest -= some;
            proxy.doHarm();
        }
        acknowledged.drainPermits();
    }

    private boolean everybodyIsAtTheSamePlace() {
        for (String channel : CHANNELS)
            if (followers.stream()
                            .filter(follower -> follower.channel().equals(channel))
                            .map(follower -> Objects.toString(follower.position()))
                            .distinct()
                            .count()
                    != 1) return false;
        return true;
    }
}
