package dev.openline.net;

import io.netty.channel.EventLoop;
import java.net.URI;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * Dials servers. One client opens any number of lines; it does not redial by itself.
 *
 * <pre>{@code
 * try (var client = WebSocketClient.create(o -> {})) {
 *     client.dial(URI.create("ws://localhost:9001/"), handler).toCompletableFuture().join().sendText("hello");
 * }
 * }</pre>
 */
public final class WebSocketClient implements AutoCloseable {
    private final ClientOptions options;
    private final EventLoops loops;

    private WebSocketClient(ClientOptions options) {
        this.options = options;
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
     * @param address {@code ws://host[:port][/path][?query]}
     * @throws IllegalArgumentException for any other kind of address
     */
    public CompletionStage<WebSocket> dial(URI address, WebSocketHandler handler) {
        return dial(options.plan(address), handler, (EventLoop) loops.group().next());
    }

    /** The same on this loop; completing the future from outside, as by cancelling it, gives the attempt up. */
    CompletableFuture<WebSocket> dial(DialPlan plan, WebSocketHandler handler, EventLoop loop) {
        return new Dial(this, plan, loop, handler).begin();
    }

    ClientOptions options() {
        return options;
    }

    /** The loops that carry this client's lines. */
    public EventLoops loops() {
        return loops;
    }

    /** Ends the client's own loops, cutting its lines; lines on shared loops stay open. */
    @Override
    public void close() {
        if (options.sharedLoops() == null) loops.close();
    }
}
