package dev.openline.protocol;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a client asks of one channel. Has more components than four because the protocol's message has; {@link #to} and the {@code with…}
 * methods name them.
 *
 * @param channel its name, not empty
 * @param token the subscription token; empty if none
 * @param recover where the client stopped, if it wants what came after; (0, "") when it knows nothing. Null: it asks for no recovery
 * @param data for the application, or null
 * @param wishes what else the client would like
 * @param delta the wanted delta format; empty if none
 * @param filter which publications the client wants to hear; null: all
 * @param type 0 for a stream of publications; other types exist in the protocol
 * @param flags bits, see {@link #REJECT_UNRECOVERABLE}
 */
public record SubscribeRequest(
        String channel,
        String token,
        @Nullable StreamPosition recover,
        @Nullable Payload data,
        Set<Wish> wishes,
        String delta,
        @Nullable TagsFilter filter,
        int type,
        long flags) {
    /** Bit of {@link #flags}: the client understands numeric channel ids in pushes. */
    public static final long CHANNEL_COMPACTION = 1;
    /** Bit of {@link #flags}: answer error 112 instead of a subscription that could not be recovered. */
    public static final long REJECT_UNRECOVERABLE = 2;

    /** What a client would like if the channel allows it. */
    public enum Wish {
        /** That the server follows its position. */
        POSITIONED,
        /** That it may recover later. */
        RECOVERABLE,
        /** To hear who joins and leaves. */
        JOIN_LEAVE
    }

    public SubscribeRequest {
        Numbers.requireChannel(channel);
        Objects.requireNonNull(token, "token");
        Objects.requireNonNull(delta, "delta");
        EnumSet<Wish> copy = EnumSet.noneOf(Wish.class);
        copy.addAll(wishes);
        wishes = Collections.unmodifiableSet(copy);
    }

    /** A request for {@code channel} that asks for nothing special. */
    public static SubscribeRequest to(String channel) {
        return new SubscribeRequest(channel, "", null, null, Set.of(), "", null, 0, 0);
    }

    /** The same request with a subscription token. */
    public SubscribeRequest withToken(String token) {
        return new SubscribeRequest(channel, token, recover, data, wishes, delta, filter, type, flags);
    }

    /** The same request, recovering from {@code position}; null for no recovery. */
    public SubscribeRequest withRecover(@Nullable StreamPosition position) {
        return new SubscribeRequest(channel, token, position, data, wishes, delta, filter, type, flags);
    }

    /** The same request with something for the application. */
    public SubscribeRequest withData(@Nullable Payload data) {
        return new SubscribeRequest(channel, token, recover, data, wishes, delta, filter, type, flags);
    }

    /** The same request with exactly these wishes. */
    public SubscribeRequest withWishes(Set<Wish> wishes) {
        return new SubscribeRequest(channel, token, recover, data, wishes, delta, filter, type, flags);
    }

    /** The same request with exactly these flag bits. */
    public SubscribeRequest withFlags(long flags) {
        return new SubscribeRequest(channel, token, recover, data, wishes, delta, filter, type, flags);
    }

    /** The same request, for publications that fit {@code filter}; null for all. */
    public SubscribeRequest withFilter(@Nullable TagsFilter filter) {
        return new SubscribeRequest(channel, token, recover, data, wishes, delta, filter, type, flags);
    }

    /** The same request, with publications as patches in this format; empty for whole ones. */
    public SubscribeRequest withDelta(String delta) {
        return new SubscribeRequest(channel, token, recover, data, wishes, delta, filter, type, flags);
    }

    /** Whether a subscription that can't be recovered is to be refused with error 112. */
    public boolean rejectsUnrecoverable() {
        return (flags & REJECT_UNRECOVERABLE) != 0;
    }

    /** Without token, data and filter values: they don't belong in logs. */
    @Override
    public String toString() {
        return "SubscribeRequest[channel=" + channel + ", recover=" + recover + ", wishes=" + wishes + "]";
    }
}
