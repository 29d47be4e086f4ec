package dev.openline.client;

import dev.openline.protocol.Direction;
import dev.openline.protocol.Payload;
import dev.openline.protocol.Result;
import dev.openline.protocol.StreamPosition;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The wish to hear one channel, kept over any number of lines until {@link #unsubscribe} or until the server ends it; then it is over, and
 * a new one may be made. Its methods may be called from any thread and none blocks.
 */
public final class Subscription {
    private final OpenlineClient client;
    private final Cursor cursor;
    private final SubscriptionListener listener;
    private final @Nullable TokenSource tokens;
    private volatile SubscriptionState state = SubscriptionState.SUBSCRIBING;
    private volatile @Nullable StreamPosition position;

    Subscription(OpenlineClient client, Cursor cursor, SubscriptionListener listener, @Nullable TokenSource tokens) {
        this.client = client;
        this.tokens = tokens;
        this.cursor = cursor;
        this.listener = listener;
        this.position = cursor.position();
    }

    /** The channel's name. */
    public String channel() {
        return cursor.channel();
    }

    /** Whether the channel is heard; as the listener was last told. */
    public SubscriptionState state() {
        return state;
    }

    /**
     * After which publication the listener stands. It moves just before {@link SubscriptionListener#onPublication}, so inside that call it is
     * the position after the publication at hand. Store it and hand it to {@link SubscribeOptions#since} to go on in another life of this
     * program. Null before the first subscribe is answered, and in a channel without positions.
     */
    public @Nullable StreamPosition position() {
        return position;
    }

    /** Ends the subscription. The listener hears {@code onUnsubscribed}, and nothing after it. A second call changes nothing. */
    public void unsubscribe() {
        client.unsubscribe(this);
    }

    /** Publishes on the channel; see {@link OpenlineClient#publish(String, String)}. */
    public CompletableFuture<Optional<StreamPosition>> publish(String json) {
        return client.publish(channel(), json);
    }

    /** Publishes on the channel; see {@link OpenlineClient#publish(String, Payload)}. */
    public CompletableFuture<Optional<StreamPosition>> publish(Payload data) {
        return client.publish(channel(), data);
    }

    /** Publishes on the channel with a single try; see {@link OpenlineClient#tryPublish}. */
    public CompletionStage<Result.PublishResult> tryPublish(Payload data) {
        return client.tryPublish(channel(), data);
    }

    /** Reads the channel's log; see {@link OpenlineClient#history}. */
    public CompletionStage<Result.HistoryResult> history(
            int limit, Direction direction, @Nullable StreamPosition since) {
        return client.history(channel(), limit, direction, since);
    }

    /** Walks through the channel's log; see {@link OpenlineClient#historyPages}. */
    public HistoryPages historyPages(int pageSize, Direction direction, @Nullable StreamPosition since) {
        return client.historyPages(channel(), pageSize, direction, since);
    }

    /** Who is on the channel; see {@link OpenlineClient#presence}. */
    public CompletionStage<Result.PresenceResult> presence() {
        return client.presence(channel());
    }

    /** How many are on the channel; see {@link OpenlineClient#presenceStats}. */
    public CompletionStage<Result.PresenceStatsResult> presenceStats() {
        return client.presenceStats(channel());
    }

    Cursor cursor() {
        return cursor;
    }

    /** On the client's loop, before the listener is told. */
    void become(SubscriptionState state) {
        this.state = state;
    }

    /** On the client's loop, before the listener is told. */
    void standAt(@Nullable StreamPosition position) {
        this.position = position;
    }

    @Nullable
    TokenSource tokens() {
        return tokens;
    }

    SubscriptionListener listener() {
        return listener;
    }

    @Override
    public String toString() {
        return "Subscription[" + channel() + ", " + state + "]";
    }
}
