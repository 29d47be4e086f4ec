package dev.openline.client;

import dev.openline.protocol.Command;
import dev.openline.protocol.Direction;
import dev.openline.protocol.KeyedPublish;
import dev.openline.protocol.Payload;
import dev.openline.protocol.Result;
import dev.openline.protocol.StreamPosition;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A client of channels. Lines break; it dials again, subscribes again and asks for what was missed, so an application hears each
 * publication once and in order, or is told that some are gone.
 *
 * <pre>{@code
 * try (var client = OpenlineClient.to("ws://localhost:8000").connect()) {
 *     var news = client.subscribe("news", publication -> System.out.println(publication.data().text()));
 *     news.publish("{\"headline\":\"hello\"}");
 *     System.in.read(); // until Enter
 * }
 * }</pre>
 *
 * <p>All methods may be called from any thread and none but {@link #close} blocks. Listeners are called on one event loop, and so is what
 * hangs on the stages of calls; none of it may block. The client has no other thread.
 *
 * <p>A call that can't be sent yet waits for a session, within the command timeout. How it ends is its stage: with a result, or
 * exceptionally with {@link CallRefused}, {@link CallLost} or {@link CallNotSent}.
 *
 * <p>A {@link #publish publish} is different: it waits in the outbox for as long as it takes, is sent again after a redial, and is applied
 * once.
 *
 * <p>A listener that is slow slows its client down: while it runs, nothing else of this client happens on the loop, what the server sends waits
 * in the loop's memory and then in the server's, and after a while the server ends the line or lets the subscription fall behind and
 * recover. Work that takes longer than some milliseconds belongs on another thread.
 */
public final class OpenlineClient implements AutoCloseable {
    /** How long {@link #close} waits for the server to answer the goodbye. */
    private static final long FAREWELL_MILLIS = 1_000;

    private final Driver driver;
    private final CallGate gate;
    private final OutboxGate outbox;
    private final OutboxOptions limits;
    private final boolean ownsLoops;

    /** Those that may be heard again, by channel. */
    private final Map<String, Subscription> subscriptions = new ConcurrentHashMap<>();

    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile ConnectionState state = ConnectionState.DISCONNECTED;

    private OpenlineClient(URI address, OpenlineClientOptions options) {
        this.gate = options.gate();
        this.ownsLoops = options.ownsLoops();
        this.limits = options.outbox();
        this.outbox = limits.gate();
        this.driver = new Driver(this, address, options, gate, outbox);
    }

    /** A client for the server at {@code address}, which may leave out the path; see {@link #to(URI, Consumer)}. */
    public static OpenlineClient to(String address) {
        return to(URI.create(address), o -> {});
    }

    /** A client for the server at {@code address}, which may leave out the path; see {@link #to(URI, Consumer)}. */
    public static OpenlineClient to(String address, Consumer<OpenlineClientOptions> configure) {
        return to(URI.create(address), configure);
    }

    /**
     * A client that is not connected yet. Every client is to be closed.
     *
     * @param address {@code ws://host[:port][/path]}, or {@code wss://…} for TLS; without a path {@code /connection/websocket}
     * @throws IllegalArgumentException for any other kind of address, or for options that are not valid
     */
    public static OpenlineClient to(URI address, Consumer<OpenlineClientOptions> configure) {
        OpenlineClientOptions options = new OpenlineClientOptions();
        configure.accept(options);
        return new OpenlineClient(options.dialled(address), options);
    }

    /**
     * Begins to dial, and goes on until {@link #disconnect}, {@link #close}, or an answer of the server that forbids it. Does not wait.
     *
     * @return this client
     * @throws IllegalStateException if it is closed
     */
    public OpenlineClient connect() {
        requireOpen();
        driver.connect();
        return this;
    }

    /** Closes the line and dials no more. Subscriptions stay, and go on after the next {@link #connect} where they stopped. */
    public void disconnect() {
        driver.disconnect();
    }

    /** Whether there is a session; as the listener was last told. */
    public ConnectionState state() {
        return state;
    }

    /**
     * Subscribes to a channel, now or as soon as there is a session.
     *
     * @throws IllegalStateException if there is a subscription to the channel that is not over, or if the client is closed
     * @throws IllegalArgumentException if {@code channel} is empty or not valid Unicode
     */
    public Subscription subscribe(String channel, SubscriptionListener listener) {
        return subscribe(channel, listener, o -> {});
    }

    /** Subscribes with options; see {@link #subscribe(String, SubscriptionListener)}. */
    public Subscription subscribe(String channel, SubscriptionListener listener, Consumer<SubscribeOptions> configure) {
        requireOpen();
        SubscribeOptions options = new SubscribeOptions();
        configure.accept(options);
        Cursor cursor = options.cursor(Texts.requireChannel(channel));
        Subscription subscription = new Subscription(this, cursor, listener, options.tokens());
        if (subscriptions.putIfAbsent(channel, subscription) != null) {
            throw new IllegalStateException("there is a subscription to " + channel + " already");
        }
        driver.subscribe(subscription);
        return subscription;
    }

    /**
     * Publishes one JSON value, exactly once and in order: see {@link #publish(String, Payload)}.
     *
     * @throws IllegalArgumentException if {@code json} is not one JSON value, or {@code channel} no name
     */
    public CompletableFuture<Optional<StreamPosition>> publish(String channel, String json) {
        return publish(channel, Payload.json(json));
    }

    /**
     * Publishes through the outbox: takes the payload, sends it as soon as there is a session, and again with every session until the server
     * has acknowledged it. It is applied once, and after all that was published on the same channel before. Does not wait.
     *
     * <p>The future completes on the client's event loop: with the publication's position, empty in a channel without a log; or
     * exceptionally with
     *
     * <ul>
     *   <li>{@link OutboxFull} at once, if {@code maxPending} or {@code maxPendingBytes} is reached;
     *   <li>{@link CallNotSent} at once if it is larger than {@code maxPublishBytes}, or if the client was closed before it was sent;
     *   <li>{@link CallRefused} if the server refused it for good, {@link OutboxUnsupported} if it has no outbox for clients;
     *   <li>{@link CallLost} if it may have been applied, and nobody will know: it was sent, and the client was closed, or no answer came
     *       within the {@code idempotencyWindow}.
     * </ul>
     *
     * After each of them the next publish of the channel goes on. Cancelling the future takes nothing back.
     *
     * @throws IllegalArgumentException if {@code data} is not one JSON value, or {@code channel} no name
     */
    public CompletableFuture<Optional<StreamPosition>> publish(String channel, Payload data) {
        Texts.requireChannel(channel);
        if (!data.isJson()) throw new IllegalArgumentException("a payload that is not one JSON value");
        Outgoing outgoing = new Outgoing(
                channel, KeyedPublish.argument(channel, data, limits.keys().get()), Home.now());
        CallNotSent refusal = refusal(outgoing);
        if (refusal != null) outgoing.outcome().completeExceptionally(refusal);
        else driver.publish(outgoing);
        return outgoing.outcome();
    }

    private @Nullable CallNotSent refusal(Outgoing outgoing) {
        if (closed.get()) return new CallNotSent(outgoing.what(), "the client is closed");
        if (outgoing.bytes() > limits.maxPublishBytes()) {
            return new CallNotSent(
                    outgoing.what(),
                    "its " + outgoing.bytes() + " bytes are more than " + limits.maxPublishBytes()
                            + " (maxPublishBytes)");
        }
        String full = outbox.enter(outgoing);
        return full == null ? null : new OutboxFull(outgoing.what(), full);
    }

    /** What waits in the outbox now. */
    public Pending pending() {
        return outbox.pending(Home.now());
    }

    /**
     * Publishes with a single try, by the protocol's own command, which every server has and which tells no position. Like every call it fails
     * with {@link CallLost} if the line breaks before the answer, and it may overtake what waits in the outbox. On JSON lines the payload
     * must be one JSON value: a server closes the line, for good, on anything else.
     */
    public CompletionStage<Result.PublishResult> tryPublish(String channel, Payload data) {
        Texts.requireChannel(channel);
        return call(
                "publish to " + channel,
                Result.PublishResult.class,
                data.size(),
                id -> new Command.Publish(id, channel, data));
    }

    /**
     * Reads a channel's log.
     *
     * @param limit how many publications at most; 0 for the position alone, negative for as many as the server gives
     * @param since after this position (before it, newest first); null: from the end that the direction begins with
     */
    public CompletionStage<Result.HistoryResult> history(
            String channel, int limit, Direction direction, @Nullable StreamPosition since) {
        Texts.requireChannel(channel);
        return call(
                "history of " + channel,
                Result.HistoryResult.class,
                0,
                id -> new Command.History(id, channel, limit, since, direction));
    }

    /**
     * Walks through a channel's log, page by page.
     *
     * @param pageSize how many publications to ask for at a time, at least 1; a server may give fewer
     * @param since after this position (before it, newest first); null: from the end that the direction begins with
     */
    public HistoryPages historyPages(
            String channel, int pageSize, Direction direction, @Nullable StreamPosition since) {
        Texts.requireChannel(channel);
        if (pageSize < 1) throw new IllegalArgumentException("pageSize " + pageSize + " < 1");
        return new HistoryPages(from -> history(channel, pageSize, direction, from), direction, since);
    }

    /** Who is on a channel. */
    public CompletionStage<Result.PresenceResult> presence(String channel) {
        Texts.requireChannel(channel);
        return call("presence of " + channel, Result.PresenceResult.class, 0, id -> new Command.Presence(id, channel));
    }

    /** How many are on a channel. */
    public CompletionStage<Result.PresenceStatsResult> presenceStats(String channel) {
        Texts.requireChannel(channel);
        return call(
                "presence stats of " + channel,
                Result.PresenceStatsResult.class,
                0,
                id -> new Command.PresenceStats(id, channel));
    }

    /**
     * Calls a method of the server.
     *
     * @param data its argument, one JSON value; null for none
     */
    public CompletionStage<Result.RpcResult> rpc(String method, @Nullable Payload data) {
        Texts.require("a method's name", method);
        int size = data == null ? 0 : data.size();
        return call("rpc " + method, Result.RpcResult.class, size, id -> new Command.Rpc(id, method, data));
    }

    private <R extends Result> CompletionStage<R> call(
            String what, Class<R> answer, int bytes, LongFunction<Command.Numbered> command) {
        Call<R> call = new Call<>(what, answer, bytes, command, new CompletableFuture<>());
        String refusal = closed.get() ? "the client is closed" : gate.enter(bytes);
        if (refusal != null) call.outcome().completeExceptionally(new CallNotSent(what, refusal));
        else driver.call(call);
        return call.outcome();
    }

    /**
     * Disconnects, ends all subscriptions, fails all calls and, if the loops are the client's own, ends them. Waits for the server to answer
     * the goodbye, at most a second, and for the loops; called on a loop it waits for nothing. A second call changes nothing.
     */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) return;
        CompletableFuture<@Nullable Void> goodbye = new CompletableFuture<>();
        driver.close(() -> goodbye.complete(null));
        if (!ownsLoops) return;
        if (driver.isHome()) {
            // A loop can't wait for its own end.
            var unused = goodbye.completeOnTimeout(null, FAREWELL_MILLIS, TimeUnit.MILLISECONDS)
                    .thenRunAsync(driver::stop);
            return;
        }
        try {
            goodbye.get(FAREWELL_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            // The server is slow to say goodbye; its line is cut.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        driver.stop();
    }

    private void requireOpen() {
        if (closed.get()) throw new IllegalStateException("the client is closed");
    }

    // --- for the driver and the subscriptions ---

    /** Handed over before the channel is free, so that a new subscription to it comes behind. */
    void unsubscribe(Subscription subscription) {
        driver.unsubscribe(subscription);
        forget(subscription);
    }

    void forget(Subscription subscription) {
        subscriptions.remove(subscription.channel(), subscription);
    }

    void become(ConnectionState state) {
        this.state = state;
    }
}
