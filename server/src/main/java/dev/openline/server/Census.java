package dev.openline.server;

import dev.openline.net.EventLoops;
import dev.openline.net.Surroundings;
import dev.openline.protocol.ApiCall;
import dev.openline.protocol.ApiReply;
import dev.openline.protocol.ApiResult;
import dev.openline.protocol.ErrorReply;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Counts and lists what the loops of the server have: each loop is asked on its own thread, and the answers are put together. */
final class Census {
    private final Connections connections;
    private final LoopHub[] hubs;
    private final EventLoops loops;
    private final ApiLimits limits;
    private final Supplier<Map<String, Long>> metrics;
    private final String node;
    private final String name;
    private final long startedNanos = Surroundings.nanoTime();

    // More than 4 parameters because these are what is counted, and under which names.
    Census(Connections connections, LoopHub[] hubs, EventLoops loops, OpenlineOptions options, String node) {
        this.node = node;
        this.metrics = options.metrics();
        this.connections = connections;
        this.hubs = hubs;
        this.loops = loops;
        this.limits = options.api().limits();
        this.name = options.nodeName();
    }

    /** What each loop answers, in their order. */
    private <T> CompletionStage<List<T>> ask(Function<LoopHub, T> question) {
        CompletionStage<List<T>> all = CompletableFuture.completedStage(List.of());
        for (LoopHub hub : hubs) {
            CompletableFuture<T> answer = new CompletableFuture<>();
            loops.loop(hub.index()).execute(() -> {
                try {
                    answer.complete(question.apply(hub));
                } catch (RuntimeException fault) {
                    answer.completeExceptionally(fault);
                }
            });
            all = all.thenCombine(answer, Census::with);
        }
        return all;
    }

    private static <T> List<T> with(List<T> some, T one) {
        List<T> more = new ArrayList<>(some);
        more.add(one);
        return more;
    }

    CompletionStage<ApiReply<ApiResult.Channels>> channels(String pattern) {
        Predicate<String> wanted = Glob.of(pattern);
        return ask(hub -> hub.subscribers(wanted)).thenApply(parts -> {
            Map<String, Integer> channels = new TreeMap<>();
            parts.forEach(channels::putAll);
            if (channels.size() > limits.maxListedChannels())
                return new ApiReply.Failed<>(tooMany(limits.maxListedChannels()));
            return new ApiReply.Done<>(new ApiResult.Channels(channels));
        });
    }

    static ErrorReply tooMany(int most) {
        return new ErrorReply(
                ErrorReply.BAD_REQUEST.code(),
                "more channels than maxListedChannels (" + most + ") fit the pattern",
                false);
    }

    CompletionStage<ApiReply<ApiResult.Info>> info() {
        return ask(hub -> hub.subscribers(channel -> true)).thenApply(parts -> {
            int channels = parts.stream().mapToInt(Map::size).sum();
            int subscriptions = parts.stream()
                    .flatMap(part -> part.values().stream())
                    .mapToInt(Integer::intValue)
                    .sum();
            long uptime = (Surroundings.nanoTime() - startedNanos) / 1_000_000_000L;
            return new ApiReply.Done<>(new ApiResult.Info(List.of(new ApiResult.Node(
                    node,
                    name,
                    OpenlineServer.version(),
                    connections.count(),
                    connections.userCount(),
                    subscriptions,
                    channels,
                    uptime,
                    new TreeMap<>(metrics.get())))));
        });
    }

    /** Client ids have the order of their text; a page goes on after the last id of the one before, whether that is still there or not. */
    CompletionStage<ApiReply<ApiResult.Connections>> connections(ApiCall.Connections call) {
        if (!call.cursor().isEmpty() && !isId(call.cursor()))
            return CompletableFuture.completedStage(
                    new ApiReply.Failed<>(ErrorReply.badRequest("cursor is none that was answered")));
        Predicate<String> wanted = Glob.of(call.pattern());
        List<SessionLine> lines = connections.after(call.cursor(), call.user());
        int limit = call.limit() == 0 ? limits.maxConnectionsPage() : call.limit();
        CompletableFuture<ApiReply<ApiResult.Connections>> reply = new CompletableFuture<>();
        next(new Listing(lines, call.pattern().isEmpty() ? null : wanted, limit, reply), 0);
        return reply;
    }

    private static boolean isId(String cursor) {
        try {
            return UUID.fromString(cursor).toString().equals(cursor);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** A page in the making: of these lines, those with a channel that is wanted, or all. */
    private record Listing(
            List<SessionLine> lines,
            @Nullable Predicate<String> wanted,
            int limit,
            List<ApiResult.Connection> found,
            CompletableFuture<ApiReply<ApiResult.Connections>> reply) {
        Listing(
                List<SessionLine> lines,
                @Nullable Predicate<String> wanted,
                int limit,
                CompletableFuture<ApiReply<ApiResult.Connections>> reply) {
            this(lines, wanted, limit, new ArrayList<>(), reply);
        }
    }

    /** One line after the other, each on its loop, so that a page of thousands holds up no loop for long. */
    private void next(Listing listing, int index) {
        if (index == listing.lines.size() || listing.found.size() == listing.limit) {
            String cursor = index == listing.lines.size()
                    ? ""
                    : listing.found.get(listing.found.size() - 1).client();
            listing.reply.complete(new ApiReply.Done<>(new ApiResult.Connections(listing.found, cursor)));
            return;
        }
        SessionLine line = listing.lines.get(index);
        line.onLoop(session -> {
            if (session.isConnected() && isWanted(listing, session)) listing.found.add(line.described());
            next(listing, index + 1);
        });
    }

    private static boolean isWanted(Listing listing, Session session) {
        Predicate<String> wanted = listing.wanted;
        return wanted == null || session.subscriptions().keySet().stream().anyMatch(wanted);
    }
}
