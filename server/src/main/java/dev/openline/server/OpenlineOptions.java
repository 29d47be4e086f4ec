// Longer than 400 lines because each of the many options says in place what it means.
package dev.openline.server;

import dev.openline.hub.ChannelNames;
import dev.openline.hub.ChannelOptions;
import dev.openline.hub.ChannelRules;
import dev.openline.hub.SharedLimits;
import dev.openline.net.EventLoops;
import dev.openline.net.HttpHandler;
import dev.openline.net.LineOptions;
import dev.openline.net.OriginRule;
import dev.openline.net.ServerOptions;
import dev.openline.net.TlsOptions;
import dev.openline.net.Transport;
import dev.openline.protocol.Disconnect;
import dev.openline.tokens.Revocations;
import dev.openline.tokens.TokenOptions;
import dev.openline.tokens.TokenVerifier;
import dev.openline.wire.DeflateOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** How an {@link OpenlineServer} serves. Every setter checks its value at once and answers the options, for chaining. */
public final class OpenlineOptions {
    private String host = "127.0.0.1";
    private int port = 8000;
    private @Nullable Transport transport;
    private @Nullable EventLoops loops;
    private Permissions.Policy policy = Permissions.Policy.BY_CHANNEL;
    private @Nullable Authenticator authenticator;
    private final List<String> origins = new ArrayList<>();
    private @Nullable OriginRule originRule;
    private final List<ApiKey> apiKeys = new ArrayList<>();
    private ApiLimits apiLimits = ApiLimits.DEFAULT;
    private ApiErrorMode apiErrorMode = ApiErrorMode.REPLY;
    private final ChannelRules.Builder rules = ChannelRules.builder();
    private final Map<String, RpcHandler> rpc = new HashMap<>();
    private SessionLimits limits = SessionLimits.DEFAULT;
    private int maxMessageBytes = 65_536;
    private int maxQueuedBytes = 1 << 20;
    private final Set<Unidirectional> unidirectional = EnumSet.noneOf(Unidirectional.class);
    private final Map<Integer, Disconnect> refusals = new HashMap<>();
    private Supplier<Map<String, Long>> metrics = Map::of;
    private Duration writeTimeout = LineOptions.defaults().writeTimeout();
    private @Nullable DeflateOptions deflate;
    private @Nullable HttpHandler pages;
    private Consumer<ServerOptions> listener = listener -> {};
    private @Nullable TlsOptions tls;
    private @Nullable TokenOptions tokens;
    private @Nullable TokenOptions subscriptionTokens;
    private Revocations revocations = Revocations.inMemory();
    private VerifiedTokens.Nameless nameless = VerifiedTokens.Nameless.ADMITTED;
    private boolean anonymousMayConnect;
    private boolean serverTime;
    private String nodeName = "openline";
    private @Nullable String personalNamespace;
    private boolean singleConnection;
    private @Nullable RpcFallback otherRpc;
    private @Nullable SubscribeHook subscribeHook;
    private @Nullable PublishHook publishHook;
    private @Nullable RefreshHook refreshHook;
    private @Nullable ConnectionListener connectionListener;
    private @Nullable Logs logs;
    private @Nullable SharedLogs sharedLogs;
    private BooleanSupplier sharedLogsReachable = () -> true;
    private SharedLimits sharedLimits = SharedLimits.DEFAULT;
    private ChannelListener channelListener = ChannelListener.none();

    OpenlineOptions() {}

    /** The address to listen on; default {@code 127.0.0.1}, which only this machine can reach. */
    public OpenlineOptions host(String host) {
        this.host = host;
        return this;
    }

    /** The TCP port, 0 for any free one; default 8000. */
    public OpenlineOptions port(int port) {
        if (port < 0 || port > 65_535) throw new IllegalArgumentException("port " + port + " is not in 0–65535");
        this.port = port;
        return this;
    }

    /** How bytes are carried; by default the fastest way that works on this machine. */
    public OpenlineOptions transport(Transport transport) {
        this.transport = transport;
        return this;
    }

    /** Loops to share with other servers and clients of this process; by default the server starts its own. */
    public OpenlineOptions loops(EventLoops loops) {
        this.loops = loops;
        return this;
    }

    /**
     * Lets anybody in as an anonymous user, and lets everybody do on every configured channel what nothing forbids. For trying things out; the
     * server warns at start.
     */
    public OpenlineOptions insecure() {
        this.policy = Permissions.Policy.INSECURE;
        return this;
    }

    /** Decides who may open a session; by default nobody may, or with {@link #insecure} everybody without a token. */
    public OpenlineOptions authenticator(Authenticator authenticator) {
        this.authenticator = authenticator;
        return this;
    }

    /**
     * One more origin whose pages may open lines, such as {@code https://example.com}; those of the same host always may.
     *
     * @throws IllegalArgumentException for what is no origin, see {@link OriginRule#allowing}
     */
    public OpenlineOptions allowOrigin(String origin) {
        OriginRule.allowing(List.of(origin));
        origins.add(origin);
        return this;
    }

    /** Pages of any origin may open lines; the server warns at start. */
    public OpenlineOptions insecureAnyOrigin() {
        this.originRule = OriginRule.insecureAny();
        return this;
    }

    /** A key that opens all of the HTTP API; without any key, every call is refused with 401. */
    public OpenlineOptions apiKey(String key) {
        return apiKey(key, ApiScope.ALL.toArray(ApiScope[]::new));
    }

    /**
     * A key that opens a part of the HTTP API: the calls that one of {@code scopes} covers. Others are refused with 403, and have no effect.
     *
     * @throws IllegalArgumentException for a blank key, or one without scopes
     */
    public OpenlineOptions apiKey(String key, ApiScope... scopes) {
        if (key.isBlank()) throw new IllegalArgumentException("an API key can't be blank");
        if (scopes.length == 0) throw new IllegalArgumentException("an API key without scopes opens nothing");
        apiKeys.add(new ApiKey(key, List.of(scopes)));
        return this;
    }

    /** What bounds each request to the HTTP API. */
    public OpenlineOptions apiLimits(ApiLimits limits) {
        this.apiLimits = limits;
        return this;
    }

    /** How the HTTP API answers what it refuses; default {@link ApiErrorMode#REPLY}. */
    public OpenlineOptions apiErrorMode(ApiErrorMode mode) {
        this.apiErrorMode = mode;
        return this;
    }

    /** Which characters in the names of channels mean what; to be said before the first channel and namespace. */
    public OpenlineOptions channelNames(ChannelNames meaning) {
        rules.names(meaning);
        return this;
    }

    /** One channel, by its exact name. */
    public OpenlineOptions channel(String name, ChannelOptions options) {
        rules.channel(name, options);
        return this;
    }

    /** One channel, by its exact name. */
    public OpenlineOptions channel(String name, Consumer<ChannelSetup> configure) {
        return channel(name, ChannelSetup.of(configure));
    }

    /** All channels {@code name:…}. */
    public OpenlineOptions namespace(String name, ChannelOptions options) {
        rules.namespace(name, options);
        return this;
    }

    /** All channels {@code name:…}. */
    public OpenlineOptions namespace(String name, Consumer<ChannelSetup> configure) {
        return namespace(name, ChannelSetup.of(configure));
    }

    /** All channels without a colon in their name, and without options of their own. */
    public OpenlineOptions withoutNamespace(ChannelOptions options) {
        rules.withoutNamespace(options);
        return this;
    }

    /** All channels without a colon in their name, and without options of their own. */
    public OpenlineOptions withoutNamespace(Consumer<ChannelSetup> configure) {
        return withoutNamespace(ChannelSetup.of(configure));
    }

    /** Answers a method of the {@code rpc} command; methods without a handler are answered with error 108. */
    public OpenlineOptions rpc(String method, RpcHandler handler) {
        if (rpc.putIfAbsent(method, handler) != null) {
            throw new IllegalArgumentException("rpc method '" + method + "' has a handler already");
        }
        return this;
    }

    /** Answers all methods of the {@code rpc} command that have no handler of their own and don't begin with {@code openline.}. */
    public OpenlineOptions otherRpc(RpcFallback handler) {
        this.otherRpc = handler;
        return this;
    }

    /** Verifies the tokens of connections and, unless {@link #subscriptionTokens} says otherwise, of subscriptions. */
    public OpenlineOptions tokens(TokenOptions options) {
        this.tokens = options;
        return this;
    }

    /** Verifies the tokens of subscriptions otherwise than those of connections. Only together with {@link #tokens}. */
    public OpenlineOptions subscriptionTokens(TokenOptions options) {
        this.subscriptionTokens = options;
        return this;
    }

    /** Which tokens are revoked; by default it is remembered in memory. */
    public OpenlineOptions revocations(Revocations revocations) {
        this.revocations = revocations;
        return this;
    }

    /** Connection tokens have to name a user: others are closed with 3507. */
    public OpenlineOptions refuseNamelessTokens() {
        this.nameless = VerifiedTokens.Nameless.TURNED_AWAY;
        return this;
    }

    /** Clients about whom neither a token nor the {@link #authenticator} says anything come in as anonymous ones; by default they don't. */
    public OpenlineOptions allowAnonymous() {
        this.anonymousMayConnect = true;
        return this;
    }

    /** Subscribes each user that has a name to the channel {@code namespace:#user}, or {@code #user} if {@code namespace} is empty. */
    public OpenlineOptions personalChannels(String namespace) {
        this.personalNamespace = namespace;
        return this;
    }

    /**
     * Each user that has a name has one connection: whoever connects again ends the earlier one, which is closed with 3504 and does not come back. Together with {@link
     * #personalChannels}.
     */
    public OpenlineOptions singleConnection() {
        this.singleConnection = true;
        return this;
    }

    /** What this server is called in the answer of the API's {@code info}; default {@code openline}. */
    public OpenlineOptions nodeName(String name) {
        this.nodeName = name;
        return this;
    }

    /** Tells clients the server's time when they connect; by default it doesn't. */
    public OpenlineOptions tellServerTime() {
        this.serverTime = true;
        return this;
    }

    /** Asked who may subscribe to what, before the permissions of the channel. */
    public OpenlineOptions onSubscribe(SubscribeHook hook) {
        this.subscribeHook = hook;
        return this;
    }

    /** Asked who may publish what, before the permissions of the channel. */
    public OpenlineOptions onPublish(PublishHook hook) {
        this.publishHook = hook;
        return this;
    }

    /** Asked whether connections that the server refreshes may stay when their time is over. */
    public OpenlineOptions onRefresh(RefreshHook hook) {
        this.refreshHook = hook;
        return this;
    }

    /** Hears of clients that come and go. */
    public OpenlineOptions connections(ConnectionListener listener) {
        this.connectionListener = listener;
        return this;
    }

    /** Hears of channels that get their first subscriber and lose their last. */
    public OpenlineOptions channels(ChannelListener listener) {
        this.channelListener = listener;
        return this;
    }

    /**
     * Has all channels together with other servers, which are given the same. Then {@link #logs} are of no use. Whoever made {@code logs} closes them, after the
     * server.
     *
     * @param reachable whether they can be reached: while they can't, the server's readiness is off. Any thread; must not block
     */
    public OpenlineOptions sharedLogs(SharedLogs logs, BooleanSupplier reachable) {
        this.sharedLogs = logs;
        this.sharedLogsReachable = reachable;
        return this;
    }

    /** What is held in memory of {@link #sharedLogs}, and how long what is there is served while they can't be heard; for each event loop. */
    public OpenlineOptions sharedLimits(SharedLimits limits) {
        this.sharedLimits = limits;
        return this;
    }

    /**
     * Keeps the logs of channels beyond the server's end, unless a channel says otherwise; by default they are in memory alone. Whoever made {@code
     * logs} closes them, after the server.
     */
    public OpenlineOptions logs(Logs logs) {
        this.logs = logs;
        return this;
    }

    /** Opens ways for clients that only listen; none are by default. */
    public OpenlineOptions unidirectional(Unidirectional... ways) {
        unidirectional.addAll(List.of(ways));
        return this;
    }

    /**
     * What a client that only listens is told when its connect fails with an error of this code: it knows disconnects alone. Unless said here, 109 and 110
     * are 3005, 111 is 3013, 103 is 3507, and all else 3004.
     */
    public OpenlineOptions unidirectionalRefusal(int errorCode, Disconnect told) {
        refusals.put(errorCode, told);
        return this;
    }

    Set<Unidirectional> unidirectional() {
        return unidirectional;
    }

    /** Further numbers of this server that the API's {@code info} tells, by name; asked on an event loop, so it must not block. */
    public OpenlineOptions metrics(Supplier<Map<String, Long>> numbers) {
        this.metrics = numbers;
        return this;
    }

    Supplier<Map<String, Long>> metrics() {
        return metrics;
    }

    /** What bounds each session. */
    public OpenlineOptions limits(SessionLimits limits) {
        this.limits = limits;
        return this;
    }

    /** The same limits with another heartbeat: pings this far apart (whole seconds), each answered within this time (less than that). */
    public OpenlineOptions heartbeat(Duration interval, Duration timeout) {
        return limits(limits.withHeartbeat(interval, timeout));
    }

    /** The largest message of a client; default 64 KiB. A larger one closes its line with 1009. */
    public OpenlineOptions maxMessageBytes(int bytes) {
        if (bytes < 1024) throw new IllegalArgumentException("maxMessageBytes " + bytes + " < 1024");
        this.maxMessageBytes = bytes;
        return this;
    }

    /** Bytes that may wait for one client to read; default 1 MiB. Publications don't wait there, they stay in the log. */
    public OpenlineOptions maxQueuedBytes(int bytes) {
        if (bytes < 1024) throw new IllegalArgumentException("maxQueuedBytes " + bytes + " < 1024");
        this.maxQueuedBytes = bytes;
        return this;
    }

    /**
     * How long a client may take nothing while bytes wait for it, before its line is dropped; default 30 s. It comes back with its cursors, and
     * goes on in the log where it was.
     */
    public OpenlineOptions writeTimeout(Duration timeout) {
        if (timeout.isZero() || timeout.isNegative())
            throw new IllegalArgumentException("writeTimeout " + timeout + " is not positive");
        this.writeTimeout = timeout;
        return this;
    }

    /**
     * Compresses messages for clients that ask for it (permessage-deflate, RFC 7692); by default nothing is compressed. A publication is
     * compressed once for all. Lengths of compressed messages tell about their content: see {@link DeflateOptions} for when not to.
     */
    public OpenlineOptions deflate(DeflateOptions options) {
        this.deflate = options;
        return this;
    }

    /** Speaks TLS, and nothing else, on the port; by default it speaks none. */
    public OpenlineOptions tls(TlsOptions tls) {
        this.tls = tls;
        return this;
    }

    /** Speaks TLS with the certificates and the key of these PEM files, see {@link TlsOptions#pem}. */
    public OpenlineOptions tls(Path chain, Path key) {
        return tls(TlsOptions.pem(chain, key));
    }

    /** Answers plain HTTP requests that are nothing of the server's own: pages, an application's API. */
    public OpenlineOptions pages(HttpHandler pages) {
        this.pages = pages;
        return this;
    }

    /**
     * More about how the port is listened on: connection limits, handshake times, the notice of a drain. What this class has a setter for
     * is set there and not here. Readiness is told on {@code /ready} unless another path is given.
     */
    public OpenlineOptions listener(Consumer<ServerOptions> configure) {
        this.listener = listener.andThen(configure);
        return this;
    }

    Consumer<ServerOptions> listener() {
        return listener;
    }

    String host() {
        return host;
    }

    int port() {
        return port;
    }

    EventLoops newLoops() {
        Transport chosen = transport == null ? Transport.fastest() : transport;
        return EventLoops.start(chosen, Runtime.getRuntime().availableProcessors());
    }

    @Nullable
    EventLoops sharedLoops() {
        return loops;
    }

    Permissions.Policy policy() {
        return policy;
    }

    boolean anyOrigin() {
        return originRule != null;
    }

    Admissions admissions() {
        SessionRules rules = new SessionRules(
                policy,
                limits,
                personalNamespace,
                singleConnection,
                subscribeHook,
                publishHook,
                refreshHook,
                serverTime,
                Map.copyOf(refusals));
        Admissions.Anonymous anonymous = policy == Permissions.Policy.INSECURE || anonymousMayConnect
                ? Admissions.Anonymous.ADMITTED
                : Admissions.Anonymous.TURNED_AWAY;
        return new Admissions(rules, tokenDesk(), authenticator, anonymous, Map.copyOf(rpc), otherRpc);
    }

    private @Nullable TokenDesk tokenDesk() {
        if (tokens == null) return null;
        TokenVerifier verifier = new TokenVerifier(tokens, revocations);
        TokenVerifier ofChannels =
                subscriptionTokens == null ? verifier : new TokenVerifier(subscriptionTokens, revocations);
        return new VerifiedTokens(verifier, ofChannels, nameless);
    }

    Revocations revocations() {
        return revocations;
    }

    @Nullable
    Logs logs() {
        return logs;
    }

    @Nullable
    SharedLogs sharedLogs() {
        return sharedLogs;
    }

    SharedLimits sharedLimits() {
        return sharedLimits;
    }

    /** Always, where the server has its own. */
    BooleanSupplier sharedLogsReachable() {
        return sharedLogsReachable;
    }

    String nodeName() {
        return nodeName;
    }

    @Nullable
    ConnectionListener connectionListener() {
        return connectionListener;
    }

    ChannelListener channelListener() {
        return channelListener;
    }

    OriginRule originRule() {
        if (originRule != null) return originRule;
        return origins.isEmpty() ? OriginRule.sameHost() : OriginRule.allowing(origins);
    }

    HttpApi.Setup api() {
        return new HttpApi.Setup(List.copyOf(apiKeys), apiLimits, apiErrorMode);
    }

    ChannelRules rules() {
        return rules.build();
    }

    SessionLimits limits() {
        return limits;
    }

    int maxMessageBytes() {
        return maxMessageBytes;
    }

    int maxQueuedBytes() {
        return maxQueuedBytes;
    }

    Duration writeTimeout() {
        return writeTimeout;
    }

    @Nullable
    DeflateOptions deflate() {
        return deflate;
    }

    @Nullable
    TlsOptions tls() {
        return tls;
    }

    @Nullable
    HttpHandler pages() {
        return pages;
    }
}
