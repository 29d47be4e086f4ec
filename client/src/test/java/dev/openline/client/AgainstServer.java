package dev.openline.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.openline.hub.ChannelOptions;
import dev.openline.hub.Feature;
import dev.openline.net.EventLoops;
import dev.openline.net.Transport;
import dev.openline.server.ChannelSetup;
import dev.openline.server.OpenlineOptions;
import dev.openline.server.OpenlineServer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** A client and the real server, over real sockets, anew for each test. */
abstract class AgainstServer {
    /** Two, so that clients and their lines meet on different loops. */
    static EventLoops loops;

    final Heard heard = new Heard();
    OpenlineServer server;
    OpenlineClient client;

    @BeforeAll
    static void startLoops() {
        loops = EventLoops.start(Transport.fastest(), 2);
    }

    @AfterAll
    static void endLoops() {
        loops.close();
    }

    @BeforeEach
    void start() throws IOException {
        server = serverOn(0, o -> {});
        client = clientOf(server.port(), o -> {});
    }

    @AfterEach
    void end() {
        client.close();
        server.close();
    }

    static OpenlineServer serverOn(int port, Consumer<OpenlineOptions> more) throws IOException {
        return OpenlineServer.create(o -> {
                    o.insecure().loops(loops).port(port);
                    o.channel(
                            "news",
                            c -> c.history(1_000, Duration.ofMinutes(5))
                                    .presence()
                                    .joinLeave());
                    o.channel(
                            "patched",
                            ChannelOptions.every(100, Duration.ofMinutes(1))
                                    .with(Feature.DELTA, Feature.DELTA_PUBLISH)
                                    .build());
                    o.namespace(
                            "prices",
                            ChannelOptions.every(100, Duration.ofMinutes(1))
                                    .with(Feature.WILDCARD)
                                    .build());
                    o.channel("unlogged", ChannelSetup::unlogged);
                    o.namespace("room", c -> c.history(10, Duration.ofMinutes(1)));
                    o.rpc("echo", (caller, data) -> CompletableFuture.completedStage(data));
                    more.accept(o);
                })
                .start();
    }

    OpenlineClient clientOf(int port, Consumer<OpenlineClientOptions> more) {
        return OpenlineClient.to("ws://127.0.0.1:" + port, o -> {
            o.loops(loops).listener(heard).redialDelays(Duration.ofMillis(10), Duration.ofMillis(100));
            more.accept(o);
        });
    }

    Subscription subscribed() {
        client.connect();
        Subscription news = client.subscribe("news", heard);
        await().until(() -> news.state() == SubscriptionState.SUBSCRIBED);
        return news;
    }

    void publish(long from, long to) {
        for (long i = from; i <= to; i++)
            server.publish("news", Long.toString(i)).join();
    }

    void awaitOffsets(long from, long to) {
        List<Long> expected = LongStream.rangeClosed(from, to).boxed().toList();
        await().untilAsserted(() -> assertThat(heard.offsets).isEqualTo(expected));
    }

    static <R> R join(CompletionStage<R> stage) {
        return stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
    }

    static Throwable failure(CompletionStage<?> stage) {
        try {
            join(stage);
        } catch (CompletionException e) {
            return e.getCause();
        }
        throw new AssertionError("it did not fail");
    }
}
