package dev.openline.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.openline.protocol.Direction;
import dev.openline.protocol.Payload;
import dev.openline.protocol.Publication;
import dev.openline.protocol.StreamPosition;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The outbox against the real server, over real sockets. */
class OutboxServerTest extends AgainstServer {
    private List<String> log(String channel) {
        List<Publication> all = new CopyOnWriteArrayList<>();
        join(client.historyPages(channel, 100, Direction.OLDEST_FIRST, null).forEach(all::add));
        return all.stream().map(publication -> publication.data().text()).toList();
    }

    private static List<String> numbers(int to) {
        return IntStream.rangeClosed(1, to).mapToObj(Integer::toString).toList();
    }

    @Test
    void theFutureTellsThePosition() {
        client.connect();

        Optional<StreamPosition> first = join(client.publish("news", "1"));
        Optional<StreamPosition> second = join(client.publish("news", "2"));

        assertThat(first).map(StreamPosition::offset).contains(1L);
        assertThat(second).map(StreamPosition::offset).contains(2L);
        assertThat(join(client.publish("unlogged", "1"))).isEmpty();
    }

    @Test
    void overManyCutsEachPublishIsAppliedOnceAndInOrder() throws IOException {
        try (Tunnel tunnel = new Tunnel(server.port())) {
            OpenlineClient cut = clientOf(tunnel.port(), o -> {}).connect();
            List<CompletableFuture<Optional<StreamPosition>>> published = new ArrayList<>();
            for (int i = 1; i <= 400; i++) {
                published.add(cut.publish("news", Integer.toString(i)));
                if (i % 40 == 0) {
                    // Somewhere in the middle of what is under way.
                    join(published.get(i - 20));
                    tunnel.cut();
                }
            }
            for (int i = 1; i <= 400; i++) {
                assertThat(join(published.get(i - 1)))
                        .map(StreamPosition::offset)
                        .contains((long) i);
            }
            assertThat(cut.pending().isEmpty()).isTrue();
            assertThat(tunnel.connections()).isGreaterThan(5);
            cut.close();
        }

        client.connect();
        assertThat(log("news")).isEqualTo(numbers(400));
    }

    @Test
    void whatIsPublishedWithoutAServerWaitsVisiblyUntilThereIsOne() throws IOException {
        int port = server.port();
        server.close();
        client.connect();
        CompletableFuture<?> first = client.publish("news", "1");
        CompletableFuture<?> second = client.publish("news", "2");
        assertThat(client.pending().publishes()).isEqualTo(2);
        assertThat(client.pending().bytes()).isEqualTo(2 * 80);
        await().until(() -> client.pending().oldest().toMillis() > 10);
        await().until(() -> !heard.pending.isEmpty());
        assertThat(first).isNotDone();

        server = serverOn(port, o -> {});

        join(first);
        join(second);
        assertThat(log("news")).isEqualTo(numbers(2));
        await().until(() -> heard.pending.get(heard.pending.size() - 1).isEmpty());
    }

    @Test
    void beyondTheBoundsAPublishFailsAtOnce() {
        OpenlineClient small = clientOf(server.port(), o -> o.outbox(b -> b.maxPending(2)));
        CompletableFuture<?> first = small.publish("news", "1");
        CompletableFuture<?> second = small.publish("news", "2");

        assertThat(failure(small.publish("news", "3")))
                .isInstanceOf(OutboxFull.class)
                .hasMessage("publish to news was not sent: 2 publishes wait already (maxPending)");
        small.connect();
        join(first);
        join(second);
        join(small.publish("news", "3"));
        small.close();
    }

    @Test
    void whatIsTooLargeForTheServerIsNotSent() {
        client.connect();

        assertThat(failure(client.publish("news", "\"" + "x".repeat(65_000) + "\"")))
                .isInstanceOf(CallNotSent.class)
                .hasMessageContaining("bytes are more than 64512 (maxPublishBytes)");
        assertThat(join(client.publish("news", "\"" + "x".repeat(64_000) + "\"")))
                .isPresent();
    }

    @Test
    void whatTheServerRefusesFailsAloneWithItsReason() {
        client.connect();
        CompletableFuture<?> refused = client.publish("nowhere", "1");
        CompletableFuture<?> fine = client.publish("news", "1");

        assertThat(failure(refused))
                .isExactlyInstanceOf(CallRefused.class)
                .hasMessage("publish to nowhere was refused: 102 unknown channel");
        join(fine);
    }

    @Test
    void closeFailsWhatWaits() {
        CompletableFuture<?> waiting = client.publish("news", "1");

        client.close();

        assertThat(failure(waiting))
                .isInstanceOf(CallNotSent.class)
                .hasMessage("publish to news was not sent: the client is closed");
        assertThat(client.pending().isEmpty()).isTrue();
    }

    @Test
    void whatIsNoJsonIsTheCallersFault() {
        assertThatThrownBy(() -> client.publish("news", Payload.of("{")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a payload that is not one JSON value");
        assertThatThrownBy(() -> clientOf(1, o -> o.outbox(b -> b.maxPending(0))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aKeyIsUsedOnce() {
        List<String> keys = new CopyOnWriteArrayList<>(List.of("same", "same", "other"));
        OpenlineClient repeating = clientOf(server.port(), o -> o.outbox(b -> b.keys(() -> keys.remove(0))));
        repeating.connect();

        Optional<StreamPosition> first = join(repeating.publish("news", "1"));
        Optional<StreamPosition> again = join(repeating.publish("news", "1"));
        Optional<StreamPosition> other = join(repeating.publish("news", "1"));

        assertThat(again).isEqualTo(first);
        assertThat(other).isNotEqualTo(first);
        repeating.close();
    }
}
