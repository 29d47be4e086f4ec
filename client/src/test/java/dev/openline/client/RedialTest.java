package dev.openline.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.openline.protocol.Disconnect;
import dev.openline.protocol.Payload;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What the client does when lines break and servers go away, over real sockets. */
class RedialTest extends AgainstServer {
    @Test
    void aCutLineIsDialledAgainAndWhatWasMissedIsHeardOnceInOrder() {
        subscribed();
        for (int cut = 0; cut < 5; cut++) {
            publish(cut * 20 + 1, cut * 20 + 10);
            await().until(() -> !heard.client().isEmpty());
            server.cut(heard.client());
            publish(cut * 20 + 11, cut * 20 + 20);
            awaitOffsets(1, cut * 20 + 20);
        }

        assertThat(heard.subscribed).hasSize(6);
        assertThat(heard.subscribed.subList(1, 6)).allMatch(Subscribed::recovered);
    }

    @Test
    void aResetConnectionIsDialledAgain() throws IOException {
        try (Tunnel tunnel = new Tunnel(server.port())) {
            client = clientOf(tunnel.port(), o -> {});
            subscribed();

            tunnel.cut();
            publish(1, 5);

            awaitOffsets(1, 5);
            assertThat(tunnel.connections()).isGreaterThan(1);
            client.close();
        }
    }

    @Test
    void aLineThatWentSilentIsDroppedAndDialledAgain() throws IOException {
        server.close();
        server = serverOn(0, o -> o.heartbeat(Duration.ofSeconds(1), Duration.ofMillis(900)));
        try (Tunnel tunnel = new Tunnel(server.port())) {
            client = clientOf(tunnel.port(), o -> o.pingSlack(Duration.ofMillis(500)));
            subscribed();

            tunnel.freeze();
            publish(1, 5);

            awaitOffsets(1, 5);
            assertThat(heard.connecting).contains(Cause.NO_PING);
            client.close();
        }
    }

    @Test
    void aServerThatForgotItsLogsIsNoticed() throws IOException {
        subscribed();
        publish(1, 3);
        awaitOffsets(1, 3);
        int port = server.port();

        server.close();
        server = serverOn(port, o -> {});

        await().until(() -> heard.subscribed.size() == 2);
        assertThat(heard.subscribed.get(1).recovered()).isFalse();
        publish(1, 1);
        await().untilAsserted(() -> assertThat(heard.offsets).containsExactly(1L, 2L, 3L, 1L));
    }

    @Test
    void aServerThatIsNotThereYetIsDialledUntilItIs() throws IOException {
        int port = server.port();
        server.close();
        client.connect();
        client.subscribe("news", heard);
        await().until(() ->
                heard.connecting.stream().anyMatch(why -> why.reason().contains("connection refused")));

        server = serverOn(port, o -> {});

        await().until(() -> heard.subscribed.size() == 1);
    }

    @Test
    void aTerminalCodeEndsTheClient() {
        subscribed();

        server.disconnect(heard.client(), Disconnect.FORCE_DISCONNECT);

        await().until(() -> client.state() == ConnectionState.DISCONNECTED);
        assertThat(heard.disconnected).containsExactly(new Cause(3503, "force disconnect"));
    }

    @Test
    void aTokenThatIsNotValidEndsTheClient() {
        client = clientOf(server.port(), o -> o.token("nonsense"));
        client.connect();

        await().until(() -> client.state() == ConnectionState.DISCONNECTED && !heard.disconnected.isEmpty());
        assertThat(heard.disconnected).containsExactly(new Cause(3500, "invalid token"));
    }

    @Test
    void manyClientsCutAgainAndAgainWhileThereIsNewsHearAllOfItOnce() {
        long seed = 4711;
        SplittableRandom random = new SplittableRandom(seed);
        List<Heard> ears = new ArrayList<>();
        List<OpenlineClient> clients = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            Heard ear = new Heard();
            ears.add(ear);
            OpenlineClient one = clientOf(server.port(), o -> o.listener(ear)).connect();
            one.subscribe("news", ear);
            clients.add(one);
        }
        await().until(() -> ears.stream().noneMatch(ear -> ear.subscribed.isEmpty()));

        // In waves, so that a client that was cut is back before it is cut again, however fast the machine is.
        for (int wave = 1; wave <= 4; wave++) {
            int last = wave * 75;
            for (int i = last - 74; i <= last; i++) {
                publish(i, i);
                server.cut(ears.get(random.nextInt(ears.size())).client());
            }
            List<Long> all = LongStream.rangeClosed(1, last).boxed().toList();
            await().untilAsserted(() -> assertThat(ears)
                    .as("seed %d", seed)
                    .allSatisfy(ear -> assertThat(ear.offsets).isEqualTo(all)));
        }
        assertThat(ears).anyMatch(ear -> ear.subscribed.size() > 3);
        clients.forEach(OpenlineClient::close);
    }

    @Test
    void aFirstFrameLargerThanTheServerTakesIsCutIntoSeveral() {
        Payload data = Payload.json("\"" + "x".repeat(700) + "\"");
        List<Subscription> rooms = new ArrayList<>();
        for (int i = 0; i < 120; i++) rooms.add(client.subscribe("room:" + i, heard, o -> o.data(data)));

        client.connect();

        await().until(() -> rooms.stream().allMatch(room -> room.state() == SubscriptionState.SUBSCRIBED));
        assertThat(heard.disconnected).isEmpty();
    }
}
