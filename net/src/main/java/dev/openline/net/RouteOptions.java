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
        return new Route(subprotocols, origins, decision);
    }

    /** The outcome; {@code origins} is null where the server's own rule holds. */
    record Route(
            List<String> subprotocols,
            @Nullable OriginRule origins,
            Function<HttpRequest, ? extends CompletionStage<? extends UpgradeDecision>> decision) {}
}
