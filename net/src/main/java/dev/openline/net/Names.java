package dev.openline.net;

import io.netty.util.NetUtil;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Looks names up as the JDK does (hosts file, name service, its caches), which blocks, so never on an event loop. At most {@value
 * #MAX_THREADS} lookups run at once, and only while there are some; at most {@value #MAX_WAITING} further names wait, one more fails.
 * Those who ask for a name that is being looked up share its answer, so ten thousand dials of one name are one lookup.
 */
final class Names {
    static final int MAX_THREADS = 4;
    static final int MAX_WAITING = 1024;
    private static final int IDLE_SECONDS = 10;

    /** For the whole process. */
    static final Names SYSTEM = new Names(pool(), name -> List.of(InetAddress.getAllByName(name)));

    /** Answers at least one address or throws. */
    interface Source {
        List<InetAddress> addressesOf(String name) throws UnknownHostException, InterruptedException;
    }

    private final Executor executor;
    private final Source source;
    private final Map<String, CompletableFuture<List<InetAddress>>> asked = new ConcurrentHashMap<>();

    Names(Executor executor, Source source) {
        this.executor = executor;
        this.source = source;
    }

    private static Executor pool() {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                MAX_THREADS,
                MAX_THREADS,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(MAX_WAITING),
                new DefaultThreadFactory("openline-names", true));
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    /** The addresses of a host; at once if it is written as one. Fails with {@link UnknownHostException}. */
    CompletionStage<List<InetAddress>> lookUp(String host) {
        byte[] literal = NetUtil.createByteArrayFromIpAddressString(host);
        if (literal != null) return literal(host, literal);
        CompletableFuture<List<InetAddress>> mine = new CompletableFuture<>();
        CompletableFuture<List<InetAddress>> earlier = asked.putIfAbsent(host, mine);
        if (earlier != null) return earlier;
        try {
            executor.execute(() -> answer(host, mine));
        } catch (RejectedExecutionException full) {
            asked.remove(host, mine);
            mine.completeExceptionally(new UnknownHostException("too many names are being looked up"));
        }
        return mine;
    }

    private void answer(String host, CompletableFuture<List<InetAddress>> to) {
        try {
            List<InetAddress> addresses = source.addressesOf(host);
            asked.remove(host, to);
            to.complete(addresses);
        } catch (UnknownHostException | InterruptedException | RuntimeException | Error fault) {
            asked.remove(host, to);
            to.completeExceptionally(fault);
        }
    }

    private static CompletionStage<List<InetAddress>> literal(String host, byte[] bytes) {
        try {
            return CompletableFuture.completedFuture(List.of(InetAddress.getByAddress(host, bytes)));
        } catch (UnknownHostException impossible) {
            return CompletableFuture.failedFuture(impossible);
        }
    }
}
