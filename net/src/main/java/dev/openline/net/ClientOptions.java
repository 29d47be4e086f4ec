package dev.openline.net;

import dev.openline.wire.FrameTap;
import dev.openline.wire.Header;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** How a {@link WebSocketClient} dials. Every setter checks its value at once and answers the options, for chaining. */
public final class ClientOptions {
    private @Nullable EventLoops loops;
    private LineOptions line = LineOptions.defaults();
    private Duration dialTimeout = Duration.ofSeconds(10);
    private List<String> subprotocols = List.of();
    private @Nullable FrameTap tap;
    private final List<Header> headers = new ArrayList<>();
    private Function<DialPlan, CompletionStage<DialPlan>> beforeDial = CompletableFuture::completedFuture;
    private @Nullable Proxy proxy;
    private Names names = Names.SYSTEM;

    ClientOptions() {}

    /** Loops to share; by default the client starts one of its own and ends it when it closes. */
    public ClientOptions loops(EventLoops loops) {
        this.loops = loops;
        return this;
    }

    /** What bounds each line. */
    public ClientOptions line(LineOptions line) {
        this.line = line;
        return this;
    }

    /**
     * How long a dial may take from its start to the end of the opening handshake, everything included: what {@link #beforeDial} does, the
     * lookup of the name, the connection; default 10 s. It fails then.
     */
    public ClientOptions dialTimeout(Duration timeout) {
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("dialTimeout " + timeout + " is not positive");
        }
        this.dialTimeout = timeout;
        return this;
    }

    /** Subprotocols to offer, the preferred one first. */
    public ClientOptions subprotocols(List<String> subprotocols) {
        this.subprotocols = List.copyOf(subprotocols);
        return this;
    }

    /** One more header field for the opening request, such as {@code Origin} or {@code Cookie}. */
    public ClientOptions header(String name, String value) {
        headers.add(new Header(name, value));
        return this;
    }

    /**
     * Asked before every dial for what this one is to say: a fresh token, a ticket in the query. It gets the plan that the options make and
     * answers the plan to follow, at once or later; a dial whose plan fails fails. Called on an event loop, so it must not block.
     *
     * <pre>{@code
     * o.beforeDial(plan -> tokens.fetch().thenApply(token -> plan.withHeader("Authorization", "Bearer " + token)))
     * }</pre>
     */
    public ClientOptions beforeDial(Function<DialPlan, CompletionStage<DialPlan>> prepare) {
        this.beforeDial = prepare;
        return this;
    }

    /** A proxy to dial through; by default none, whatever the environment says. */
    public ClientOptions proxy(Proxy proxy) {
        this.proxy = proxy;
        return this;
    }

    /** Who looks names up; for tests. */
    ClientOptions names(Names names) {
        this.names = names;
        return this;
    }

    /** Hears of every frame on this client's lines, on their event loop; frames show payloads, so this is for tools, not for logs. */
    public ClientOptions tap(FrameTap tap) {
        this.tap = tap;
        return this;
    }

    @Nullable
    EventLoops sharedLoops() {
        return loops;
    }

    LineOptions line() {
        return line;
    }

    Duration dialTimeout() {
        return dialTimeout;
    }

    @Nullable
    FrameTap tap() {
        return tap;
    }

    /** @throws IllegalArgumentException for an address that is not a WebSocket's, or a field that would break the request */
    DialPlan plan(URI address) {
        return new DialPlan(address, headers, subprotocols);
    }

    /** The plan to follow; may throw what the application throws. */
    CompletionStage<DialPlan> prepared(DialPlan plan) {
        return beforeDial.apply(plan);
    }

    @Nullable
    Proxy proxy() {
        return proxy;
    }

    Names names() {
        return names;
    }
}
