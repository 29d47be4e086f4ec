package dev.openline.app;

import dev.openline.hub.ChannelOptions;
import dev.openline.net.EventLoops;
import dev.openline.net.ServerOptions;
import dev.openline.net.TlsOptions;
import dev.openline.server.OpenlineOptions;
import dev.openline.server.OpenlineServer;
import dev.openline.store.disk.DiskOptions;
import dev.openline.store.disk.DiskStore;
import dev.openline.store.disk.Durability;
import dev.openline.store.disk.Retention;
import dev.openline.store.redis.RedisOptions;
import dev.openline.store.redis.RedisStore;
import dev.openline.tokens.Revocations;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code openline serve}: the channel server, configured by a file, by options, or both: what an option says goes before the file. */
@Command(
        name = "serve",
        header = "The channel server.",
        description = "Clients connect on /connection/websocket, backends call the HTTP API under /api, and pages load"
                + " /openline.js from it.",
        footerHeading = "%nRules of channels:%n",
        footer = {
            "  MODE[,history=N][,ttl=TIME][,presence][,join-leave]",
            "",
            "  every       all publications in order, recovered after a redial",
            "  latest      a slow reader gets the newest one",
            "  transient   who can take it gets it, nothing is kept",
            "  history=N   publications that are kept; 100, or 1 for latest",
            "  ttl=TIME    how long they are kept, such as 30s or 2h; 10m",
            "  presence    subscribers can ask who is there",
            "  join-leave  subscribers can hear who comes and goes",
            "",
            "  --namespace chat=every,history=50,presence --namespace price=latest"
        })
final class ServeCommand implements Callable<Integer> {
    private static final Logger log = LoggerFactory.getLogger(ServeCommand.class);
    private static final String ANY_ORIGIN = "*";
    private static final String DEFAULT_RULE = "every,presence,join-leave";
    private static final int DEFAULT_PORT = 8000;

    /** Where it listens, once it does. */
    private String host = "";

    @Mixin
    private ListenOptions listen;

    @Option(names = "--port", paramLabel = "N", description = "TCP port, 0 for any free one; default 8000.")
    private @Nullable Integer port;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "What docs/configuration.md tells, in YAML or JSON; 'openline genconfig' writes one to begin"
                    + " with. Options beside it go before it.")
    private @Nullable Path config;

    @Option(
            names = "--insecure",
            description = "Anybody may connect, subscribe and publish. Without it clients need tokens, whose key stands"
                    + " in a file: see --config.")
    private boolean insecure;

    @Option(
            names = "--api-key",
            paramLabel = "KEY",
            defaultValue = "${env:OPENLINE_API_KEY}",
            description = "Opens the HTTP API to who sends this key; better given in the environment as"
                    + " OPENLINE_API_KEY, where other users of the machine cannot see it.")
    private String apiKey;

    @Option(
            names = "--allowed-origin",
            paramLabel = "ORIGIN",
            description =
                    "Pages of this origin, such as https://example.com, may connect beside those of the same host;"
                            + " repeatable. '*' lets in the pages of every origin.")
    private List<String> origins = List.of();

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description =
                    "Keeps the logs of channels in this directory: they are there after a restart, however the server"
                            + " ended. Without it they are in memory alone.")
    private @Nullable Path data;

    @Option(
            names = "--durability",
            paramLabel = "WORD",
            description =
                    "What an answered publish has survived, with --data: 'os', the server's end; 'fsync', a power cut;"
                            + " default os.")
    private @Nullable String durability;

    @Option(
            names = "--redis",
            paramLabel = "URL",
            description =
                    "Has all channels together with other servers that are given the same Redis (7 or newer), such as"
                            + " redis://:password@host:6379.")
    private @Nullable String redisAddress;

    @Option(
            names = "--channels",
            paramLabel = "RULE",
            converter = ChannelRule.class,
            description = "How channels behave that have no colon in their name; default what the file says, or"
                    + " every,presence,join-leave without one.")
    private @Nullable ChannelOptions channels;

    @Option(
            names = "--namespace",
            paramLabel = "NAME=RULE",
            converter = NamespaceRule.Converter.class,
            description = "How channels behave whose names begin with NAME and a colon; repeatable.")
    private List<NamespaceRule> namespaces = List.of();

    @Spec
    private CommandSpec spec;

    /** Where the logs are, while the server runs; null where they are in memory. */
    private @Nullable DiskStore disk;

    /** What is shared with other servers, while the server runs; null where nothing is. */
    private @Nullable RedisStore redis;

    /** Carry the lines and what goes to Redis; null if the server has its own. */
    private @Nullable EventLoops loops;

    /** What the file says, if there is one. */
    private @Nullable ServerSettings settings;

    @Override
    public Integer call() throws InterruptedException {
        OpenlineServer server = open();
        String scheme = settings == null || settings.tls() == null ? listen.pageScheme() : "https";
        log.info("serving on {}://{}:{}/", scheme, host, server.port());
        return Shutdown.await(() -> close(server), server::drain, listen.drain());
    }

    /**
     * The logs are closed after the server: what it has answered is in them. Then the application is told the rest of what has happened, which it
     * may not want to hear.
     */
    void close(OpenlineServer server) {
        server.close();
        closeStores();
        if (settings != null) settings.close();
    }

    OpenlineServer open() {
        settings = config == null ? null : ServerSettings.read(ConfigFile.read(config, System.getenv()));
        if (settings == null) new Variables(System.getenv()).unread().forEach(log::warn);
        seeWhoMayCome();
        try {
            AtomicReference<OpenlineServer> started = new AtomicReference<>();
            disk = disk(started);
            redis = redis();
            OpenlineServer server = OpenlineServer.create(this::configure).start();
            started.set(server);
            return server;
        } catch (IllegalArgumentException e) {
            closeStores();
            throw new ParameterException(spec.commandLine(), e.getMessage() + ".", e);
        } catch (IOException e) {
            closeStores();
            throw new CommandFailure(FileFault.sentence(e), e);
        }
    }

    private void seeWhoMayCome() {
        if (insecure) return;
        ServerSettings said = settings;
        if (said == null && apiKey == null)
            throw new ParameterException(
                    spec.commandLine(),
                    ServerSettings.NOBODY + ": give --config, or --insecure, or --api-key for the HTTP API alone.");
        if (said == null) log.warn("without --config {}", ServerSettings.NO_CLIENT);
        else said.checkWhoMayCome(apiKey == null ? ServerSettings.Beside.NOTHING : ServerSettings.Beside.API_KEY);
    }

    private void closeStores() {
        if (disk != null) disk.close();
        if (redis != null) redis.close();
        if (loops != null) loops.close();
    }

    private @Nullable RedisStore redis() throws IOException {
        RedisOptions inFile = settings == null ? null : settings.redis();
        RedisOptions options = redisAddress == null ? inFile : RedisOptions.at(redisAddress);
        if (options == null) return null;
        if (disk != null)
            throw new IllegalArgumentException(
                    "logs are either in a directory of this server or in Redis, not in both");
        loops = EventLoops.start(listen.transport(), Runtime.getRuntime().availableProcessors());
        return RedisStore.connect(options, loops.loop(0).parent());
    }

    private void configure(ServerOptions listener) {
        TlsOptions inFile = settings == null ? null : settings.tls();
        if (inFile != null) listener.tls(inFile);
        listen.configure(listener);
    }

    private @Nullable DiskStore disk(AtomicReference<OpenlineServer> server) throws IOException {
        Path directory = data != null || settings == null ? data : settings.dataDirectory();
        String word = durability != null ? durability : settings == null ? "os" : settings.durability();
        if (directory == null) {
            if (durability != null) throw new IllegalArgumentException("--durability is of --data, which is not given");
            return null;
        }
        Durability wanted = switch (word) {
            case "os" -> Durability.OS;
            case "fsync" -> Durability.FSYNC;
            default -> throw new IllegalArgumentException("durability '" + word + "' is neither os nor fsync");
        };
        long most = settings == null ? Long.MAX_VALUE : settings.dataBytes();
        DiskOptions options = DiskOptions.in(directory)
                .durability(wanted)
                .maxBytes(most)
                .retention(channel -> retention(server.get(), channel));
        try {
            return DiskStore.open(options);
        } catch (FileSystemException e) {
            throw new IOException("the logs can't be kept in " + directory + ": " + FileFault.reason(e), e);
        }
    }

    private static @Nullable Retention retention(@Nullable OpenlineServer running, String channel) {
        ChannelOptions options = running == null ? null : running.optionsOf(channel);
        return options == null || !options.logged()
                ? null
                : new Retention(options.historyTtl(), options.historyMetaTtl());
    }

    private static Map<String, Long> metrics(DiskStore.Statistics of) {
        return Map.of(
                "store.commits", of.commits(),
                "store.publications", of.publications(),
                "store.refused", of.failures(),
                "store.waiting", (long) of.waiting());
    }

    private static Map<String, Long> metrics(RedisStore.Statistics of) {
        return Map.of(
                "redis.published", of.published(),
                "redis.refused", of.refused(),
                "redis.heard", of.heard(),
                "redis.disconnects", of.disconnects(),
                "redis.followed", of.followed(),
                "redis.reachable", of.reachable() ? 1L : 0L);
    }

    /** They outlive the server where the logs do. */
    private static Revocations revocations(DiskStore disk) {
        return Revocations.over(disk.revocations(), Revocations.DEFAULT_MAX_ENTRIES, Instant.now());
    }

    private void configure(OpenlineOptions options) {
        if (settings != null) settings.configure(options);
        DiskStore here = disk;
        if (here != null)
            options.logs(here::onLoop).revocations(revocations(here)).metrics(() -> metrics(here.statistics()));
        RedisStore there = redis;
        if (there != null)
            options.sharedLogs(there::onLoop, there::isReachable)
                    .revocations(Revocations.over(there.revocations(), Revocations.DEFAULT_MAX_ENTRIES, Instant.now()))
                    .metrics(() -> metrics(there.statistics()));
        if (loops != null) options.loops(loops);
        host = settings == null || settings.host() == null || listen.hostIsGiven() ? listen.host() : settings.host();
        Integer inFile = settings == null ? null : settings.port();
        options.host(host)
                .port(port != null ? port : inFile != null ? inFile : DEFAULT_PORT)
                .transport(listen.transport())
                .listener(this::configure);
        ChannelOptions unnamed =
                channels == null && settings == null ? new ChannelRule().convert(DEFAULT_RULE) : channels;
        if (unnamed != null) options.withoutNamespace(unnamed);
        for (NamespaceRule rule : namespaces) options.namespace(rule.name(), rule.options());
        if (insecure) options.insecure();
        if (apiKey != null) options.apiKey(apiKey);
        for (String origin : origins) {
            if (origin.equals(ANY_ORIGIN)) options.insecureAnyOrigin();
            else options.allowOrigin(origin);
        }
    }
}
