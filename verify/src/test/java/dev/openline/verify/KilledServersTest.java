package dev.openline.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * Real servers on one directory, one after the other, most of them killed and some told to leave. {@code -Dopenline.kills=1000} for more of them.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "there is no SIGTERM")
@Timeout(value = 60, unit = TimeUnit.MINUTES)
class KilledServersTest extends UnderFire {
    private static final int SERVERS = Integer.getInteger("openline.kills", 100);

    /** One of so many is told to leave instead of being killed. */
    private static final int DRAINED = 10;

    private static final int MOST_PUBLISHES = 600;

    private ServerProcess server;

    @Override
    void startServers() throws IOException {
        server = ServerProcess.start(
                ServerProcess.java(
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "dev.openline.app.Main",
                        "serve",
                        "--port",
                        "0",
                        "--insecure",
                        "--data",
                        folder.resolve("data").toString(),
                        "--durability",
                        chance.nextBoolean() ? "os" : "fsync",
                        "--drain-seconds",
                        "1",
                        "--tls-cert",
                        chain.toString(),
                        "--tls-key",
                        key.toString(),
                        "--namespace",
                        "log=every,history=1000000,ttl=1h"),
                ADDRESS);
        proxy.leadTo(server.port());
    }

    @Override
    void endServers() {
        if (server != null) server.close();
    }

    @Override
    String said() {
        return String.join("\n", server.output());
    }

    @Test
    void whatWasAcknowledgedReachesEverybodyOnceAndInOrderWhateverBecomesOfLinesAndServers() throws Exception {
        for (int i = 1; i <= SERVERS; i++) {
            harmWhile(chance.nextInt(1, MOST_PUBLISHES));
            assertThat(ledger.violations()).as("seed %d, server %d", seed, i).isEmpty();
            if (i % DRAINED == 0) assertThat(server.terminate()).isEqualTo(ENDED_BY_SIGTERM);
            else server.kill();
            startServers();
        }
        finish(true);
        System.out.printf(
                "%d servers, %d publishes acknowledged, %d positions told, faults of lines %s, seed %d%n",
                SERVERS, ledger.acknowledgements(), ledger.deliveries(), proxy.faults(), seed);
    }
}
