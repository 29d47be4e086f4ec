package dev.openline.protocol;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a backend asks over the server's HTTP API. Immutable values as they were read: strings that were not sent are empty, numbers 0,
 * payloads null or of no bytes, and nothing has been checked but types. {@link #flaw()} tells what can't be carried out by any server.
 */
public sealed interface ApiCall {
    /** Calls the method of {@code cases} that fits; the compiler sees that none is forgotten. */
    <R extends @Nullable Object> R with(Cases<R> cases);

    /** The answer to a call that is wrong whatever the server holds, such as one without its channel; null if nothing is. */
    default @Nullable ErrorReply flaw() {
        return with(ApiFlaws.CASES);
    }

    /** One answer for each call. */
    interface Cases<R extends @Nullable Object> {
        R publish(Publish call);

        R broadcast(Broadcast call);

        R subscribe(Subscribe call);

        R unsubscribe(Unsubscribe call);

        R disconnect(Disconnect call);

        R refresh(Refresh call);

        R presence(Presence call);

        R presenceStats(PresenceStats call);

        R history(History call);

        R historyRemove(HistoryRemove call);

        R channels(Channels call);

        R info(Info call);

        R connections(Connections call);

        R revokeToken(RevokeToken call);

        R invalidateUserTokens(InvalidateUserTokens call);

        R batch(Batch call);

        R rpc(Rpc call);
    }

    /** Publishes a message on a channel. */
    record Publish(String channel, ApiMessage message) implements ApiCall {
        @Override
        public <R extends @Nullable Object> R with(Cases<R> cases) {
            return cases.publish(this);
        }
    }

    /** Publishes one message on many channels, each with the outcome that it would have by itself. */
    record Broadcast(List<String> channels, ApiMessage message) implements ApiCall {
        public Broadcast {
            channels = List.copyOf(channels);
        }

        @Override
        public <R extends @Nullable Object> R with(Cases<R> cases) {
            return cases.broadcast(this);
        }
    }

    /**
     * Whose connections are meant: those of the user that have the client id and the session, where these are not empty.
     *
     * @param user the user's id; empty for anonymous connections
     * @param client the id of one connection; empty for all
     * @param session the id of one session; empty for all
     */
    record Target(String user, String client, String session) {}

    /** What a subscription may have otherwise than its namespace says. */
    enum Overridable {
        PRESENCE,
        JOIN_LEAVE,
        FORCE_RECOVERY,
        FORCE_POSITIONING,
        FORCE_PUSH_JOIN_LEAVE
    }

    /**
     * Subscribes connections that are there now.
     *
     * @param info what others on the channel see of the subscriber, or null
     * @param data what the subscriber is told with the subscription, or null
     * @param recoverSince where to recover from, or null
     * @param expireAt when the subscription ends, in seconds since 1970; 0 for never
     * @param override what is other than the namespace says
     */
    record Subscribe(
            Target target,
            String channel,
            @Nullable Payload info,
            @Nullable Payload data,
            @Nullable StreamPosition recoverSince,
            long expireAt,
            Map<Overridable, Boolean> override)
            implements ApiCall {
        public Subscribe {
            override = Map.copyOf(override);
        }

        @Override
        public <R extends @Nullable Object> R with(Cases<R> cases) {
            return cases.subscribe(this);
        }
    }

    /**
     * Ends subscriptions, with code 2000.
     *
     * @param channel empty for all channels
     */
    record Unsubscribe(Target target, String channel) implements ApiCall {
        @Override
        public <R extends @Nullable Object> R with(Cases<R> cases) {
            return cases.unsubscribe(this);
        }
    }

    /**
     * Ends connections.
     *
     * @param whitelist ids of clients that stay
     * @param code the close code, 0 for 3503
     * @param reason of the close frame
     */
    record Disconnect(Target target, List<String> whitelist, int code, String reason) implements ApiCall {
        public Disconnect {
            whitelist = List.copyOf(whitelist);
        }

        @Override
        public <R extends @Nullable Object> R with(Cases<R> cases) {
            return cases.disconnect(this);
        }

        /** What the close frame says, if nothing is wrong with it; 3503 if nothing was asked for. */
        public dev.openline.protocol.Disconnect why() {
            return code == 0
                    ? dev.openline.protocol.Disconnect.FORCE_DISCONNECT
                    : new dev.openline.protocol.Disconnect(code, reason);
        }
    }

    /** Whether a refreshed connection lives on. */
    enum Lifetime {
        GOES_ON,
        /** It is closed with 3005. */
        IS_OVER
    }

    /**
     * Gives connections another time to end.
     *
     * @param expireAt in seconds since 1970; 0 for never
     * @param info what others see of the connection from now on; null for what they saw before
     */
    record Refresh(
            Target target,
            Lifetime lifetime,
            long expireAt,
            @Nullable Payload info) implements ApiCall {
        @Override
        public <R extends @Nullable Object> R with(Cases<R> cases) {
            return cases.refresh(this);
        }
    }

    /** Asks who is on a channel. */
    record Presence(String channel) implements ApiCall {
        @Override
        public <R extends @Nullable Object> R with(Cases<R> cases) {
            return cases.presence(this);
        }
    }

    /** Asks how many are on a channel. */
    record PresenceStats(String channel) implements ApiCall {
        @Override
        public <R extends @Nullable Object> R with(Cases<R> cases) {
            return cases.presenceStats(this);
        }
    }

    /**
     * Reads a channel's log.
     *
     * @param limit 0 for the position only, negative for as many as the server gives at once
     * @param since where to read from, exclusive; null for an end of the log
     */
    record History(String channel, int limit, @Nullable StreamPosition since, Direction direction) implements ApiCall {
        @Override
        public <R extends @Nullable Object> R with(Cases<R> cases) {
            return cases.history(this);
        }
    }

    /** Empties a channel's log. */
    record HistoryRemove(String channel) implements ApiCall {
        @Override
        public <R extends @Nullable Object> R with(Cases<R> cases) {
            return cases.historyRemove(this);
        }
    }

    /**
     * Lists channels that have a subscriber.
     *
     * @param pattern a glob over their names: {@code *} for any characters, {@code ?} for one; empty for all
     */
    record Channels(String pattern) implements ApiCall {
        @Override
        public <R extends @Nullable Object> R with(Cases<R> cases) {
            return cases.channels(this);
        }
    }

    /** Asks how the servers are. */
    record Info() implements ApiCall {
        @Override
        public <R extends @Nullable Object> R with(Cases<R> cases) {
            return cases.info(this);
        }
    }

    /**
     * Lists connections, page by page, in the order of their client ids.
     *
     * @param user whose, an empty one for the anonymous; null for everybody's
     * @param pattern only those on a channel that this glob fits, as in {@link Channels}; empty for all
     * @param limit how many at most; 0 for as many as the server gives by itself
     * @param cursor where the page before ended, from its answer; empty for the first page
     */
    record Connections(@Nullable String user, String pattern, int limit, String cursor) implements ApiCall {
        @Override
        public <R extends @Nullable Object> R with(Cases<R> cases) {
            return cases.connections(this);
        }
    }

    /**
     * Makes one token worthless.
     *
     * @param uid the token's id, its claim {@code jti}
     * @param expireAt when this may be forgotten, because the token has expired by itself, in seconds since 1970; 0 for never
     */
    record RevokeToken(String uid, long expireAt) implements ApiCall {
        @Override
        public <R extends @Nullable Object> R with(Cases<R> cases) {
            return cases.revokeToken(this);
        }
    }

    /**
     * Makes the tokens of a user worthless that were issued before a time.
     *
     * @param issuedBefore in seconds since 1970; 0 for now
     * @param expireAt when this may be forgotten, because such tokens have expired then, in seconds since 1970; 0 for never
     */
    record InvalidateUserTokens(String user, long issuedBefore, long expireAt) implements ApiCall {
        @Override
        public <R extends @Nullable Object> R with(Cases<R> cases) {
            return cases.invalidateUserTokens(this);
        }
    }

    /** How the calls of a batch follow each other. */
    enum Order {
        ONE_AFTER_THE_OTHER,
        AT_ONCE
    }

    /**
     * Several calls in one request, each answered as if it came alone.
     *
     * @param commands none of which is a batch
     */
    record Batch(List<ApiCall> commands, Order order) implements ApiCall {
        public Batch {
            commands = List.copyOf(commands);
            if (commands.stream().anyMatch(Batch.class::isInstance))
                throw new IllegalArgumentException("a batch in a batch");
        }

        @Override
        public <R extends @Nullable Object> R with(Cases<R> cases) {
            return cases.batch(this);
        }
    }

    /** Calls a method that is none of the above. */
    record Rpc(String name, @Nullable Payload params) implements ApiCall {
        @Override
        public <R extends @Nullable Object> R with(Cases<R> cases) {
            return cases.rpc(this);
        }
    }
}
