package dev.openline.hooks;

import dev.openline.protocol.Disconnect;
import dev.openline.server.ChannelListener;
import dev.openline.server.Client;
import dev.openline.server.ConnectionListener;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells an application who is gone and which channels are occupied: {@code POST {"events":[…]}}, in the order in which it happened, one request after
 * another. A request that fails is sent again, later and later; so an application may hear an event twice, and never a newer one before an older. What it does
 * not take at all is dropped, and that is said in the log.
 *
 * <p>Any thread; never blocks.
 */
public final class HttpEvents implements ConnectionListener, ChannelListener, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(HttpEvents.class);

    /** Events that wait to be told; at the limit further ones are dropped. */
    public static final int MAX_WAITING = 10_000;

    /** Events in one request. */
    public static final int MAX_IN_A_REQUEST = 100;

    /** How often a request is sent before its events are dropped. */
    public static final int MAX_ATTEMPTS = 8;

    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

    /** Writes one event. */
    private interface Event {
        void write(Question question);
    }

    private final Asker asker;
    private final Predicate<String> ofChannel;
    private final boolean ofConnections;
    // All guarded by this object's lock.
    private final Deque<Event> waiting = new ArrayDeque<>();
    private boolean telling;
    private boolean closed;
    private long dropped;

    /**
     * @param ofConnections whether clients are told of that are gone
     * @param ofChannel the channels that are told of
     */
    public HttpEvents(HookEndpoint endpoint, boolean ofConnections, Predicate<String> ofChannel) {
        this.asker = new Asker(endpoint, "events");
        this.ofConnections = ofConnections;
        this.ofChannel = ofChannel;
    }

    @Override
    public void connected(Client client) {}

    @Override
    public void disconnected(Client client, @Nullable Disconnect why) {
        if (!ofConnections) return;
        long now = System.currentTimeMillis();
        add(question -> {
            question.with("type", "disconnected")
                    .with("time", now)
                    .about(client.id(), client.transport(), client.encoding())
                    .with("user", client.user());
            if (why != null) question.with("code", why.code()).with("reason", why.reason());
            if (asker.endpoint().meta() == HookEndpoint.Meta.INCLUDED) question.withPayload("meta", client.meta());
        });
    }

    @Override
    public void occupied(String channel) {
        channel("occupied", channel);
    }

    @Override
    public void vacated(String channel) {
        channel("vacated", channel);
    }

    private void channel(String type, String channel) {
        if (!ofChannel.test(channel)) return;
        long now = System.currentTimeMillis();
        add(question -> question.with("type", type).with("time", now).with("channel", channel));
    }

    private void add(Event event) {
        synchronized (this) {
            if (closed) return;
            if (waiting.size() >= MAX_WAITING) {
                if (dropped++ == 0) log.warn("events are dropped: {} wait to be told", MAX_WAITING);
                return;
            }
            waiting.add(event);
            if (telling) return;
            telling = true;
        }
        tell();
    }

    private void tell() {
        List<Event> events = new ArrayList<>();
        synchronized (this) {
            while (!waiting.isEmpty() && events.size() < MAX_IN_A_REQUEST) events.add(waiting.remove());
            if (events.isEmpty() || closed) {
                telling = false;
                return;
            }
        }
        Question question = new Question(asker.endpoint().form()).beginList("events");
        for (Event event : events) {
            question.beginItem();
            event.write(question);
            question.endItem();
        }
        send(question.endList().end(), events.size(), 1);
    }

    private void send(byte[] question, int events, int attempt) {
        asker.ask(question, asker.headers(null, java.util.Map.of())).whenComplete((reply, fault) -> {
            if (fault == null) {
                told();
            } else if (attempt >= MAX_ATTEMPTS || isClosed()) {
                synchronized (this) {
                    dropped += events;
                }
                log.warn("{} events are dropped: the application did not take them in {} attempts", events, attempt);
                told();
            } else {
                long pause = Math.min(LONGEST_PAUSE.toMillis(), FIRST_PAUSE.toMillis() << (attempt - 1));
                CompletableFuture.delayedExecutor(pause, TimeUnit.MILLISECONDS)
                        .execute(() -> send(question, events, attempt + 1));
            }
        });
    }

    /** Not from within an answer: many of them would make a tower. */
    private void told() {
        CompletableFuture.runAsync(this::tell);
    }

    /** Events that were dropped, for whatever reason. */
    public synchronized long dropped() {
        return dropped;
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    /** Tells nothing more. */
    @Override
    public synchronized void close() {
        closed = true;
        waiting.clear();
    }
}
