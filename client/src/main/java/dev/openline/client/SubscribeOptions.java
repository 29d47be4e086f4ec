package dev.openline.client;

import dev.openline.protocol.Payload;
import dev.openline.protocol.StreamPosition;
import dev.openline.protocol.SubscribeRequest;
import dev.openline.protocol.SubscribeRequest.Wish;
import dev.openline.protocol.TagsFilter;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a subscription asks for beyond its channel. Every setter answers the options, for chaining. */
public final class SubscribeOptions {
    private final Set<Wish> wishes = EnumSet.of(Wish.RECOVERABLE);
    private @Nullable StreamPosition since;
    private @Nullable Payload data;
    private String token = "";
    private @Nullable TokenSource tokens;
    private @Nullable TagsFilter filter;
    private String delta = "";
    private long flags;

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

    /** A token that lets this client have the channel. It is sent with every redial, also when it has expired; see {@link #token(TokenSource)}. */
    public SubscribeOptions token(String token) {
        this.token = Texts.require("a subscription token", token);
        return this;
    }

    /**
     * Whom to ask for a subscription token: before the first subscribe unless there is a {@link #token(String)}, when the token's time is
     * up, and when the server says that it is. One that can't be had is asked for again: after the redial delays while the channel is
     * not heard, after 10 to 20 s while it is.
     */
    public SubscribeOptions token(TokenSource source) {
        this.tokens = source;
        return this;
    }

    /**
     * Would rather hear nothing than go on after a gap: a subscription that the log can't continue ends with {@link
     * Subscription#unsubscribe unsubscribed} and error 112. By default it goes on, and {@link Subscribed#recovered} tells.
     */
    public SubscribeOptions endIfNotRecovered() {
        this.flags |= SubscribeRequest.REJECT_UNRECOVERABLE;
        return this;
    }

    /** Hears only publications whose tags fit; the server must allow it, and it can't be had with {@link #delta}. */
    public SubscribeOptions filter(TagsFilter filter) {
        this.filter = filter;
        return this;
    }

    /**
     * Takes publications as patches to the one before, if the server offers it. The listener hears whole payloads all the same; it saves bytes
     * on the line where payloads resemble each other.
     */
    public SubscribeOptions delta() {
        this.delta = "fossil";
        return this;
    }

    @Nullable
    TokenSource tokens() {
        return tokens;
    }

    /** @throws IllegalArgumentException for wishes that exclude each other */
    Cursor cursor(String channel) {
        if (filter != null && !delta.isEmpty()) {
            throw new IllegalArgumentException(
                    "delta and filter: a patch to a publication that was left out fits nothing");
        }
        SubscribeRequest request = SubscribeRequest.to(channel)
                .withData(data)
                .withRecover(since)
                .withWishes(wishes)
                .withFlags(flags)
                .withFilter(filter)
                .withDelta(delta);
        return new Cursor(request, tokens == null ? Credential.fixed(token) : Credential.renewable(token));
    }
}
