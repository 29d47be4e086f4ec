// Longer than 400 lines because all that a program which embeds a server calls stands here.
package dev.openline.server;

import dev.openline.hub.ChannelHome;
import dev.openline.hub.ChannelOptions;
import dev.openline.hub.ChannelRules;
import dev.openline.hub.HistoryQuery;
import dev.openline.hub.Page;
import dev.openline.hub.PublishRequest;
import dev.openline.hub.Published;
import dev.openline.hub.SharedStore;
import dev.openline.net.Drained;
import dev.openline.net.EventLoops;
import dev.openline.net.HttpRequest;
import dev.openline.net.HttpResponse;
import dev.openline.net.LineOptions;
import dev.openline.net.ServerOptions;
import dev.openline.net.Surroundings;
import dev.openline.net.TlsOptions;
import dev.openline.net.UpgradeDecision;
import dev.openline.net.WebSocketServer;
import dev.openline.protocol.Disconnect;
import dev.openline.protocol.Encoding;
import dev.openline.protocol.JsonCodec;
import dev.openline.protocol.MalformedFrame;
import dev.openline.protocol.Payload;
import dev.openline.protocol.StreamPosition;
import dev.openline.wire.WireLimits;
import dev.openline.wire.WireTiming;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Channels for clients that speak the Centrifuge client protocol, on {@code /connection/websocket}, with an HTTP API for backends under
 * {@code /api} and the browser module at {@code /openline.js}.
 *
 * <pre>{@code
 * try (var server = OpenlineServer.create(o -> o.insecure().channel("news", c -> c.history(100, Duration.ofMinutes(5)))).start()) {
 *     server.publish("news", "{\"headline\":\"hello\"}");
 * }
 * }</pre>
 *
 * All methods may be called from any thread.
 */
public final class OpenlineServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(OpenlineServer.class);
    /** In the order of preference: who offers both gets the smaller one. */
    private static final List<String> SUBPROTOCOLS =
            List.of(Encoding.PROTOBUF.subprotocol(), Encoding.JSON.subprotocol());

    private static final Duration GOODBYE = Duration.ofSeconds(2);

    private final OpenlineOptions options;
    private final EventLoops loops;
    private final LoopHub[] hubs;
    private final Connections connections;
    private final WebSocketServer listening;
    private final @Nullable Siblings siblings;

    private OpenlineServer(OpenlineOptions options, EventLoops loops) throws IOException {
        this.options = options;
        this.loops = loops;
        this.hubs = new LoopHub[loops.count()];
        ChannelRules rules = options.rules();
        for (int i = 0; i < hubs.length; i++) {
            hubs[i] = new LoopHub(
                    i,
                    hubs,
                    loops.loop(i),
                    rules,
                    OpenlineServer::epoch,
                    Surroundings::wallMillis,
                    options.channelListener(),
                    storeOn(loops.loop(i), rules));
        }
        Admissions admissions = options.admissions();
        this.connections = new Connections(admissions, options.connectionListener(), loops, hubs);
        String node = Surroundings.randomId();
        ServerOperations here = new ServerOperations(connections, hubs, loops, options, node);
        siblings = siblings(node, here);
        Operations operations = siblings == null
                ? here
                : new SharedOperations(here, siblings, options.api().limits());
        HttpApi api = new HttpApi(operations, options.api());
        FeedDesk feeds = new FeedDesk(connections, admissions, rules, this::history);
        StreamDesk streams = new StreamDesk(connections, node, siblings, options.maxMessageBytes());
        CrossOrigin crossOrigin = new CrossOrigin(options.originRule());
        FrontDesk front = new FrontDesk(
                api, new LiveDesk(streams, feeds, crossOrigin, options.unidirectional()), options.pages());
        this.listening =
                WebSocketServer.listen(o -> lines(listener(o, options), feeds).http(front));
        for (LoopHub hub : hubs) {
            loops.loop(hub.index()).scheduleWithFixedDelay(hub::tick, 1, 1, TimeUnit.SECONDS);
        }
        if (siblings != null) siblings.start();
    }

    /** The other servers that have the same logs; null if this one has its own. */
    private @Nullable Siblings siblings(String node, ServerOperations here) {
        SharedLogs shared = options.sharedLogs();
        if (shared == null) return null;
        ScheduledExecutorService loop = loops.loop(0);
        SharedStore store = shared.onLoop(SharedLogs.SERVERS, Siblings.RULES, loop, Surroundings::wallMillis);
        Siblings siblings = new Siblings(node, options.nodeName(), loop, store, new Siblings.Service() {
            @Override
            public CompletionStage<Payload> carryOut(String what, Payload with) {
                return SharedOperations.carryOut(here, what, with);
            }

            @Override
            public void missed() {
                here.readRevocationsAgain();
            }

            @Override
            public void post(String session, byte[] frame) {
                StreamCarrier carrier = connections.emulated(session);
                if (carrier != null) carrier.onFrame(frame);
            }
        });
        connections.tellOthers(siblings);
        return siblings;
    }

    private LoopHub.@Nullable Store storeOn(Executor loop, ChannelRules rules) {
        SharedLogs shared = options.sharedLogs();
        if (shared != null)
            return new LoopHub.Store.Shared(
                    shared.onLoop("", rules, loop, Surroundings::wallMillis), options.sharedLimits());
        Logs logs = options.logs();
        return logs == null ? null : new LoopHub.Store.Own(logs.onLoop(loop, Surroundings::wallMillis));
    }

    private ServerOptions lines(ServerOptions listener, FeedDesk feeds) {
        return listener.host(options.host())
                .port(options.port())
                .loops(loops)
                .origins(options.originRule())
                .line(lineOptions(options))
                .upgrades("/connection/websocket", SUBPROTOCOLS, this::upgrade)
                .upgrades("/connection/uni_websocket", List.of(Encoding.JSON.subprotocol()), this::upgradeToListen)
                .route("/feed/{channel}", route -> route.decideLater(feeds::socket));
    }

    private static ServerOptions listener(ServerOptions listener, OpenlineOptions options) {
        TlsOptions tls = options.tls();
        if (tls != null) listener.tls(tls);
        listener.ready(options.sharedLogsReachable());
        options.listener().accept(listener.readiness("/ready"));
        return listener;
    }

    /** A configured server that doesn't listen yet. */
    public static Configured create(Consumer<OpenlineOptions> configure) {
        OpenlineOptions options = new OpenlineOptions();
        configure.accept(options);
        return new Configured(options);
    }

    /** What {@link #create} makes: everything but the open port. */
    public static final class Configured {
        private final OpenlineOptions options;

        private Configured(OpenlineOptions options) {
            this.options = options;
        }

        /**
         * Says what {@link #start} would say of these options, without opening anything: refuses what it would refuse, and warns of what it would
         * warn of. Whether the port is free shows only when it is opened.
         *
         * @throws IOException if a file of {@link OpenlineOptions#tls} is no good, with a sentence that says why
         */
        public void check() throws IOException {
            options.rules();
            options.admissions();
            TlsOptions tls = options.tls();
            if (tls != null) tls.check();
            warn(options);
        }

        /**
         * Opens the port and serves.
         *
         * @throws IOException if the port can't be opened or a file of {@link OpenlineOptions#tls} is no good, with a sentence that says why
         */
        public OpenlineServer start() throws IOException {
            EventLoops shared = options.sharedLoops();
            EventLoops loops = shared == null ? options.newLoops() : shared;
            try {
                OpenlineServer server = new OpenlineServer(options, loops);
                warn(options);
                return server;
            } catch (IOException | RuntimeException fault) {
                if (shared == null) loops.close();
                throw fault;
            }
        }
    }

    private static void warn(OpenlineOptions options) {
        if (options.policy() == Permissions.Policy.INSECURE) {
            log.warn("insecure: anybody may connect, subscribe and publish on every configured channel");
        }
        if (options.anyOrigin()) log.warn("insecure: pages of any origin may open lines");
    }

    private static LineOptions lineOptions(OpenlineOptions options) {
        int bytes = options.maxMessageBytes();
        // Sessions have a heartbeat of their own, whose answers any client can give.
        return LineOptions.defaults()
                .withLimits(new WireLimits(bytes, bytes, WireLimits.DEFAULT.maxFragments()))
                .withTiming(WireTiming.DEFAULT.withoutHeartbeat())
                .withMaxQueuedBytes(options.maxQueuedBytes())
                .withWriteTimeout(options.writeTimeout())
                .withDeflate(options.deflate());
    }

    private UpgradeDecision upgrade(HttpRequest request) {
        boolean offersJson = offers(request, Encoding.JSON);
        boolean asksProtobuf =
                "protobuf".equals(request.query("format")) || "protobuf".equals(request.query("cf_protocol"));
        Encoding encoding =
                offers(request, Encoding.PROTOBUF) || (!offersJson && asksProtobuf) ? Encoding.PROTOBUF : Encoding.JSON;
        return opened(encoding.isText() ? Spelling.JSON_MESSAGE : Spelling.PROTOBUF_MESSAGE);
    }

    private UpgradeDecision upgradeToListen(HttpRequest request) {
        return options.unidirectional().contains(Unidirectional.WEBSOCKET)
                ? opened(Spelling.BARE_MESSAGE)
                : new UpgradeDecision.Refuse(HttpResponse.text(404, "nothing here\n"));
    }

    private UpgradeDecision opened(Spelling spelling) {
        return new UpgradeDecision.Open(new WebSocketCarrier(connections, Surroundings.randomId(), spelling));
    }

    private static boolean offers(HttpRequest request, Encoding encoding) {
        return request.headers().tokens("sec-websocket-protocol").contains(encoding.subprotocol());
    }

    /** The port that is open. */
    public int port() {
        return listening.port();
    }

    /** The loops that carry this server's lines, to be shared with clients in the same process. */
    public EventLoops loops() {
        return loops;
    }

    /** How a channel is configured; null if none of this name is. */
    public @Nullable ChannelOptions optionsOf(String channel) {
        return hubs[0].rules().optionsFor(channel);
    }

    /** Lines that are open now, connected or about to. */
    public int connectionCount() {
        return connections.count();
    }

    /**
     * Publishes one JSON value on a channel.
     *
     * @param json one valid JSON value
     * @return the position in the channel's log, empty for a channel without one; failed with {@link PublishRefused} if the channel is
     *     not configured or can't take more
     * @throws IllegalArgumentException if {@code json} is not one valid JSON value
     */
    public CompletableFuture<Optional<StreamPosition>> publish(String channel, String json) {
        return publish(channel, payloadOf(json));
    }

    /** Publishes a payload, which should be one JSON value; see {@link #publish(String, String)}. */
    public CompletableFuture<Optional<StreamPosition>> publish(String channel, Payload data) {
        CompletableFuture<Optional<StreamPosition>> position = new CompletableFuture<>();
        onHub(
                channel,
                hub -> hub.publish(PublishRequest.of(channel, data), published -> {
                    if (published instanceof Published.At at) position.complete(Optional.of(at.position()));
                    else if (published instanceof Published.Unlogged) position.complete(Optional.empty());
                    else position.completeExceptionally(new PublishRefused(((Published.Refused) published).error()));
                }));
        return position;
    }

    private static Payload payloadOf(String json) {
        try {
            return JsonCodec.payload(ByteBuffer.wrap(json.getBytes(StandardCharsets.UTF_8)));
        } catch (MalformedFrame fault) {
            throw new IllegalArgumentException("not one valid JSON value: " + fault.getMessage(), fault);
        }
    }

    private CompletionStage<Page> history(String channel, HistoryQuery query) {
        CompletableFuture<Page> page = new CompletableFuture<>();
        onHub(channel, hub -> hub.history(channel, query, page::complete));
        return page;
    }

    /** Runs a task with the hub of a channel's home, on its loop. */
    void onHub(String channel, Consumer<LoopHub> task) {
        LoopHub home = hubs[ChannelHome.homeOf(channel, hubs.length)];
        loops.loop(home.index()).execute(() -> task.accept(home));
    }

    /**
     * Reads the files of {@link OpenlineOptions#tls} again, see {@link WebSocketServer#reloadTls}.
     *
     * @throws IOException if the files are no good, with a sentence that says why; the certificate stays as it was
     * @throws IllegalStateException if the server speaks no TLS
     */
    public void reloadTls() throws IOException {
        listening.reloadTls();
    }

    /**
     * Cuts the connection of a client without a close frame, as a tunnel would: to see that recovery works.
     *
     * @return whether there was such a client
     */
    public boolean cut(String client) {
        SessionLine line = connections.line(client);
        if (line != null) line.cut();
        return line != null;
    }

    /**
     * Ends a client's session with a close code.
     *
     * @return whether there was such a client
     */
    public boolean disconnect(String client, Disconnect why) {
        SessionLine line = connections.line(client);
        if (line != null) line.onLoop(session -> session.close(why));
        return line != null;
    }

    /**
     * Goes away without a spike: readiness goes off, the port is closed, and each client hears 3001, upon which it redials; a few at a time,
     * spread over the time there is. What is left then is cut, and the loops end if they are the server's own. See {@link
     * WebSocketServer#drain}.
     *
     * @param within how long all of it may take
     * @return done when no connection is left
     */
    public CompletableFuture<Drained> drain(Duration within) {
        CompletableFuture<Drained> drained = listening.drain(within);
        drained = drained.whenComplete((result, fault) -> {
            for (LoopHub hub : hubs) hub.close();
        });
        return drained.whenComplete((result, fault) -> {
            if (siblings != null) siblings.end();
            if (options.sharedLoops() == null) loops.end();
        });
    }

    /**
     * Closes the port, says 3001 to all clients and, if the loops are the server's own, ends them: once the clients have answered, or after
     * two seconds. On a loop of the server nothing is waited for. A drain that is under way is cut short.
     */
    @Override
    public void close() {
        if (!listening.isGoingAway() && loops.current() < 0) awaitGoodbyes(listening.drain(GOODBYE));
        listening.close();
        if (siblings != null) siblings.end();
        for (LoopHub hub : hubs) hub.close();
        if (options.sharedLoops() == null) loops.close();
    }

    private static void awaitGoodbyes(CompletableFuture<Drained> drained) {
        try {
            Drained result = drained.get(2 * GOODBYE.toMillis(), TimeUnit.MILLISECONDS);
            if (result.cut() > 0) log.info("clients that did not answer the goodbye: {}", result.cut());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException late) {
            log.warn("clients are still there after the goodbye", late);
        }
    }

    /** The version of this library, as told to clients. */
    static String version() {
        String version = OpenlineServer.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    /** Names the life of a log; 48 bits, so that no two lives of one channel ever share a name by chance. */
    private static String epoch() {
        byte[] random = new byte[6];
        Surroundings.random().nextBytes(random);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    }
}
