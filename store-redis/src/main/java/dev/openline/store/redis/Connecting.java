package dev.openline.store.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.lettuce.core.resource.Delay;
import io.lettuce.core.resource.NettyCustomizer;
import io.netty.channel.Channel;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.netty.handler.timeout.ReadTimeoutHandler;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Connects to Redis as the options say, and looks whether it can be used. */
final class Connecting {
    private static final int MOST_FLUSHED_TOGETHER = 256;
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);
    private static final Duration TOPOLOGY_PERIOD = Duration.ofSeconds(5);

    private final RedisOptions options;
    private final ClientResources resources;

    private Connecting(RedisOptions options) {
        this.options = options;
        this.resources = DefaultClientResources.builder()
                .ioThreadPoolSize(2)
                .computationThreadPoolSize(2)
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
    record Connected(Links links, ClientResources resources, Runnable end) {}

    /** @throws IOException with a sentence that says why it can't be used */
    static Connected to(RedisOptions options, Link.Listener listener) throws IOException {
        Connecting connecting = new Connecting(options);
        try {
            return options.kind() == RedisOptions.Kind.CLUSTER
                    ? connecting.cluster(listener)
                    : connecting.one(listener);
        } catch (IOException | RuntimeException fault) {
            connecting.resources.shutdown(0, 1, TimeUnit.SECONDS);
            throw fault instanceof IOException said ? said : Fitness.unreachable(connecting.where(), fault);
        }
    }

    private String where() {
        List<String> names = new ArrayList<>();
        for (String address : options.addresses()) {
            URI uri = URI.create(address);
            names.add(uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort()));
        }
        return String.join(", ", names);
    }

    private Connected one(Link.Listener listener) throws IOException {
        RedisClient client = RedisClient.create(resources, uri());
        try {
            client.setOptions(common(ClientOptions.builder()).build());
            var asking = client.connect(ByteArrayCodec.INSTANCE);
            Fitness.check(where(), asking.sync(), options);
            var hearing = client.connectPubSub(ByteArrayCodec.INSTANCE);
            boolean trusted = options.restarts() == RedisOptions.Restarts.LOSE_NOTHING;
            Link link = new Link(where(), asking, hearing, trusted, listener);
            return new Connected(new Links.One(link), resources, () -> end(client::shutdown));
        } catch (IOException | RuntimeException fault) {
            client.shutdown(0, 1, TimeUnit.SECONDS);
            throw fault;
        }
    }

    private Connected cluster(Link.Listener listener) throws IOException {
        List<RedisURI> uris = new ArrayList<>();
        for (String address : options.addresses()) uris.add(withTimeout(RedisURI.create(address)));
        RedisClusterClient client = RedisClusterClient.create(resources, uris);
        try {
            client.setOptions(common(ClusterClientOptions.builder())
                    .topologyRefreshOptions(ClusterTopologyRefreshOptions.builder()
                            .enablePeriodicRefresh(TOPOLOGY_PERIOD)
                            .enableAllAdaptiveRefreshTriggers()
                            .build())
                    .build());
            var asking = client.connect(ByteArrayCodec.INSTANCE);
            for (var node : asking.getPartitions())
                if (node.is(io.lettuce.core.cluster.models.partitions.RedisClusterNode.NodeFlag.UPSTREAM))
                    Fitness.check(
                            node.getUri().getHost() + ":" + node.getUri().getPort(),
                            asking.getConnection(node.getNodeId()).sync(),
                            options);
            var hearing = client.connectPubSub(ByteArrayCodec.INSTANCE);
            return new Connected(
                    new Links.Cluster(client, asking, hearing, listener), resources, () -> end(client::shutdown));
        } catch (IOException | RuntimeException fault) {
            client.shutdown(0, 1, TimeUnit.SECONDS);
            throw fault;
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
        if (options.kind() == RedisOptions.Kind.ALONE)
            return withTimeout(RedisURI.create(options.addresses().get(0)));
        RedisURI first = RedisURI.create(options.addresses().get(0));
        RedisURI all = RedisURI.builder()
                .withSentinelMasterId(String.valueOf(options.sentinelMaster()))
                .withSsl(first.isSsl())
                .withDatabase(first.getDatabase())
                .build();
        for (String address : options.addresses()) all.getSentinels().add(withTimeout(RedisURI.create(address)));
        if (first.getCredentialsProvider() != null) all.setCredentialsProvider(first.getCredentialsProvider());
        return withTimeout(all);
    }

    private RedisURI withTimeout(RedisURI uri) {
        uri.setTimeout(options.timeout());
        uri.setClientName("openline");
        return uri;
    }

    private <B extends ClientOptions.Builder> B common(B builder) {
        builder.disconnectedBehavior(
                        options.whenAway() == RedisOptions.WhenAway.WAIT
                                ? ClientOptions.DisconnectedBehavior.ACCEPT_COMMANDS
                                : ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                // What was under way when the connection broke may have been carried out: it is not said again.
                .replayFilter(command -> true)
                .requestQueueSize(200_000)
                .socketOptions(SocketOptions.builder()
                        .connectTimeout(options.timeout())
                        .tcpNoDelay(true)
                        .keepAlive(true)
                        .build())
                .timeoutOptions(TimeoutOptions.enabled(options.timeout()));
        return builder;
    }
}
