package dev.openline.store.redis;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The channels that are followed, and where: each is asked for until it is heard, and again when it is not heard any more. Any thread. */
final class Hearing implements Link.Listener {
    private static final Logger log = LoggerFactory.getLogger(RedisStore.class);

    private final ScheduledExecutorService clock;
    private final Supplier<Links> links;
    /** By the name of the notification channel. */
    private final Map<String, Following> followed = new ConcurrentHashMap<>();

    final LongAdder heard = new LongAdder();
    final LongAdder disconnects = new LongAdder();

    private enum State {
        ASKED,
        HEARS,
        DEAF
    }

    /** A channel that is followed, by whom, and where. */
    private static final class Following {
        final byte[] channel;
        final View view;
        final String name;
        volatile @Nullable Link link;
        private State state = State.ASKED;

        Following(byte[] channel, View view, String name) {
            this.channel = channel;
            this.view = view;
            this.name = name;
        }

        synchronized boolean hears() {
            return state == State.HEARS;
        }

        synchronized void listening() {
            if (state != State.HEARS) view.listening(name);
            state = State.HEARS;
        }

        synchronized void deaf() {
            if (state != State.DEAF) view.deaf(name);
            state = State.DEAF;
        }
    }

    /** @param links are looked for when the first channel is followed */
    Hearing(ScheduledExecutorService clock, Supplier<Links> links) {
        this.clock = clock;
        this.links = links;
    }

    int size() {
        return followed.size();
    }

    void follow(byte[] channel, String name, View view) {
        Following following = new Following(channel, view, name);
        followed.put(key(channel), following);
        ask(following);
    }

    void unfollow(byte[] channel) {
        Following following = followed.remove(key(channel));
        Link link = following == null ? null : following.link;
        if (link != null) link.unfollow(channel);
    }

    private static String key(byte[] channel) {
        return new String(channel, StandardCharsets.UTF_8);
    }

    private @Nullable Following following(byte[] channel) {
        return followed.get(key(channel));
    }

    private boolean isFollowed(Following following) {
        return following(following.channel) == following;
    }

    private void ask(Following following) {
        links.get()
                .to(following.channel)
                .thenCompose(link -> {
                    following.link = link;
                    // It may have been given up before it was known where it is.
                    return isFollowed(following)
                            ? link.follow(following.channel)
                            : CompletableFuture.<@Nullable Void>completedFuture(null);
                })
                .whenComplete((done, fault) -> {
                    if (fault != null) notAsked(following, RedisStore.cause(fault));
                });
    }

    private void notAsked(Following following, Throwable fault) {
        following.deaf();
        links.get().learn(fault).whenComplete((learnt, problem) -> {
            boolean soon = problem == null && learnt;
            later(() -> askAgain(following), soon ? RedisStore.PAUSE_MILLIS : RedisStore.LOOK.toMillis());
        });
    }

    private void askAgain(Following following) {
        if (isFollowed(following) && !following.hears()) ask(following);
    }

    private void later(Runnable task, long millis) {
        try {
            clock.schedule(task, millis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException ended) {
            // Nobody follows anything any more.
        }
    }

    /** Asks another server for those that have moved there. */
    void move() {
        for (Following following : followed.values()) {
            Link before = following.link;
            links.get().to(following.channel).whenComplete((link, fault) -> {
                if (fault != null || link == before || !isFollowed(following)) return;
                following.deaf();
                if (before != null) before.unfollow(following.channel);
                ask(following);
            });
        }
    }

    @Override
    public void heard(byte[] channel, byte[] news) {
        heard.increment();
        Following following = following(channel);
        if (following != null) following.view.heard(following.name, news);
    }

    @Override
    public void listening(Link link, byte[] channel) {
        Following following = following(channel);
        if (following != null && following.link == link) following.listening();
    }

    @Override
    public void deaf(Link link) {
        disconnects.increment();
        if (!clock.isShutdown()) log.warn("the Redis at {} can't be heard", link.name());
        for (Following following : followed.values()) if (following.link == link) following.deaf();
    }

    @Override
    public void back(Link link) {
        for (Following following : followed.values()) if (following.link == link) ask(following);
    }

    /** Also answers {@link #unfollow}; then, if it is followed anew, the answer to that is still to come. */
    @Override
    public void gone(Link link, byte[] channel) {
        Following following = following(channel);
        if (following == null || following.link != link || !following.hears()) return;
        following.deaf();
        later(() -> askAgain(following), 0);
    }
}
