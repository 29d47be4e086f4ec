package dev.openline.client;

import dev.openline.protocol.Payload;
import dev.openline.protocol.StreamPosition;
import dev.openline.protocol.SubscribeRequest;
import dev.openline.protocol.SubscribeRequest.Wish;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a subscription asks for beyond its channel. Every setter answers the options, for chaining. */
public final class SubscribeOptions {
    private final Set<Wish> wishes = EnumSet.of(Wish.RECOVERABLE);
    private @Nullable StreamPosition since;
    private @Nullable Payload data;
    private String token = "";

    SubscribeOptions() {}

    /**
     * Begins after this position instead of now: a position of an earlier {@link Subscription#position}, or {@code (0, "")} for everything
     * that the log still holds. What came after it follows as publications if {@link Subscribed#recovered}.
     */
    public SubscribeOptions since(StreamPosition position) {
        since = position;
        return this;
    }

    /** Asks to be told who joins and leaves. */
    public SubscribeOptions joinsAndLeaves() {
        wishes.add(Wish.JOIN_LEAVE);
        return this;
    }

    /** Something for the server's application: one JSON value. */
    public SubscribeOptions data(Payload data) {
        this.data = data;
        return this;
    }

    /** A token that lets this client have the channel. It is sent with every redial; asking the application for a new one: not yet. */
    public SubscribeOptions token(String token) {
        this.token = Texts.require("a subscription token", token);
        return this;
    }

    SubscribeRequest request(String channel) {
        return SubscribeRequest.to(channel)
                .withToken(token)
                .withData(data)
                .withRecover(since)
                .withWishes(wishes);
    }
}
