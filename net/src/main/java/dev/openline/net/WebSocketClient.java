package dev.openline.net;

import io.netty.channel.EventLoop;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Dials servers. One client opens any number of lines: such that end when they break, by {@link #dial}, and such that are dialled again, by
 * {@link #keepOpen}.
 *
 * <pre>{@code
 * try (var client = WebSocketClient.create(o -> {})) {
 *     client.dial(URI.create("ws://localhost:9001/"), handler).toCompletableFuture().join().sendText("hello");
 * }
 * }</pre>
 */
public final class WebSocketClient implements AutoCloseable {
    private static final int GOODBYE_MILLIS = 2_000;

    private final ClientOptions options;
    private final EventLoops loops;
    private final Set<RedialingLine> kept = ConcurrentHashMap.newKeySet();
    private final ClientTls tls;

    private WebSocketClient(ClientOptions options) {
        this.options = options;
        this.tls = new ClientTls(options);
        EventLoops shared = options.sharedLoops();
        this.loops = shared != null ? shared : EventLoops.start(Transport.fastest(), 1);
    }

    public static WebSocketClient create(Consumer<ClientOptions> configure) {
        ClientOptions options = new ClientOptions();
        configure.accept(options);
        return new WebSocketClient(options);
    }

    /**
     * Opens a line. Does not block; the stage completes on the line's event loop, after {@link WebSocketHandler#onOpen}, or fails with
     * {@link DialFailed}; then the handler has heard nothing.
     *
     * @param address {@code ws://host[:port][/path][?query]}, or {@code wss://…} for TLS: the server's certificate must then be valid, lead to
     *     a trust anchor and name the host
     * @throws IllegalArgumentException for any other kind of address
     */
    public CompletionStage<WebSocket> dial(URI address, WebSocketHandler handler) {
        return dial(options.plan(address), handler, (EventLoop) loops.group().next());
    }

    /** The same on this loop; completing the future from outside, as by cancelling it, gives the attempt up. */
    CompletableFuture<WebSocket> dial(DialPlan plan, WebSocketHandler handler, EventLoop loop) {
        // Here, because it reads files the first time, and the loop must not.
        if (plan.isSecure()) tls.prepare();
        return new Dial(this, plan, loop, handler).begin();
    }

    /** As {@link #keepOpen(URI, WebSocketHandler, Consumer)}, with the usual options. */
    public RedialingLine keepOpen(URI address, WebSocketHandler handler) {
        return keepOpen(address, handler, o -> {});
    }

    /**
     * Opens a line and dials it again whenever it breaks. Does not block: the first dial is on its way.
     *
     * @param address {@code ws://host[:port][/path][?query]}, or {@code wss://…} for TLS
     * @param handler hears every one of its lines, one after the other
     * @param configure how it redials
     * @throws IllegalArgumentException for any other kind of address, or an option out of its bounds
     */
    public RedialingLine keepOpen(URI address, WebSocketHandler handler, Consumer<RedialOptions> configure) {
        RedialOptions redials = new RedialOptions();
        configure.accept(redials);
        int most = options.line().maxQueuedBytes();
        if (redials.maxKeptBytes() > most) {
            throw new IllegalArgumentException(
                    "maxKeptBytes " + redials.maxKeptBytes() + " > maxQueuedBytes " + most + " of a line");
        }
        DialPlan plan = options.plan(address);
        // Here, as in dial, because it reads files the first time, and the loop that redials must not.
        if (plan.isSecure()) tls.prepare();
        RedialDriver driver = new RedialDriver(this, plan, handler, redials);
        RedialingLine line = new RedialingLine(driver);
        kept.add(line);
        driver.ended().thenRun(() -> kept.remove(line));
        driver.start();
        return line;
    }

    ClientTls tls() {
        return tls;
    }

    ClientOptions options() {
        return options;
    }

    /** The loops that carry this client's lines. */
    public EventLoops loops() {
        return loops;
    }

    /**
     * Closes the lines that redial, and ends the client's own loops, which cuts its other lines. Waits for it, at most seven seconds; other lines
     * on shared loops stay open, and nothing is waited for there.
     */
    @Override
    public void close() {
        CompletableFuture<?>[] ends = kept.stream()
                .map(line -> {
                    line.close();
                    return line.ended().toCompletableFuture();
                })
                .toArray(CompletableFuture[]::new);
        tls.close();
        if (options.sharedLoops() != null) return;
        if (loops.current() < 0) {
            // So that the goodbyes are said; a server that does not answer is not waited for longer.
            CompletableFuture.allOf(ends)
                    .completeOnTimeout(null, GOODBYE_MILLIS, TimeUnit.MILLISECONDS)
                    .join();
        }
        loops.close();
    }
}
