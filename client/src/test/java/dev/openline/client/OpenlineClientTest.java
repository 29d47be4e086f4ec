package dev.openline.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.openline.protocol.Direction;
import dev.openline.protocol.ErrorReply;
import dev.openline.protocol.Payload;
import dev.openline.protocol.StreamPosition;
import dev.openline.server.OpenlineServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** The client against the real server, over real sockets. */
class OpenlineClientTest extends AgainstServer {
    @Test
    void theProgramInTheDocumentationIsTheExampleThatIsCompiled() throws IOException {
        String example = Files.readString(Path.of(
                "..", "examples", "src", "main", "java", "dev", "openline", "examples", "LiveSubscription.java"));
        String source =
                Files.readString(Path.of("src", "main", "java", "dev", "openline", "client", "OpenlineClient.java"));
        String program = source.substring(source.indexOf("<pre>{@code\n") + 12, source.indexOf(" * }</pre>"));

        // Without white space, because the formatter breaks lines of code and none of a comment.
        assertThat(program.replace(" * ", "").replaceAll("\\s", ""))
                .isNotEmpty()
                .isSubstringOf(example.replaceAll("\\s", ""));
    }

    @Test
    void whatIsPublishedIsHeard() {
        Subscription news = subscribed();

        join(news.publish("{\"n\":1}"));
        server.publish("news", "{\"n\":2}").join();

        awaitOffsets(1, 2);
        assertThat(heard.texts).containsExactly("{\"n\":1}", "{\"n\":2}");
        assertThat(news.position())
                .isNotNull()
                .extracting(StreamPosition::offset)
                .isEqualTo(2L);
    }

    @Test
    void aCallMadeBeforeTheSessionIsOpenIsSentThen() {
        CompletionStage<?> published = client.connect().publish("news", "1");

        join(published);

        assertThat(join(client.history("news", 10, Direction.OLDEST_FIRST, null))
                        .publications())
                .hasSize(1);
    }

    @Test
    void anUnknownChannelEndsTheSubscription() {
        client.connect();
        Subscription nowhere = client.subscribe("nowhere", heard);

        await().until(() -> nowhere.state() == SubscriptionState.UNSUBSCRIBED);
        assertThat(heard.unsubscribed).extracting(Cause::code).containsExactly(ErrorReply.UNKNOWN_CHANNEL.code());
    }

    @Test
    void aChannelIsFreeAsSoonAsUnsubscribeReturns() {
        Subscription first = subscribed();
        assertThatThrownBy(() -> client.subscribe("news", heard))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("there is a subscription to news already");

        first.unsubscribe();
        Subscription second = client.subscribe("news", heard);

        await().until(() -> second.state() == SubscriptionState.SUBSCRIBED);
        publish(1, 1);
        awaitOffsets(1, 1);
        assertThat(first.state()).isEqualTo(SubscriptionState.UNSUBSCRIBED);
        assertThat(heard.unsubscribed).containsExactly(Cause.UNSUBSCRIBE_CALLED);
    }

    @Test
    void aSubscriptionMayBeginInThePast() {
        publish(1, 20);
        client.connect();

        client.subscribe("news", heard, o -> o.since(new StreamPosition(0, "")));

        awaitOffsets(1, 20);
        assertThat(heard.subscribed).singleElement().matches(Subscribed::recovered);
    }

    @Test
    void historyPresenceAndRpcAreAnswered() {
        subscribed();
        publish(1, 3);

        assertThat(join(client.history("news", 2, Direction.NEWEST_FIRST, null)).publications())
                .extracting(publication -> publication.data().text())
                .containsExactly("3", "2");
        assertThat(join(client.presence("news")).clients()).containsOnlyKeys(heard.client());
        assertThat(join(client.presenceStats("news")).clients()).isEqualTo(1);
        assertThat(join(client.rpc("echo", Payload.of("[1]"))).data()).isEqualTo(Payload.of("[1]"));
        assertThat(failure(client.rpc("nothing", null)))
                .isInstanceOf(CallRefused.class)
                .hasMessage("rpc nothing was refused: 108 not available");
    }

    @Test
    void whoAsksForItHearsWhoComesAndGoes() {
        client.connect();
        client.subscribe("news", heard, SubscribeOptions::joinsAndLeaves);
        await().until(() -> heard.joined.size() == 1);
        Heard other = new Heard();
        try (OpenlineClient second = OpenlineClient.to(
                        "ws://127.0.0.1:" + server.port(), o -> o.loops(loops).listener(other))
                .connect()) {
            second.subscribe("news", other);
            await().until(() -> heard.joined.size() == 2);
            assertThat(heard.joined).containsExactly(heard.client(), other.client());
        }

        await().until(() -> heard.left.size() == 1);
        assertThat(heard.left.get(0)).isEqualTo(heard.joined.get(1));
    }

    @Test
    void callsFromManyThreadsAllEndAndKeepTheOrderOfEach() throws InterruptedException {
        client = clientOf(server.port(), o -> o.maxCalls(1_000));
        subscribed();
        List<CompletionStage<?>> calls = Collections.synchronizedList(new ArrayList<>());
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            int number = t;
            Thread thread = new Thread(() -> {
                for (int i = 0; i < 100; i++) calls.add(client.publish("news", "[" + number + "," + i + "]"));
            });
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) thread.join();

        for (CompletionStage<?> call : calls) join(call);

        awaitOffsets(1, 400);
        for (int t = 0; t < 4; t++) {
            String prefix = "[" + t + ",";
            List<String> expected = new ArrayList<>();
            for (int i = 0; i < 100; i++) expected.add(prefix + i + "]");
            assertThat(heard.texts.stream().filter(text -> text.startsWith(prefix)))
                    .isEqualTo(expected);
        }
    }

    @Test
    void aCallBeyondTheBoundIsNotSent() throws IOException {
        CompletableFuture<Payload> answer = new CompletableFuture<>();
        try (OpenlineServer patient = serverOn(0, o -> o.rpc("held", (caller, data) -> answer));
                OpenlineClient small = clientOf(patient.port(), o -> o.maxCalls(1))) {
            small.connect();
            CompletionStage<?> first = small.rpc("held", Payload.of("1"));

            Throwable why = failure(small.tryPublish("news", Payload.of("2")));

            assertThat(why)
                    .isInstanceOf(CallNotSent.class)
                    .hasMessageContaining("1 calls are outstanding already (maxCalls)");
            answer.complete(Payload.of("1"));
            join(first);
            join(small.tryPublish("news", Payload.of("3")));
        }
    }

    @Test
    void aListenerThatThrowsIsCalledAgain() {
        client.connect();
        List<Long> offsets = new CopyOnWriteArrayList<>();
        client.subscribe("news", publication -> {
            offsets.add(publication.offset());
            throw new IllegalStateException("as the test wants");
        });
        publish(1, 1);
        join(client.publish("news", "2"));

        await().until(() -> offsets.contains(2L));
    }

    @Test
    void aListenerMayCallTheClientAndCloseIt() {
        OpenlineClient own = OpenlineClient.to("ws://127.0.0.1:" + server.port(), o -> o.listener(heard));
        AtomicReference<CompletionStage<?>> answered = new AtomicReference<>();
        own.connect();
        Subscription news = own.subscribe("news", publication -> {
            answered.set(own.history("news", 1, Direction.NEWEST_FIRST, null));
            own.subscribe("other", heard);
            own.close();
        });
        await().until(() -> news.state() == SubscriptionState.SUBSCRIBED);
        publish(1, 1);

        await().until(() -> own.state() == ConnectionState.DISCONNECTED && heard.unsubscribed.size() == 1);
        assertThat(failure(answered.get())).isInstanceOf(CallFailed.class);
        assertThat(news.state()).isEqualTo(SubscriptionState.UNSUBSCRIBED);
    }

    @Test
    void aClosedClientTakesNothingMore() {
        subscribed();
        client.close();

        await().until(() -> client.state() == ConnectionState.DISCONNECTED);
        assertThatThrownBy(client::connect)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the client is closed");
        assertThatThrownBy(() -> client.subscribe("news", heard)).isInstanceOf(IllegalStateException.class);
        assertThat(failure(client.publish("news", "1")))
                .isInstanceOf(CallNotSent.class)
                .hasMessage("publish to news was not sent: the client is closed");
        await().until(() -> server.connectionCount() == 0);
    }

    @Test
    void whatCannotBeSentIsTheCallersFault() {
        assertThatThrownBy(() -> OpenlineClient.to("http://localhost")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> OpenlineClient.to("https://localhost"))
                .hasMessageContaining("is not of the form ws://host");
        assertThatThrownBy(() -> clientOf(1, o -> o.header("Cookie", "a\r\nb")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> client.publish("news", "{")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> client.publish("", "1")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> client.publish("\ud800", "1")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> client.subscribe("", heard)).isInstanceOf(IllegalArgumentException.class);
    }
}
