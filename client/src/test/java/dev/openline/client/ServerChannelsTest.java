package dev.openline.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.openline.protocol.Direction;
import dev.openline.protocol.ErrorReply;
import dev.openline.protocol.Publication;
import dev.openline.protocol.StreamPosition;
import dev.openline.server.Authenticator;
import dev.openline.server.Grant;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** History, patches, tokens and the server's own subscriptions, against the real server. */
class ServerChannelsTest extends AgainstServer {
    private static List<Long> offsets(List<Publication> publications) {
        return publications.stream().map(Publication::offset).toList();
    }

    @Test
    void historyIsWalkedPageByPageInBothDirections() {
        publish(1, 10);
        client.connect();

        List<List<Long>> pages = new ArrayList<>();
        HistoryPages newest = client.historyPages("news", 4, Direction.NEWEST_FIRST, null);
        for (List<Publication> page = join(newest.next()); !page.isEmpty(); page = join(newest.next())) {
            pages.add(offsets(page));
        }
        List<Long> walked = new CopyOnWriteArrayList<>();
        join(client.historyPages("news", 3, Direction.OLDEST_FIRST, null)
                .forEach(publication -> walked.add(publication.offset())));

        assertThat(pages).containsExactly(List.of(10L, 9L, 8L, 7L), List.of(6L, 5L, 4L, 3L), List.of(2L, 1L));
        assertThat(walked).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L);
    }

    @Test
    void aWalkBeginsAfterAPosition() {
        publish(1, 5);
        client.connect();
        StreamPosition top =
                join(client.history("news", 0, Direction.OLDEST_FIRST, null)).position();

        HistoryPages after =
                client.historyPages("news", 10, Direction.OLDEST_FIRST, new StreamPosition(3, top.epoch()));
        HistoryPages before =
                client.historyPages("news", 10, Direction.NEWEST_FIRST, new StreamPosition(3, top.epoch()));

        assertThat(offsets(join(after.next()))).containsExactly(4L, 5L);
        assertThat(join(after.next())).isEmpty();
        assertThat(offsets(join(before.next()))).containsExactly(2L, 1L);
        assertThat(join(before.next())).isEmpty();
    }

    @Test
    void aWalkThroughALogThatWasLostFails() {
        publish(1, 5);
        client.connect();

        HistoryPages lost = client.historyPages("news", 10, Direction.OLDEST_FIRST, new StreamPosition(3, "another"));

        assertThat(failure(lost.forEach(publication -> {})))
                .isInstanceOf(CallRefused.class)
                .hasMessageContaining("112");
        assertThatThrownBy(() -> client.historyPages("news", 0, Direction.OLDEST_FIRST, null))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whatTheReaderThrowsEndsTheWalk() {
        publish(1, 5);
        client.connect();

        Throwable why = failure(
                client.historyPages("news", 2, Direction.OLDEST_FIRST, null).forEach(publication -> {
                    throw new IllegalStateException("enough");
                }));

        assertThat(why).isInstanceOf(IllegalStateException.class).hasMessage("enough");
    }

    @Test
    void patchesArriveAsWholePayloads() {
        client.connect();
        List<String> texts = new CopyOnWriteArrayList<>();
        Subscription patched = client.subscribe(
                "patched", publication -> texts.add(publication.data().text()), SubscribeOptions::delta);
        await().until(() -> patched.state() == SubscriptionState.SUBSCRIBED);
        List<String> said = new ArrayList<>();
        for (int i = 1; i <= 20; i++) {
            said.add("{\"what\":\"a text that is long enough for a patch\",\"umlaut\":\"ä€😀\",\"n\":" + i + "}");
            server.publish("patched", said.get(i - 1)).join();
            if (i % 5 == 0) server.cut(heard.client());
        }

        await().untilAsserted(() -> assertThat(texts).isEqualTo(said));
    }

    @Test
    void whatCannotBeRecoveredEndsTheSubscriptionOfWhoWantsThat() {
        publish(1, 1);
        client.connect();

        client.subscribe(
                "news", heard, o -> o.since(new StreamPosition(1, "another")).endIfNotRecovered());

        await().until(() -> !heard.unsubscribed.isEmpty());
        assertThat(heard.unsubscribed)
                .extracting(Cause::code)
                .containsExactly(ErrorReply.UNRECOVERABLE_POSITION.code());
    }

    @Test
    void howAPublicationCameIsTold() {
        publish(1, 2);
        client.connect();
        List<String> arrivals = new CopyOnWriteArrayList<>();

        client.subscribe(
                "news",
                new SubscriptionListener() {
                    @Override
                    public void onPublication(Publication publication) {
                        throw new AssertionError("the other is overridden");
                    }

                    @Override
                    public void onPublication(Publication publication, Arrival arrival) {
                        arrivals.add(publication.offset() + " " + arrival);
                    }
                },
                o -> o.since(new StreamPosition(0, "")));
        await().until(() -> arrivals.size() == 2);
        publish(3, 3);

        await().until(() -> arrivals.size() == 3);
        assertThat(arrivals).containsExactly("1 RECOVERED", "2 RECOVERED", "3 LIVE");
    }

    @Test
    void aTokenThatExpiresIsReplacedBeforeTheNextDial() throws IOException {
        server.close();
        server = serverOn(
                0,
                o -> o.authenticator(attempt -> CompletableFuture.completedStage(
                        attempt.token().equals("t1")
                                ? new Authenticator.Denied(ErrorReply.TOKEN_EXPIRED)
                                : new Authenticator.Admitted(attempt.token(), null, null))));
        AtomicInteger asked = new AtomicInteger();
        client = clientOf(
                server.port(), o -> o.token(() -> CompletableFuture.completedFuture("t" + asked.incrementAndGet())));

        subscribed();

        assertThat(asked).hasValue(2);
        assertThat(heard.connecting).extracting(Cause::code).contains(ErrorReply.TOKEN_EXPIRED.code());
    }

    @Test
    void anApplicationWhoseTokensFailIsAskedAgain() throws IOException {
        AtomicInteger asked = new AtomicInteger();
        client = clientOf(
                server.port(),
                o -> o.token(() -> switch (asked.incrementAndGet()) {
                    case 1 -> throw new IllegalStateException("as the test wants");
                    case 2 -> CompletableFuture.failedFuture(new IOException("as the test wants"));
                    default -> CompletableFuture.completedFuture("");
                }));

        client.connect();

        await().until(() -> !heard.disconnected.isEmpty());
        assertThat(heard.disconnected).containsExactly(Cause.UNAUTHORIZED);
        assertThat(heard.connecting).containsExactly(Cause.CONNECT_CALLED, Cause.TOKEN_FAILED, Cause.TOKEN_FAILED);
    }

    @Test
    void whatTheServerSubscribesAClientToIsRecoveredOverCuts() throws IOException {
        server.close();
        server = serverOn(
                0,
                o -> o.authenticator(attempt -> CompletableFuture.completedStage(
                        new Authenticator.Admitted("u", null, null).withSubs(Map.of("news", Grant.PLAIN)))));
        client = clientOf(server.port(), o -> {});
        client.connect();
        await().until(() -> heard.served.size() == 1);

        publish(1, 3);
        await().until(() -> heard.servedOffsets.size() == 3);
        server.cut(heard.client());
        publish(4, 6);

        await().until(() -> heard.servedOffsets.size() == 6);
        assertThat(heard.servedOffsets).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
        assertThat(heard.served.get(1)).isEqualTo("news RECOVERED");
    }

    @Test
    void aPatternHearsWhereThingsAreSaid() {
        client.connect();
        List<String> said = new CopyOnWriteArrayList<>();
        Subscription all = client.subscribe(
                "prices:*",
                publication -> said.add(
                        publication.channel() + " " + publication.data().text()));
        await().until(() -> all.state() == SubscriptionState.SUBSCRIBED);

        server.publish("prices:a", "1").join();
        server.publish("prices:b", "2").join();

        await().until(() -> said.size() == 2);
        assertThat(said).containsExactlyInAnyOrder("prices:a 1", "prices:b 2");
    }
}
