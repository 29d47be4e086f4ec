package dev.openline.store.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.RedisException;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** Which Redis server has a channel. Any thread. */
sealed interface Links {
    /** The link to the server that has a key. Done, unless there has been none yet. */
    CompletionStage<Link> to(byte[] key);

    /** Those that are in use. */
    Collection<Link> all();

    /**
     * Learns which server has what, if it may have been the wrong one that was asked.
     *
     * @return whether it is of use to ask again; a little later
     */
    CompletionStage<Boolean> learn(Throwable fault);

    /** Looks which servers there are, now and then. */
    void look();

    /** What tells one arrangement from another. */
    Object arrangement();

    /** Whether a server does not do something, and not because another one should. */
    static boolean isRefusal(Throwable fault) {
        String said = said(fault);
        return !said.isEmpty() && !isMoving(said) && !isElsewhere(said);
    }

    private static String said(Throwable fault) {
        return fault instanceof RedisCommandExecutionException ? String.valueOf(fault.getMessage()) : "";
    }

    /**
     * Whether a slot is about to move, and keys are missing where it is still: nowhere can a script make them before it has moved. The last of these is said
     * of a key that the script itself has emptied, which only those do that may be carried out again.
     */
    private static boolean isMoving(String said) {
        return said.startsWith("ASK")
                || said.startsWith("TRYAGAIN")
                || said.contains("attempted to access a non local key");
    }

    private static boolean isElsewhere(String said) {
        return said.startsWith("MOVED") || said.startsWith("CLUSTERDOWN") || said.startsWith("READONLY");
    }

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
            return CompletableFuture.completedFuture(fault instanceof Link.Elsewhere);
        }

        @Override
        public void look() {
            // Sentinels are asked with each new connection.
        }

        @Override
        public Object arrangement() {
            return link;
        }
    }

    /** The masters of a cluster. */
    final class Cluster implements Links {
        /** A refresh that nothing has asked for comes with each so manieth look. */
        private static final int LOOKS = 5;

        private final RedisClusterClient topology;
        private final Function<RedisClusterNode, CompletionStage<Link>> opening;
        private final boolean waits;
        private final Map<String, CompletableFuture<Link>> links = new ConcurrentHashMap<>();
        private CompletableFuture<Void> refresh = CompletableFuture.completedFuture(null);
        private int looks;

        Cluster(RedisClusterClient topology, Function<RedisClusterNode, CompletionStage<Link>> opening, boolean waits) {
            this.topology = topology;
            this.opening = opening;
            this.waits = waits;
        }

        @Override
        public CompletionStage<Link> to(byte[] key) {
            RedisClusterNode node = topology.getPartitions().getMasterBySlot(SlotHash.getSlot(key));
            if (node == null) return CompletableFuture.failedFuture(new RedisException("no server has this slot"));
            return to(node);
        }

        private CompletableFuture<Link> to(RedisClusterNode node) {
            CompletableFuture<Link> link =
                    links.computeIfAbsent(key(node), any -> opening.apply(node).toCompletableFuture());
            // What could not be reached is tried again by whoever comes next.
            if (link.isCompletedExceptionally()) links.remove(key(node), link);
            return link;
        }

        /** With its address, which may change. */
        private static String key(RedisClusterNode node) {
            return node.getNodeId() + "@" + node.getUri().getHost() + ":"
                    + node.getUri().getPort();
        }

        /** Opens the links to all masters, so that nobody has to wait for it. */
        CompletableFuture<Void> open() {
            return CompletableFuture.allOf(masters().stream().map(this::to).toArray(CompletableFuture[]::new));
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
            String said = said(fault);
            // Who has the slot is known. When it has moved, the answer is another one.
            if (isMoving(said)) return CompletableFuture.completedFuture(true);
            boolean elsewhere = fault instanceof Link.Elsewhere
                    || isElsewhere(said)
                    || waits && fault instanceof RedisConnectionException;
            if (!elsewhere) return CompletableFuture.completedFuture(false);
            return refresh().thenApply(done -> true);
        }

        /** One at a time: it asks every server. */
        private synchronized CompletableFuture<Void> refresh() {
            if (refresh.isDone())
                refresh = topology.refreshPartitionsAsync()
                        .toCompletableFuture()
                        .exceptionally(unknown -> null)
                        // Not here: links have locks of their own.
                        .thenRunAsync(this::arrange);
            return refresh;
        }

        /** Ends the links to those that are no masters any more. */
        private void arrange() {
            Set<String> masters = new HashSet<>();
            for (RedisClusterNode node : masters()) masters.add(key(node));
            for (String key : links.keySet()) {
                if (masters.contains(key)) continue;
                CompletableFuture<Link> link = links.remove(key);
                if (link != null) link.thenAccept(Link::close);
            }
            open();
        }

        private List<RedisClusterNode> masters() {
            return topology.getPartitions().stream()
                    .filter(node -> node.is(RedisClusterNode.NodeFlag.UPSTREAM)
                            && !node.getSlots().isEmpty())
                    .toList();
        }

        @Override
        public void look() {
            looks++;
            if (looks % LOOKS == 0 || !all().stream().allMatch(Link::isOpen)) refresh();
        }

        @Override
        public Object arrangement() {
            return masters().stream()
                    .map(node -> key(node) + node.getSlots())
                    .sorted()
                    .toList();
        }
    }
}
