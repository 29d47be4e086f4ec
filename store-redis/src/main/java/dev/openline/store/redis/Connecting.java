package dev.openline.store.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisChannelWriter;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SslOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.pubsub.PubSubEndpoint;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnectionImpl;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.lettuce.core.resource.Delay;
import io.lettuce.core.resource.NettyCustomizer;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.netty.handler.timeout.ReadTimeoutHandler;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Connects to Redis as the options say, and looks whether it can be used. */
final class Connecting {
    private static final int MOST_FLUSHED_TOGETHER = 256;
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);
    private static final Pattern ADDRESS = Pattern.compile("rediss?://[^?#]+");

    private final RedisOptions options;
    private final List<RedisURI> addresses = new ArrayList<>();
    private final SslOptions tls;
    private final ClientResources resources;

    private Connecting(RedisOptions options, @Nullable EventLoopGroup loops) throws IOException {
        this.options = options;
        for (String address : options.addresses()) addresses.add(parsed(address));
        this.tls = options.tls().options(options.timeout());
        // Comes first: Lettuce decides about sockets when it is first used.
        SharedLoops shared = SharedLoops.of(loops);
        DefaultClientResources.Builder builder = DefaultClientResources.builder();
        if (shared == null) builder.ioThreadPoolSize(2);
        else builder.eventLoopGroupProvider(shared);
        this.resources = builder.computationThreadPoolSize(2)
                .reconnectDelay(() -> Delay.fullJitter(Duration.ofMillis(10), LONGEST_PAUSE, 20, TimeUnit.MILLISECONDS))
                .nettyCustomizer(new NettyCustomizer() {
                    @Override
                    public void afterChannelInitialized(Channel channel) {
                        // What many ask at the same time goes out together; who says nothing for so long is gone.
                        channel.pipeline()
                                .addFirst(
                                        new ReadTimeoutHandler(silence(options).toMillis(), TimeUnit.MILLISECONDS))
                                .addFirst(new FlushConsolidationHandler(MOST_FLUSHED_TOGETHER, true));
                    }
                })
                .build();
    }

    /** How long a connection may be silent: longer than any answer is waited for, and than twice the pause between two looks. */
    private static Duration silence(RedisOptions options) {
        return options.timeout().plus(RedisStore.LOOK.multipliedBy(2));
    }

    /** What was connected, and how to end it. */
    record Connected(Links links, Runnable end) {}

    /** @throws IOException with a sentence that says why it can't be used */
    static Connected to(RedisOptions options, @Nullable EventLoopGroup loops, Link.Listener listener)
            throws IOException {
        Connecting connecting = new Connecting(options, loops);
        try {
            return options.kind() == RedisOptions.Kind.CLUSTER
                    ? connecting.cluster(listener)
                    : connecting.one(listener);
        } catch (IOException | RuntimeException fault) {
            connecting.resources.shutdown(0, 1, TimeUnit.SECONDS);
            throw fault instanceof IOException said ? said : Fitness.unreachable(connecting.where(), fault);
        }
    }

    private RedisURI parsed(String address) throws IOException {
        try {
            // Lettuce takes other schemes, and parameters behind a question mark, of which one would turn the checks of
            // certificates off.
            if (ADDRESS.matcher(address).matches()) return withTimeout(RedisURI.create(address));
        } catch (IllegalArgumentException malformed) {
            // Its message has the address in it, and that the password.
        }
        throw new IOException("an address of a Redis is redis://[[user]:password@]host[:port][/database],"
                + " or begins with rediss://.");
    }

    private String where() {
        return addresses.stream().map(Connecting::name).collect(Collectors.joining(", "));
    }

    private Connected one(Link.Listener listener) throws IOException {
        Client client = new Client(resources, uri());
        try {
            client.setOptions(common(ClientOptions.builder()).build());
            var asking = client.connect(ByteArrayCodec.INSTANCE);
            Fitness.check(where(), asking.sync(), options);
            var hearing = client.connectPubSub(ByteArrayCodec.INSTANCE);
            Link link = new Link(where(), asking, hearing, options, listener);
            return new Connected(new Links.One(link), () -> end(client::shutdown));
        } catch (IOException | RuntimeException fault) {
            client.shutdown(0, 1, TimeUnit.SECONDS);
            throw fault;
        }
    }

    private Connected cluster(Link.Listener listener) throws IOException {
        Client client = new Client(resources, addresses.get(0));
        // It is asked who has what, and nothing else.
        RedisClusterClient topology = RedisClusterClient.create(resources, addresses);
        Runnable end = () -> {
            topology.shutdown(0, 2, TimeUnit.SECONDS);
            end(client::shutdown);
        };
        try {
            client.setOptions(common(ClientOptions.builder()).build());
            topology.setOptions(common(ClusterClientOptions.builder()).build());
            for (RedisClusterNode node : topology.getPartitions())
                if (node.is(RedisClusterNode.NodeFlag.UPSTREAM))
                    try (var asking = client.connect(ByteArrayCodec.INSTANCE, uri(node))) {
                        Fitness.check(name(node.getUri()), asking.sync(), options);
                    }
            boolean waits = options.whenAway() == RedisOptions.WhenAway.WAIT;
            var links = new Links.Cluster(topology, node -> open(client, uri(node), listener), waits);
            links.open().join();
            return new Connected(links, end);
        } catch (IOException | RuntimeException fault) {
            topology.shutdown(0, 1, TimeUnit.SECONDS);
            client.shutdown(0, 1, TimeUnit.SECONDS);
            throw fault;
        }
    }

    /** What the cluster says of a server is where it is. How it is spoken to is as with those that we were told of. */
    private RedisURI uri(RedisClusterNode node) {
        RedisURI uri = RedisURI.create(node.getUri().getHost(), node.getUri().getPort());
        uri.applyAuthentication(addresses.get(0));
        uri.applySsl(addresses.get(0));
        return withTimeout(uri);
    }

    private static String name(RedisURI uri) {
        return uri.getHost() + ":" + uri.getPort();
    }

    private CompletionStage<Link> open(Client client, RedisURI uri, Link.Listener listener) {
        return client.connectAsync(ByteArrayCodec.INSTANCE, uri)
                .thenCompose(asking -> client.connectPubSubAsync(ByteArrayCodec.INSTANCE, uri)
                        .thenApply(hearing -> new Link(name(uri), asking, hearing, options, listener))
                        .whenComplete((link, fault) -> {
                            if (fault != null) asking.closeAsync();
                        }));
    }

    /**
     * Lettuce asks for all channels again, in one command, when a connection is back: a server of a cluster refuses that if they have different slots. So we do
     * it ourselves.
     */
    private static final class Client extends RedisClient {
        Client(ClientResources resources, RedisURI uri) {
            super(resources, uri);
        }

        @Override
        protected <K, V> StatefulRedisPubSubConnectionImpl<K, V> newStatefulRedisPubSubConnection(
                PubSubEndpoint<K, V> endpoint, RedisChannelWriter writer, RedisCodec<K, V> codec, Duration timeout) {
            return new StatefulRedisPubSubConnectionImpl<>(endpoint, writer, codec, timeout) {
                @Override
                protected List<RedisFuture<Void>> resubscribe() {
                    return List.of();
                }
            };
        }
    }

    private interface Shutdown {
        void within(long quiet, long most, TimeUnit unit);
    }

    private void end(Shutdown client) {
        client.within(0, 2, TimeUnit.SECONDS);
        resources.shutdown(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(3, TimeUnit.SECONDS);
    }

    private RedisURI uri() {
        RedisURI first = addresses.get(0);
        String master = options.sentinelMaster();
        if (master == null) return first;
        RedisURI.Builder all = RedisURI.builder()
                .withSentinelMasterId(master)
                .withSsl(first.isSsl())
                .withDatabase(first.getDatabase());
        for (RedisURI sentinel : addresses) all.withSentinel(sentinel);
        RedisURI uri = all.build();
        uri.setCredentialsProvider(first.getCredentialsProvider());
        return withTimeout(uri);
    }

    private RedisURI withTimeout(RedisURI uri) {
        uri.setTimeout(options.timeout());
        uri.setClientName("openline");
        return uri;
    }

    private <B extends ClientOptions.Builder> B common(B builder) {
        // What was under way when the connection broke may have been carried out: it is not said again. What comes
        // later
        // waits in Link, which knows how long, and for which life of the server.
        builder.disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .requestQueueSize(200_000)
                .socketOptions(SocketOptions.builder()
                        .connectTimeout(options.timeout())
                        .tcpNoDelay(true)
                        .keepAlive(true)
                        .build())
                .sslOptions(tls)
                .timeoutOptions(TimeoutOptions.enabled(options.timeout()));
        return builder;
    }
}
