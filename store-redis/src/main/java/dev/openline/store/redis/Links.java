package dev.openline.store.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisException;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.lettuce.core.cluster.pubsub.StatefulRedisClusterPubSubConnection;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** Which Redis server has a channel. Any thread. */
sealed interface Links {
    /** The link to the server that has a key. */
    CompletionStage<Link> to(byte[] key);

    /** Those that are in use. */
    Collection<Link> all();

    /**
     * Learns which server has what, if a server has said that it is not the one.
     *
     * @return whether it is of use to ask again; at once or a little later
     */
    CompletionStage<Boolean> learn(Throwable fault);

    /** What tells one arrangement from another. */
    Object arrangement();

    /** One server, whichever it is just now. */
    record One(Link link) implements Links {
        @Override
        public CompletionStage<Link> to(byte[] key) {
            return CompletableFuture.completedFuture(link);
        }

        @Override
        public Collection<Link> all() {
            return List.of(link);
        }

        @Override
        public CompletionStage<Boolean> learn(Throwable fault) {
            return CompletableFuture.completedFuture(false);
        }

        @Override
        public Object arrangement() {
            return link;
        }
    }

    /** The masters of a cluster. */
    final class Cluster implements Links {
        private static final long PAUSE_MILLIS = 100;

        private final RedisClusterClient client;
        private final StatefulRedisClusterConnection<byte[], byte[]> asking;
        private final StatefulRedisClusterPubSubConnection<byte[], byte[]> hearing;
        private final Link.Listener listener;
        private final Map<String, CompletableFuture<Link>> links = new ConcurrentHashMap<>();
        private final Executor later;

        Cluster(
                RedisClusterClient client,
                StatefulRedisClusterConnection<byte[], byte[]> asking,
                StatefulRedisClusterPubSubConnection<byte[], byte[]> hearing,
                Link.Listener listener) {
            this.client = client;
            this.asking = asking;
            this.hearing = hearing;
            this.listener = listener;
            this.later = CompletableFuture.delayedExecutor(
                    PAUSE_MILLIS, TimeUnit.MILLISECONDS, client.getResources().eventExecutorGroup());
        }

        @Override
        public CompletionStage<Link> to(byte[] key) {
            RedisClusterNode node = asking.getPartitions().getMasterBySlot(SlotHash.getSlot(key));
            if (node == null) return CompletableFuture.failedFuture(new RedisException("no server has this slot"));
            CompletableFuture<Link> link = links.computeIfAbsent(node.getNodeId(), id -> open(node));
            // What could not be reached is tried again by whoever comes next.
            if (link.isCompletedExceptionally()) links.remove(node.getNodeId(), link);
            return link;
        }

        private CompletableFuture<Link> open(RedisClusterNode node) {
            String name = node.getUri().getHost() + ":" + node.getUri().getPort();
            return asking.getConnectionAsync(node.getNodeId())
                    .thenCombine(
                            hearing.getConnectionAsync(node.getNodeId()),
                            (one, other) -> new Link(name, one, other, false, listener));
        }

        @Override
        public Collection<Link> all() {
            List<Link> open = new ArrayList<>();
            for (CompletableFuture<Link> link : links.values()) {
                Link done = link.isCompletedExceptionally() ? null : link.getNow(null);
                if (done != null) open.add(done);
            }
            return open;
        }

        @Override
        public CompletionStage<Boolean> learn(Throwable fault) {
            String said = String.valueOf(fault.getMessage());
            boolean elsewhere = fault instanceof RedisCommandExecutionException
                    && (said.startsWith("MOVED")
                            || said.startsWith("ASK")
                            || said.startsWith("TRYAGAIN")
                            || said.startsWith("CLUSTERDOWN")
                            || said.startsWith("READONLY"));
            if (!elsewhere) return CompletableFuture.completedFuture(false);
            return client.refreshPartitionsAsync()
                    .handle((done, problem) -> problem == null)
                    .thenApplyAsync(done -> true, later);
        }

        @Override
        public Object arrangement() {
            List<String> masters = new ArrayList<>();
            for (RedisClusterNode node : asking.getPartitions())
                if (node.is(RedisClusterNode.NodeFlag.UPSTREAM)) masters.add(node.getNodeId() + node.getSlots());
            masters.sort(null);
            return masters;
        }
    }
}
