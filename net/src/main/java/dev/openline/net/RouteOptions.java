package dev.openline.net;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** How lines are opened on one path; see {@link ServerOptions#route}. */
public final class RouteOptions {
    private List<String> subprotocols = List.of();
    private @Nullable OriginRule origins;
    private @Nullable BlockingOptions blocking;
    private @Nullable Function<HttpRequest, ? extends CompletionStage<? extends UpgradeDecision>> decision;

    RouteOptions() {}

    /** What is spoken here, in the server's order of preference; a line that asks for none of them gets none. */
    public RouteOptions subprotocols(String... names) {
        this.subprotocols = List.of(names);
        return this;
    }

    /** Which pages may open lines here, if not those that {@link ServerOptions#origins} names. */
    public RouteOptions origins(OriginRule origins) {
        this.origins = origins;
        return this;
    }

    /** Handlers of this route may block; see {@link WebSocketHandler#blocking(WebSocketHandler)}. Decisions may not. */
    public RouteOptions blocking() {
        return blocking(BlockingOptions.defaults());
    }

    /** Handlers of this route may block, on these threads and within these bounds. */
    public RouteOptions blocking(BlockingOptions options) {
        this.blocking = options;
        return this;
    }

    /** Everybody gets a line; {@code handlers} gives each its handler, which may be the same for all. Asked on an event loop. */
    public RouteOptions handler(Function<HttpRequest, WebSocketHandler> handlers) {
        return decide(request -> new UpgradeDecision.Open(handlers.apply(request)));
    }

    /** Who gets a line, decided at once: asked on an event loop, so it must not block. An exception or null is answered with 500. */
    public RouteOptions decide(Function<HttpRequest, UpgradeDecision> decision) {
        return decideLater(request -> CompletableFuture.completedFuture(decision.apply(request)));
    }

    /**
     * Who gets a line, decided in time: asked on an event loop, so it must not block; the stage may complete on any thread. A stage
     * that fails, or gives null, and an exception are answered with 500 and logged; one that isn't complete within
     * {@link ServerOptions#decisionTimeout} with 503. When the connection ends meanwhile, the decision is dropped unheard; the stage
     * itself is not cancelled, since others may wait for the same.
     */
    public RouteOptions decideLater(
            Function<HttpRequest, ? extends CompletionStage<? extends UpgradeDecision>> decision) {
        this.decision = decision;
        return this;
    }

    Route build(String path) {
        if (decision == null) throw new IllegalArgumentException("route '" + path + "' has no handler and no decision");
        return new Route(subprotocols, origins, blocking, decision);
    }

    /** The outcome; {@code origins} is null where the server's own rule holds, {@code blocking} where handlers run on the loop. */
    record Route(
            List<String> subprotocols,
            @Nullable OriginRule origins,
            @Nullable BlockingOptions blocking,
            Function<HttpRequest, ? extends CompletionStage<? extends UpgradeDecision>> decision) {
        /** Who is to hear a line, on the threads that it wants. */
        WebSocketHandler heardBy(WebSocketHandler handler) {
            return blocking == null ? handler : new BlockingLine(handler, blocking);
        }
    }
}
