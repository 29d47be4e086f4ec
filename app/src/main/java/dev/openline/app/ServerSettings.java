package dev.openline.app;

import dev.openline.hub.ChannelNames;
import dev.openline.hub.ChannelOptions;
import dev.openline.hub.ChannelRules;
import dev.openline.net.OriginRule;
import dev.openline.net.TlsOptions;
import dev.openline.protocol.Disconnect;
import dev.openline.server.OpenlineOptions;
import dev.openline.server.SessionLimits;
import dev.openline.server.Unidirectional;
import dev.openline.store.disk.DiskOptions;
import dev.openline.store.redis.RedisOptions;
import dev.openline.wire.DeflateOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a configuration file says of a server, and how it is told to {@link OpenlineOptions}. Read once, when the server starts: what is wrong
 * in the file is said before anything is opened.
 */
final class ServerSettings {
    private static final Logger log = LoggerFactory.getLogger(ServerSettings.class);
    private static final String ANY_ORIGIN = "*";
    private static final String OTHER_ENGINE = "there is one engine for everything here";
    static final String NOBODY = "nobody could connect";
    static final String NO_CLIENT = "there is no key for tokens: only the HTTP API is served, no client can connect";
    private static final String NOT_HERE = "there is nothing of that kind here";

    private final List<Consumer<OpenlineOptions>> said = new ArrayList<>();
    private @Nullable String host;
    private @Nullable Integer port;
    private static final long MEGABYTE = 1_000_000;

    private @Nullable String secret;
    private @Nullable Path dataDirectory;
    private String durability = "os";
    private long dataBytes = Long.MAX_VALUE;
    private @Nullable RedisOptions redis;
    private @Nullable TlsOptions tls;
    private final HookSettings hooks;
    private ChannelNames names = ChannelNames.DEFAULT;
    private boolean clientsMayCome;
    private boolean backendsMayCome;

    private ServerSettings(HookSettings hooks) {
        this.hooks = hooks;
    }

    /**
     * Reads all of a file.
     *
     * @throws CommandFailure if something in it is wrong, with one line for each fault
     */
    static ServerSettings read(ConfigFile file) {
        Settings root = file.root();
        ServerSettings settings = new ServerSettings(new HookSettings(root));
        settings.httpServer(root.section("http_server"));
        settings.client(root.section("client"));
        settings.channel(root.section("channel"));
        settings.backends(ApiSettings.read(root.section("http_api")));
        settings.webSocket(root.section("websocket"));
        settings.node(root.section("node"));
        settings.unidirectional(root);
        settings.data(root.section("data"));
        settings.engine(EngineSettings.read(root.section("engine")));
        root.refuse(OTHER_ENGINE, "broker", "presence_manager", "map_broker", "controller");
        root.refuse(NOT_HERE, "grpc_api", "consumers", "uni_grpc", "webtransport", "shared_poll");
        if (settings.redis != null && settings.dataDirectory != null)
            root.fault("data.directory", "logs are either in a directory of this server or in Redis, not in both");
        root.end();
        file.check();
        return settings;
    }

    /** Says it all to the options of a server. */
    void configure(OpenlineOptions options) {
        said.forEach(one -> one.accept(options));
        hooks.configure(options, names);
    }

    /** To be called once the server is closed that was configured: the application is told the rest of what has happened. */
    void close() {
        hooks.close();
    }

    @Nullable
    String host() {
        return host;
    }

    @Nullable
    Integer port() {
        return port;
    }

    /** The secret that connection tokens are signed with, or null. */
    @Nullable
    String secret() {
        return secret;
    }

    private void httpServer(Settings section) {
        String address = section.text("address", "");
        if (!address.isEmpty()) host = address;
        if (section.has("port")) port = section.number("port", 0, 65_535, 8000);
        tls(section.section("tls"));
        section.refuse(NOT_HERE, "internal_port", "http3");
        section.end();
    }

    private void tls(Settings section) {
        boolean enabled = section.flag("enabled");
        String certificate = section.text("cert_pem_file", "");
        String key = section.text("key_pem_file", "");
        boolean http2 = section.flag("http2");
        section.refuse("give the name of a file", "cert_pem", "key_pem");
        section.refuse("clients show tokens", "client_ca_pem_file", "client_ca_pem");
        section.end();
        if (!enabled) return;
        if (certificate.isEmpty()) section.fault("cert_pem_file", "expected the name of a file");
        if (key.isEmpty()) section.fault("key_pem_file", "expected the name of a file");
        Path chain = section.made("cert_pem_file", () -> Path.of(certificate));
        Path secret = section.made("key_pem_file", () -> Path.of(key));
        if (chain != null && secret != null) tls = TlsOptions.pem(chain, secret).http2(http2);
    }

    /** How to speak TLS, or null for not at all. */
    @Nullable
    TlsOptions tls() {
        return tls;
    }

    private void data(Settings section) {
        String directory = section.text("directory", "");
        durability = section.word("durability", Map.of("os", "os", "fsync", "fsync"), "os");
        int megabytes =
                section.number("max_megabytes", (int) (DiskOptions.LEAST_BYTES / MEGABYTE) + 1, Integer.MAX_VALUE, 0);
        if (megabytes > 0) dataBytes = megabytes * MEGABYTE;
        if (!directory.isEmpty()) dataDirectory = section.made("directory", () -> Path.of(directory));
        else if (section.has("durability")) section.fault("durability", "expected directory beside it");
        section.end();
    }

    /** Where logs are kept, or null. */
    @Nullable
    Path dataDirectory() {
        return dataDirectory;
    }

    String durability() {
        return durability;
    }

    /** How many bytes the logs may be; the largest number there is for any number. */
    long dataBytes() {
        return dataBytes;
    }

    /** The Redis that several servers share, or null. */
    @Nullable
    RedisOptions redis() {
        return redis;
    }

    private void engine(@Nullable EngineSettings shared) {
        if (shared == null) return;
        redis = shared.redis();
        said.add(options -> options.sharedLimits(shared.limits()));
    }

    private void node(Settings section) {
        String name = section.text("name", "");
        if (!name.isEmpty()) said.add(options -> options.nodeName(name));
        section.end();
    }

    private void unidirectional(Settings root) {
        Map<String, Unidirectional> ways = Map.of(
                "uni_websocket", Unidirectional.WEBSOCKET,
                "uni_sse", Unidirectional.SSE,
                "uni_http_stream", Unidirectional.HTTP_STREAM);
        new TreeMap<>(ways).forEach((name, way) -> {
            Settings section = root.section(name);
            if (section.flag("enabled")) said.add(options -> options.unidirectional(way));
            section.refuse(NOT_HERE, "handler_prefix", "connect_code_to_http_response");
            section.end();
        });
    }

    private void webSocket(Settings section) {
        int size = section.number("message_size_limit", 1024, 1 << 30, 65_536);
        said.add(options -> options.maxMessageBytes(size));
        if (section.flag("compression")) said.add(options -> options.deflate(DeflateOptions.DEFAULT));
        section.end();
    }

    // --- clients
    // -----------------------------------------------------------------------------------------------------------------

    private void client(Settings section) {
        for (String origin : section.texts("allowed_origins")) {
            if (origin.equals(ANY_ORIGIN)) said.add(OpenlineOptions::insecureAnyOrigin);
            else if (section.made("allowed_origins", () -> OriginRule.allowing(List.of(origin))) != null)
                said.add(options -> options.allowOrigin(origin));
        }
        if (section.flag("insecure")) admit(OpenlineOptions::insecure);
        if (section.flag("allow_anonymous_connect_without_token")) admit(OpenlineOptions::allowAnonymous);
        if (section.flag("disallow_anonymous_connection_tokens")) said.add(OpenlineOptions::refuseNamelessTokens);
        if (section.flag("connect_include_server_time")) said.add(OpenlineOptions::tellServerTime);
        int queue = section.number("queue_max_size", 1024, 1 << 30, 1 << 20);
        said.add(options -> options.maxQueuedBytes(queue));
        int connections = section.number("connection_limit", 0, Integer.MAX_VALUE, 0);
        if (connections > 0) said.add(options -> options.listener(listener -> listener.maxConnections(connections)));
        tokens(section);
        personal(section.section("subscribe_to_user_personal_channel"));
        SessionLimits limits = section.made("ping_interval", () -> limits(section));
        if (limits != null) said.add(options -> options.limits(limits));
        hooks.client(section.section("proxy"));
        if (hooks.admit()) clientsMayCome = true;
        section.refuse(
                "a token that is not verified admits anybody as anybody", "insecure_skip_token_signature_verify");
        section.refuse(NOT_HERE, "concurrency", "user_id_http_header");
        refusals(section.section("connect_code_to_unidirectional_disconnect"));
        section.end();
    }

    private void admit(Consumer<OpenlineOptions> who) {
        said.add(who);
        clientsMayCome = true;
    }

    /** What is given beside the file. */
    enum Beside {
        NOTHING,
        API_KEY
    }

    /**
     * Warns if no client can connect.
     *
     * @throws CommandFailure if no backend could call either: such a server is of no use to anybody
     */
    void checkWhoMayCome(Beside beside) {
        if (clientsMayCome) return;
        if (beside == Beside.NOTHING && !backendsMayCome)
            throw new CommandFailure(
                    NOBODY + ": the configuration names neither a key in client.token, nor client.proxy.connect,"
                            + " nor lets clients in without them; for the HTTP API alone give http_api.key.");
        log.warn(NO_CLIENT);
    }

    private void backends(ApiSettings api) {
        backendsMayCome = !api.keys().isEmpty();
        said.add(api::configure);
    }

    /** What clients that only listen are told when their connect fails. */
    private void refusals(Settings section) {
        boolean enabled = section.flag("enabled");
        for (Settings one : section.sections("transforms")) {
            int code = one.number("code", 100, 1_999, 100);
            if (!one.has("code")) one.fault("code", "expected the code of an error");
            Settings to = one.section("to");
            Disconnect told = new Disconnect(to.number("code", 3_000, 4_999, 3_000), to.text("reason", ""));
            if (!to.has("code")) to.fault("code", "expected a code");
            to.end();
            one.end();
            if (enabled) said.add(options -> options.unidirectionalRefusal(code, told));
        }
        section.end();
    }

    private static SessionLimits limits(Settings section) {
        SessionLimits limits = SessionLimits.DEFAULT;
        return limits.withHeartbeat(
                        section.duration("ping_interval", limits.pingInterval()),
                        section.duration("pong_timeout", limits.pongTimeout()))
                .withStaleTimeout(section.duration("stale_close_delay", limits.staleTimeout()))
                .withExpiry(
                        section.duration("expired_close_delay", limits.expiredCloseDelay()),
                        section.duration("expired_sub_close_delay", limits.expiredSubscriptionCloseDelay()))
                .withMaxSubscriptions(section.number("channel_limit", 1, 1_000_000, limits.maxSubscriptions()))
                .withMaxHistoryPage(
                        section.number("history_max_publication_limit", 1, 100_000, limits.maxHistoryPage()))
                .withMaxReadsPerSecond(section.number("reads_per_second", 1, 1_000_000, limits.maxReadsPerSecond()))
                .withMaxConnectionsPerUser(section.number("user_connection_limit", 0, Integer.MAX_VALUE, 0));
    }

    private void tokens(Settings section) {
        TokenSettings.Read tokens = TokenSettings.read(section.section("token"));
        secret = tokens.secret();
        if (tokens.options() != null) admit(options -> options.tokens(tokens.options()));
        Settings ofSubscriptions = section.section("subscription_token");
        boolean enabled = ofSubscriptions.flag("enabled");
        TokenSettings.Read subscriptions = TokenSettings.read(ofSubscriptions);
        if (!enabled) return;
        if (tokens.options() == null || subscriptions.options() == null)
            section.fault("subscription_token", "expected a key, and one for connections in token");
        else said.add(options -> options.subscriptionTokens(subscriptions.options()));
    }

    private void personal(Settings section) {
        String namespace = section.text("personal_channel_namespace", "");
        boolean enabled = section.flag("enabled");
        boolean single = section.flag("single_connection");
        if (enabled) said.add(options -> options.personalChannels(namespace));
        if (enabled && single) said.add(OpenlineOptions::singleConnection);
        else if (single) section.fault("single_connection", "expected enabled: true beside it");
        section.end();
    }

    // --- channels
    // ----------------------------------------------------------------------------------------------------------------

    private void channel(Settings section) {
        Duration metaTtl = section.duration("history_meta_ttl", ChannelOptions.DEFAULT_META_TTL);
        ChannelNames standard = ChannelNames.DEFAULT;
        ChannelNames meant = section.made(
                "max_length",
                () -> new ChannelNames(
                        section.number("max_length", 1, 4_096, standard.maxLength()),
                        section.text("namespace_boundary", standard.namespaceBoundary()),
                        section.text("user_boundary", standard.userBoundary()),
                        section.text("user_separator", standard.userSeparator()),
                        section.text("private_prefix", standard.privatePrefix())));
        if (meant != null && !meant.equals(standard)) {
            names = meant;
            said.add(options -> options.channelNames(meant));
        }
        hooks.channel(section.section("proxy"));
        if (section.has("without_namespace")) {
            Settings unnamed = section.section("without_namespace");
            hooks.namespace(unnamed, "");
            ChannelOptions options = NamespaceSettings.read(unnamed, metaTtl);
            if (options != null) said.add(server -> server.withoutNamespace(options));
        }
        Map<String, Boolean> seen = new TreeMap<>();
        for (Settings namespace : section.sections("namespaces")) {
            String name = namespace.text("name", "");
            boolean fits = name.matches("[-a-zA-Z0-9_.]{2,}");
            if (!fits) namespace.fault("name", "expected at least two of the characters -a-zA-Z0-9_.");
            else if (seen.put(name, true) != null) namespace.fault("name", "there is another namespace of this name");
            hooks.namespace(namespace, name);
            ChannelOptions options = NamespaceSettings.read(namespace, metaTtl);
            if (options == null) continue;
            if (fits)
                namespace.made("name", () -> ChannelRules.builder().names(names).namespace(name, options));
            said.add(server -> server.namespace(name, options));
        }
        section.refuse("give it to each namespace", "publication_data_format");
        section.end();
    }
}
