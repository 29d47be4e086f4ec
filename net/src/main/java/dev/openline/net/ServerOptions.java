package dev.openline.net;

import dev.openline.wire.DeflateParameters;
import dev.openline.wire.Role;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** How a {@link WebSocketServer} listens. Every setter checks its value at once and answers the options, for chaining. */
public final class ServerOptions {
    private String host = "127.0.0.1";
    private int port = 8000;
    private @Nullable EventLoops loops;
    private @Nullable Transport transport;
    private LineOptions line = LineOptions.defaults();
    private OriginRule origins = OriginRule.sameHost();
    private Duration handshakeTimeout = Duration.ofSeconds(10);
    private Duration keepAliveTimeout = Duration.ofSeconds(60);
    private int maxHttpBodyBytes = 1 << 20;
    private int maxHttpHeaderBytes = 16 << 10;
    private int maxConnections = FileDescriptors.roomForConnections();
    private int maxConnectionsPerAddress = Integer.MAX_VALUE;
    private int maxConnectsPerSecond = Integer.MAX_VALUE;
    private boolean loopbackExempt;
    private @Nullable String readiness;
    private BooleanSupplier ready = () -> true;
    private Duration drainNotice = Duration.ZERO;
    private int maxHttpHeaders = 100;
    private @Nullable HandshakeBudget handshakeBudget;
    private TrustedProxies trustedProxies = TrustedProxies.none();
    private Duration decisionTimeout = Duration.ofSeconds(10);
    private final Routes routes = new Routes();
    private @Nullable HttpHandler http;
    private @Nullable TlsOptions tls;
    private int maxStreamsPerConnection = 100;
    private volatile @Nullable LineTerms latestTerms;

    ServerOptions() {}

    /** The address to listen on; default {@code 127.0.0.1}, which only this machine can reach. {@code 0.0.0.0} is every IPv4 one. */
    public ServerOptions host(String host) {
        this.host = host;
        return this;
    }

    /** The TCP port, 0 for any free one; default 8000. */
    public ServerOptions port(int port) {
        if (port < 0 || port > 65_535) throw new IllegalArgumentException("port " + port + " is not in 0–65535");
        this.port = port;
        return this;
    }

    /** Loops to share; by default the server starts its own and ends them when it closes. */
    public ServerOptions loops(EventLoops loops) {
        this.loops = loops;
        return this;
    }

    /** The transport of the server's own loops; by default the fastest that works here. */
    public ServerOptions transport(Transport transport) {
        this.transport = transport;
        return this;
    }

    /** What bounds each line. */
    public ServerOptions line(LineOptions line) {
        this.line = line;
        return this;
    }

    /** Which pages may open lines; by default those of the same host. */
    public ServerOptions origins(OriginRule origins) {
        this.origins = origins;
        return this;
    }

    /** How long a connection may take from its first byte's chance to a whole request; default 10 s. It is closed then. */
    public ServerOptions handshakeTimeout(Duration timeout) {
        this.handshakeTimeout = positive("handshakeTimeout", timeout);
        return this;
    }

    /** How long an HTTP connection may be idle between requests; default 60 s. It is closed then. */
    public ServerOptions keepAliveTimeout(Duration timeout) {
        this.keepAliveTimeout = positive("keepAliveTimeout", timeout);
        return this;
    }

    /** The largest body of a plain HTTP request; default 1 MiB. A larger one is answered with 413. */
    public ServerOptions maxHttpBodyBytes(int bytes) {
        if (bytes < 0) throw new IllegalArgumentException("maxHttpBodyBytes " + bytes + " < 0");
        this.maxHttpBodyBytes = bytes;
        return this;
    }

    /** The most all header fields of a request may take; default 16 KiB. More is answered with 431. */
    public ServerOptions maxHttpHeaderBytes(int bytes) {
        if (bytes < 256)
            throw new IllegalArgumentException("maxHttpHeaderBytes " + bytes + " < 256: no browser's request fits");
        this.maxHttpHeaderBytes = bytes;
        return this;
    }

    /**
     * Connections that may be open at a time; default nine tenths of the file descriptors that the process may have, or a million if that is
     * less. Further ones are answered with 503 and {@code Retry-After}; when a thousand of those are open too, they are closed at once. A
     * connection of HTTP/2 with more than one line counts as many times as it has lines.
     */
    public ServerOptions maxConnections(int connections) {
        this.maxConnections = positive("maxConnections", connections);
        return this;
    }

    /**
     * Connections that one address may have open at a time, for IPv6 one /64; by default any number, since behind a proxy that is not
     * known as such everybody has one address. Further ones are answered with 503 and {@code Retry-After}. A connection of HTTP/2 with more
     * than one line counts as many times as it has lines.
     */
    public ServerOptions maxConnectionsPerAddress(int connections) {
        this.maxConnectionsPerAddress = positive("maxConnectionsPerAddress", connections);
        return this;
    }

    /** Connections from this machine count for no address: for a proxy that runs beside the server. */
    public ServerOptions exemptLoopback() {
        this.loopbackExempt = true;
        return this;
    }

    /**
     * Connections that may come in a second, as many of them at once; by default any number, since who redials after an outage has to come
     * in again. Further ones are answered with 503 and {@code Retry-After}.
     */
    public ServerOptions maxConnectsPerSecond(int connections) {
        this.maxConnectsPerSecond = positive("maxConnectsPerSecond", connections);
        return this;
    }

    /**
     * A path such as {@code /ready} where load balancers ask whether to send anybody here: 200, and 503 from the beginning of {@link
     * WebSocketServer#drain} on. By default there is none. It comes before the HTTP handler.
     */
    public ServerOptions readiness(String path) {
        if (!path.startsWith("/")) throw new IllegalArgumentException("path '" + path + "' does not start with /");
        this.readiness = path;
        return this;
    }

    /**
     * Whether what the server needs is there; where it answers false, readiness is 503, and nothing else happens. Asked on event loops, so it must not block. By
     * default always true.
     */
    public ServerOptions ready(BooleanSupplier ready) {
        this.ready = Objects.requireNonNull(ready, "ready");
        return this;
    }

    /**
     * How long a server that drains still takes everybody, while its readiness says 503 already: as long as its load balancers need to
     * notice. Part of the time of {@link WebSocketServer#drain}, at most half of it. Default none.
     */
    public ServerOptions drainNotice(Duration notice) {
        if (notice.isNegative()) throw new IllegalArgumentException("drainNotice " + notice + " is negative");
        this.drainNotice = notice;
        return this;
    }

    /** How many header fields a request may have; default 100. More are answered with 431. */
    public ServerOptions maxHttpHeaders(int fields) {
        if (fields < 10)
            throw new IllegalArgumentException("maxHttpHeaders " + fields + " < 10: no browser's request fits");
        this.maxHttpHeaders = fields;
        return this;
    }

    /**
     * The bytes that unfinished handshakes and requests of this server may hold together. By default all servers of the process share 64
     * MiB, as they share its memory. When it is spent, the oldest unfinished ones are answered with 503 and closed.
     */
    public ServerOptions maxUnfinishedHandshakeBytes(long bytes) {
        if (bytes < 1 << 10) throw new IllegalArgumentException("maxUnfinishedHandshakeBytes " + bytes + " < 1024");
        this.handshakeBudget = new HandshakeBudget(bytes);
        return this;
    }

    /** The proxies at these addresses or ranges are believed when they say for whom a request is; see {@link TrustedProxies#at}. */
    public ServerOptions trustProxies(String... addresses) {
        return trustProxies(TrustedProxies.at(addresses));
    }

    /** These proxies are believed when they say for whom a connection or request is. By default nobody is. */
    public ServerOptions trustProxies(TrustedProxies proxies) {
        this.trustedProxies = proxies;
        return this;
    }

    /** Lines may be opened on this path; {@code handlers} gives each its handler, which may be the same for all. */
    public ServerOptions webSocket(String path, Function<HttpRequest, WebSocketHandler> handlers) {
        return upgrades(path, List.of(), request -> new UpgradeDecision.Open(handlers.apply(request)));
    }

    /**
     * Lines may be opened on this path where {@code decision} says so.
     *
     * @param subprotocols in the server's order of preference; a line that asks for none of them gets none
     * @param decision asked on an event loop, so it must not block; an exception is answered with 500
     */
    public ServerOptions upgrades(
            String path, List<String> subprotocols, Function<HttpRequest, UpgradeDecision> decision) {
        return route(
                path,
                route -> route.subprotocols(subprotocols.toArray(String[]::new)).decide(decision));
    }

    /**
     * Lines may be opened on this path, in all detail. A second route on the same path replaces the first.
     *
     * @param path such as {@code /chat}; {@code /chat/{room}}, where a segment is a parameter that
     *     {@link HttpRequest#pathParameter} tells; or {@code /files/*}, which is every path that begins with {@code /files/}. Segment by
     *     segment from the left a literal goes before a parameter and a parameter before the star, in whatever order routes were added
     * @throws IllegalArgumentException for another kind of path, and for a route without a decision
     */
    public ServerOptions route(String path, Consumer<RouteOptions> configure) {
        RouteOptions route = new RouteOptions();
        configure.accept(route);
        routes.add(path, route.build(path));
        return this;
    }

    /** How long {@link RouteOptions#decideLater a decision} may take; default 10 s. The upgrade is answered with 503 then. */
    public ServerOptions decisionTimeout(Duration timeout) {
        this.decisionTimeout = positive("decisionTimeout", timeout);
        return this;
    }

    /** Answers what isn't an upgrade; by default everything is answered with 404. */
    public ServerOptions http(HttpHandler http) {
        this.http = http;
        return this;
    }

    /**
     * Requests and lines that one connection of HTTP/2 may have open at a time, at least 1 and at most 10,000; default 100. The client waits
     * with further ones. Each may have 64 KiB on the way to us that we have not taken.
     */
    public ServerOptions maxStreamsPerConnection(int streams) {
        if (streams < 1 || streams > 10_000) {
            throw new IllegalArgumentException("maxStreamsPerConnection " + streams + " is not in 1–10,000");
        }
        this.maxStreamsPerConnection = streams;
        return this;
    }

    int maxStreamsPerConnection() {
        return maxStreamsPerConnection;
    }

    /** Speaks TLS, and nothing else, on the port; by default it speaks none. */
    public ServerOptions tls(TlsOptions tls) {
        this.tls = tls;
        return this;
    }

    /** Speaks TLS with the certificates and the key of these PEM files, see {@link TlsOptions#pem}. */
    public ServerOptions tls(Path chain, Path key) {
        return tls(TlsOptions.pem(chain, key));
    }

    private static Duration positive(String name, Duration value) {
        if (value.isNegative() || value.isZero())
            throw new IllegalArgumentException(name + " " + value + " is not positive");
        return value;
    }

    private static int positive(String name, int value) {
        if (value < 1) throw new IllegalArgumentException(name + " " + value + " < 1");
        return value;
    }

    String host() {
        return host;
    }

    int port() {
        return port;
    }

    @Nullable
    EventLoops sharedLoops() {
        return loops;
    }

    Transport transport() {
        return transport == null ? Transport.fastest() : transport;
    }

    /** What a line of this server agreed on. Most agree on the same as the one before, and then share it. Any thread. */
    LineTerms terms(@Nullable String subprotocol, @Nullable DeflateParameters deflate) {
        LineTerms terms = new LineTerms(Role.SERVER, line(), subprotocol, deflate, null);
        LineTerms before = latestTerms;
        if (terms.equals(before)) return before;
        latestTerms = terms;
        return terms;
    }

    LineOptions line() {
        return line;
    }

    OriginRule origins() {
        return origins;
    }

    Duration handshakeTimeout() {
        return handshakeTimeout;
    }

    Duration keepAliveTimeout() {
        return keepAliveTimeout;
    }

    int maxHttpBodyBytes() {
        return maxHttpBodyBytes;
    }

    int maxHttpHeaderBytes() {
        return maxHttpHeaderBytes;
    }

    int maxConnections() {
        return maxConnections;
    }

    int maxConnectionsPerAddress() {
        return maxConnectionsPerAddress;
    }

    int maxConnectsPerSecond() {
        return maxConnectsPerSecond;
    }

    boolean isLoopbackExempt() {
        return loopbackExempt;
    }

    /** Whether this request target asks for readiness. */
    boolean isReadiness(String target) {
        String path = readiness;
        return path != null
                && target.startsWith(path)
                && (target.length() == path.length() || target.charAt(path.length()) == '?');
    }

    BooleanSupplier ready() {
        return ready;
    }

    Duration drainNotice() {
        return drainNotice;
    }

    int maxHttpHeaders() {
        return maxHttpHeaders;
    }

    HandshakeBudget handshakeBudget() {
        HandshakeBudget own = handshakeBudget;
        return own == null ? HandshakeBudget.ofProcess() : own;
    }

    TrustedProxies trustedProxies() {
        return trustedProxies;
    }

    Duration decisionTimeout() {
        return decisionTimeout;
    }

    Routes routes() {
        return routes;
    }

    @Nullable
    HttpHandler http() {
        return http;
    }

    @Nullable
    TlsOptions tls() {
        return tls;
    }
}
