package dev.openline.net;

import dev.openline.wire.FrameTap;
import dev.openline.wire.Header;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
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
    private final List<X509Certificate> anchors = new ArrayList<>();
    private @Nullable TlsIdentity identity;
    private @Nullable TlsEngine tlsEngine;

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
     * answers the plan to follow, at once or later; a dial whose plan fails fails. The plan may go elsewhere, but {@code wss:} stays {@code wss:} and
     * {@code ws:} stays {@code ws:}. Called on an event loop, so it must not block.
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

    /**
     * Trusts the certificates in this PEM file, and what they have signed, beside what this Java trusts. Whose name a certificate bears is
     * checked all the same: there is no way to leave that out.
     *
     * @throws IllegalArgumentException if the file is no good, with a sentence that says why
     */
    public ClientOptions trust(Path anchors) {
        try {
            this.anchors.addAll(TlsIdentity.certificates(anchors));
        } catch (IOException broken) {
            throw new IllegalArgumentException(String.valueOf(broken.getMessage()), broken);
        }
        return this;
    }

    /**
     * The certificate to show to a {@code wss:} server that asks for one; by default none.
     *
     * @param chain as in {@link TlsOptions#pem}
     * @param key as there, not encrypted
     * @throws IllegalArgumentException if a file is no good, with a sentence that says why
     */
    public ClientOptions certificate(Path chain, Path key) {
        try {
            this.identity = TlsIdentity.read(chain, key, null);
        } catch (IOException broken) {
            throw new IllegalArgumentException(String.valueOf(broken.getMessage()), broken);
        }
        return this;
    }

    /** Whose TLS to speak; by default BoringSSL where it is on the class path and works, otherwise the JDK's. */
    public ClientOptions tlsEngine(TlsEngine engine) {
        this.tlsEngine = engine.required();
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

    List<X509Certificate> anchors() {
        return List.copyOf(anchors);
    }

    @Nullable
    TlsIdentity identity() {
        return identity;
    }

    TlsEngine tlsEngine() {
        return tlsEngine == null ? TlsEngine.fastest() : tlsEngine;
    }
}
