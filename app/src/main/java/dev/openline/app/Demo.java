package dev.openline.app;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.openline.hub.Permission;
import dev.openline.net.Drained;
import dev.openline.protocol.Payload;
import dev.openline.server.Authenticator;
import dev.openline.server.OpenlineOptions;
import dev.openline.server.OpenlineServer;
import java.io.IOException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The live examples: a server with a chat, a ticker and an auction on real channels, the pages that show them, and something going on.
 * What happens on the channels is made on one thread of the demo's own, as an application behind a server would do it.
 */
final class Demo implements AutoCloseable {
    static final String CHAT = "chat:lobby";

    private static final Logger log = LoggerFactory.getLogger(Demo.class);
    private static final int MAX_NAME_CHARS = 24;
    private static final JsonFactory JSON = new JsonFactory();

    private final ScheduledExecutorService stage;
    private final Auction auction;
    private final Regulars regulars;
    private final OpenlineServer server;

    private Demo(ListenOptions listen, int port) throws IOException {
        Random chance = new Random(ThreadLocalRandom.current().nextLong());
        auction = new Auction(chance);
        Ticker ticker = new Ticker(chance);
        regulars = new Regulars(chance);
        stage = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "openline-demo");
            thread.setDaemon(true);
            return thread;
        });
        DemoPages pages = new DemoPages(auction, this::cut);
        server = OpenlineServer.create(o -> configure(o, pages)
                        .host(listen.host())
                        .port(port)
                        .transport(listen.transport())
                        .listener(listen::configure))
                .start();
        regulars.come(server, listen);
        every(Ticker.STEP_MILLIS, () -> ticker.step(System.currentTimeMillis(), server::publish));
        every(Auction.STEP_MILLIS, () -> auction.step(System.currentTimeMillis(), server::publish));
        every(Regulars.STEP_MILLIS, () -> regulars.step(System.currentTimeMillis()));
    }

    /**
     * Opens the port and begins.
     *
     * @throws IOException if the port can't be opened, with a sentence that says why
     */
    static Demo start(ListenOptions listen, int port) throws IOException {
        return new Demo(listen, port);
    }

    private static OpenlineOptions configure(OpenlineOptions options, DemoPages pages) {
        return options.authenticator(Demo::admit)
                .namespace(
                        "chat",
                        c -> c.history(1_000, Duration.ofHours(1))
                                .presence()
                                .joinLeave()
                                .allow(
                                        Permission.SUBSCRIBE_FOR_ANONYMOUS,
                                        Permission.PUBLISH_FOR_SUBSCRIBER,
                                        Permission.PUBLISH_FOR_ANONYMOUS,
                                        Permission.HISTORY_FOR_SUBSCRIBER,
                                        Permission.HISTORY_FOR_ANONYMOUS,
                                        Permission.PRESENCE_FOR_SUBSCRIBER,
                                        Permission.PRESENCE_FOR_ANONYMOUS))
                .namespace(
                        "typing",
                        c -> c.unlogged()
                                .allow(
                                        Permission.SUBSCRIBE_FOR_ANONYMOUS,
                                        Permission.PUBLISH_FOR_SUBSCRIBER,
                                        Permission.PUBLISH_FOR_ANONYMOUS))
                .namespace(
                        "ticker",
                        c -> c.history(Ticker.HISTORY, Duration.ofMinutes(10))
                                .latest()
                                .allow(
                                        Permission.SUBSCRIBE_FOR_ANONYMOUS,
                                        Permission.HISTORY_FOR_SUBSCRIBER,
                                        Permission.HISTORY_FOR_ANONYMOUS))
                .namespace(
                        "auction",
                        c -> c.history(1_000, Duration.ofMinutes(10))
                                .allow(
                                        Permission.SUBSCRIBE_FOR_ANONYMOUS,
                                        Permission.HISTORY_FOR_SUBSCRIBER,
                                        Permission.HISTORY_FOR_ANONYMOUS))
                .pages(pages);
    }

    /** Everybody may come in, without proving anything, under the name they give themselves. */
    private static CompletableFuture<Authenticator.Admission> admit(Authenticator.Attempt attempt) {
        Payload data = attempt.data();
        String name = data == null ? null : nameIn(data);
        Payload info = name == null
                ? null
                : Payload.of(Json.object().text("name", name).toString());
        return CompletableFuture.completedFuture(new Authenticator.Admitted("", info, null));
    }

    private static @Nullable String nameIn(Payload data) {
        try (JsonParser in = JSON.createParser(data.text())) {
            if (in.nextToken() != JsonToken.START_OBJECT) return null;
            while (in.nextToken() == JsonToken.FIELD_NAME) {
                boolean found = in.currentName().equals("name");
                if (in.nextToken() == JsonToken.VALUE_STRING && found) return shortened(in.getText());
                in.skipChildren();
            }
            return null;
        } catch (IOException e) {
            return null;
        }
    }

    private static @Nullable String shortened(String name) {
        String stripped = name.strip();
        if (stripped.isEmpty()) return null;
        int end =
                stripped.offsetByCodePoints(0, Math.min(MAX_NAME_CHARS, stripped.codePointCount(0, stripped.length())));
        return stripped.substring(0, end);
    }

    /** Cuts a visitor's line, and sees to it that something is missed. */
    private boolean cut(String client) {
        boolean cut = server.cut(client);
        if (cut) stage.execute(() -> regulars.countToFive(stage));
        return cut;
    }

    private void every(long millis, Runnable step) {
        stage.scheduleAtFixedRate(() -> guarded(step), millis, millis, TimeUnit.MILLISECONDS);
    }

    /** A scheduled task that throws is never run again. */
    private static void guarded(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException fault) {
            log.warn("a step of the live examples failed", fault);
        }
    }

    OpenlineServer server() {
        return server;
    }

    int port() {
        return server.port();
    }

    /** Ends what goes on, and then the server, as {@link OpenlineServer#drain} does. */
    CompletableFuture<Drained> drain(Duration within) {
        stage.shutdownNow();
        regulars.leave();
        return server.drain(within);
    }

    @Override
    public void close() {
        stage.shutdownNow();
        regulars.leave();
        server.close();
    }
}
