package dev.openline.hooks;

import dev.openline.protocol.Disconnect;
import dev.openline.server.ChannelListener;
import dev.openline.server.Client;
import dev.openline.server.ConnectionListener;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells an application who is gone and which channels are occupied: {@code POST {"events":[…]}}, in the order in which it happened, one request after
 * another. Any status from 200 to 299 means that it has heard, whatever else it says. A request that fails is sent again, later and later; so an application
 * may hear an event twice, and never a newer one before an older. What it does not take at all is dropped; that is counted, and said in the log.
 *
 * <p>Any thread; only {@link #close} waits.
 */
public final class HttpEvents implements ConnectionListener, ChannelListener, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(HttpEvents.class);

    /** Events that wait to be told; at the limit further ones are dropped. */
    public static final int MAX_WAITING = 10_000;

    /** Events in one request. */
    public static final int MAX_IN_A_REQUEST = 100;

    /** How often a request is sent before its events are dropped. */
    public static final int MAX_ATTEMPTS = 8;

    /** How long {@link #close} waits for what is not told yet. */
    public static final Duration FAREWELL = Duration.ofSeconds(1);

    /** Before a request is sent again; doubled each time. */
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);

    private enum State {
        QUIET,
        TELLING,
        /** The farewell is over. */
        GIVEN_UP
    }

    /** Writes one event. */
    private interface Event {
        void write(Question question);
    }

    private final Asker asker;
    private final Predicate<String> ofChannel;
    private final boolean ofConnections;
    private final Duration firstPause;
    // All guarded by this object's lock.
    private final Deque<Event> waiting = new ArrayDeque<>();
    /** Events in the request that is under way, or will be sent again. */
    private int underWay;

    private State state = State.QUIET;
    private boolean closed;
    private long dropped;
    /** Completes when nothing more is to be told. */
    private CompletableFuture<Void> quiet = CompletableFuture.completedFuture(null);

    /**
     * @param endpoint of which the address, the time, the static headers and the bounds count: no client's request stands behind an event
     * @param ofConnections whether clients are told of that are gone
     * @param ofChannel the channels that are told of
     */
    public HttpEvents(HookEndpoint endpoint, boolean ofConnections, Predicate<String> ofChannel) {
        this(endpoint, ofConnections, ofChannel, FIRST_PAUSE);
    }

    HttpEvents(HookEndpoint endpoint, boolean ofConnections, Predicate<String> ofChannel, Duration firstPause) {
        this.asker = new Asker(endpoint, "events");
        this.ofConnections = ofConnections;
        this.ofChannel = ofChannel;
        this.firstPause = firstPause;
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
        if (!takes(event)) asker.say("an event is dropped: " + MAX_WAITING + " wait, or the farewell has begun");
        else if (begins()) tell();
    }

    private synchronized boolean takes(Event event) {
        boolean takes = !closed && waiting.size() < MAX_WAITING;
        if (takes) waiting.add(event);
        else dropped++;
        return takes;
    }

    /** Whether it is to be told from here: it is only once at a time. */
    private synchronized boolean begins() {
        if (state != State.QUIET || waiting.isEmpty()) return false;
        state = State.TELLING;
        quiet = new CompletableFuture<>();
        return true;
    }

    private void tell() {
        List<Event> events = next();
        if (events.isEmpty()) return;
        Question question = new Question(asker.endpoint().form()).beginList("events");
        for (Event event : events) {
            question.beginItem();
            event.write(question);
            question.endItem();
        }
        send(question.endList().end(), 1);
    }

    private synchronized List<Event> next() {
        List<Event> events = new ArrayList<>();
        if (state == State.GIVEN_UP) return events;
        while (!waiting.isEmpty() && events.size() < MAX_IN_A_REQUEST) events.add(waiting.remove());
        underWay = events.size();
        if (underWay == 0) {
            state = State.QUIET;
            quiet.complete(null);
        }
        return events;
    }

    private void send(byte[] question, int attempt) {
        asker.send(question, asker.headers(null, Map.of())).whenComplete((answer, fault) -> {
            if (fault == null && isTaken(answer)) {
                told();
            } else if (attempt >= MAX_ATTEMPTS) {
                log.warn("{} events are dropped: the application did not take them in {} attempts", drop(), attempt);
                told();
            } else {
                long pause = firstPause.toMillis() << (attempt - 1);
                CompletableFuture.delayedExecutor(pause, TimeUnit.MILLISECONDS).execute(() -> {
                    if (!isGivenUp()) send(question, attempt + 1);
                });
            }
        });
    }

    private boolean isTaken(HttpResponse<byte[]> answer) {
        int status = answer.statusCode();
        if (status >= 200 && status <= 299) return true;
        asker.say("it answered with status " + status);
        return false;
    }

    private synchronized boolean isGivenUp() {
        return state == State.GIVEN_UP;
    }

    /** The events under way are no more to be told. */
    private synchronized int drop() {
        int events = underWay;
        dropped += events;
        underWay = 0;
        return events;
    }

    /** Not from within an answer: many of them would make a tower. */
    private void told() {
        CompletableFuture.runAsync(this::tell);
    }

    /** Events that were dropped, for whatever reason. */
    public synchronized long dropped() {
        return dropped;
    }

    /**
     * Waits until everything is told that has happened, for at most {@link #FAREWELL}; what is not told then is dropped, and so is what happens later. To be
     * called once the server is closed, and not on an event loop.
     */
    @Override
    public void close() {
        CompletableFuture<Void> over;
        synchronized (this) {
            if (closed) return;
            closed = true;
            over = quiet;
        }
        try {
            over.get(FAREWELL.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException late) {
            // What remains is counted below.
        }
        int lost = giveUp();
        if (lost > 0) log.warn("{} events are dropped: they were not told within the farewell", lost);
    }

    private synchronized int giveUp() {
        state = State.GIVEN_UP;
        int lost = drop() + waiting.size();
        dropped += waiting.size();
        waiting.clear();
        return lost;
    }
}
