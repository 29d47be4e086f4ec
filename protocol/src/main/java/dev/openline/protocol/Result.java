package dev.openline.protocol;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a command brought, one kind for each kind of command. Without the command's id, which is the {@link Reply}'s. */
public sealed interface Result {
    /** Calls the method of {@code cases} that fits; the compiler sees that none is forgotten. */
    <R> R with(Cases<R> cases);

    /** One answer for each result. */
    interface Cases<R> {
        R connect(ConnectResult result);

        R subscribe(SubscribeResult result);

        R unsubscribe(UnsubscribeResult result);

        R publish(PublishResult result);

        R presence(PresenceResult result);

        R presenceStats(PresenceStatsResult result);

        R history(HistoryResult result);

        R rpc(RpcResult result);

        R refresh(RefreshResult result);

        R subRefresh(SubRefreshResult result);
    }

    /**
     * The session is open.
     *
     * @param client the connection's id
     * @param version what the server calls itself
     * @param expiry when the client must have refreshed its token; null: never
     * @param data from the application, or null
     * @param subs subscriptions the server made, by channel
     * @param heartbeat how the server shows that it is alive; null: by other means
     * @param emulation where the client's further commands go, when they can't go the way the answers come; null otherwise
     * @param timeMillis the server's clock, in milliseconds since 1970; 0 when it isn't told
     */
    record ConnectResult(
            String client,
            String version,
            @Nullable Expiry expiry,
            @Nullable Payload data,
            Map<String, SubscribeResult> subs,
            @Nullable Heartbeat heartbeat,
            @Nullable Emulation emulation,
            long timeMillis)
            implements Result {
        /**
         * The address of a session whose commands come by HTTP requests of their own.
         *
         * @param session which session; whoever knows it can speak for the client. Not for logs
         * @param node the server that has it
         */
        public record Emulation(String session, String node) {
            @Override
            public String toString() {
                return "Emulation[node=" + node + "]";
            }
        }

        /** An answer on a line that carries both directions. */
        // More than 4 parameters because these are the members of the message.
        public ConnectResult(
                String client,
                String version,
                @Nullable Expiry expiry,
                @Nullable Payload data,
                Map<String, SubscribeResult> subs,
                @Nullable Heartbeat heartbeat) {
            this(client, version, expiry, data, subs, heartbeat, null, 0);
        }

        public ConnectResult {
            Objects.requireNonNull(client, "client");
            Objects.requireNonNull(version, "version");
            subs = Frozen.map(subs);
        }

        @Override
        public <R> R with(Cases<R> cases) {
            return cases.connect(this);
        }
    }

    /**
     * The client hears the channel from now on.
     *
     * @param tracking whether the server keeps the position, and the client may recover
     * @param position where the client stands: the log's newest publication or, if recovered, the place it asked to recover from. Null
     *     exactly when {@code tracking} is {@link Tracking#NONE}
     * @param recovery what became of a wish to recover
     * @param missed what came after the position, oldest first; empty unless recovered
     * @param expiry when the client must have refreshed its subscription token; null: never
     * @param data from the application, or null
     * @param delta whether publications may come as patches; all their payloads are texts then, see {@link Publication.Coding}
     */
    record SubscribeResult(
            Tracking tracking,
            @Nullable StreamPosition position,
            Recovery recovery,
            List<Publication> missed,
            @Nullable Expiry expiry,
            @Nullable Payload data,
            boolean delta)
            implements Result {
        /** What became of a wish to recover. */
        public enum Recovery {
            NOT_ASKED,
            RECOVERED,
            NOT_RECOVERED
        }

        public SubscribeResult {
            if ((tracking == Tracking.NONE) != (position == null))
                throw new IllegalArgumentException(tracking + " with position " + position);
            missed = List.copyOf(missed);
            if (recovery != Recovery.RECOVERED && !missed.isEmpty())
                throw new IllegalArgumentException(recovery + " with " + missed.size() + " missed publications");
        }

        /** A subscription whose publications come whole. */
        // More than 4 parameters because these are the members of the message.
        public SubscribeResult(
                Tracking tracking,
                @Nullable StreamPosition position,
                Recovery recovery,
                List<Publication> missed,
                @Nullable Expiry expiry,
                @Nullable Payload data) {
            this(tracking, position, recovery, missed, expiry, data, false);
        }

        /** A subscription without a position, expiry or data. */
        public static SubscribeResult untracked() {
            return new SubscribeResult(Tracking.NONE, null, Recovery.NOT_ASKED, List.of(), null, null);
        }

        @Override
        public <R> R with(Cases<R> cases) {
            return cases.subscribe(this);
        }
    }

    /** The client no longer hears the channel. */
    record UnsubscribeResult() implements Result {
        @Override
        public <R> R with(Cases<R> cases) {
            return cases.unsubscribe(this);
        }
    }

    /** The publication is accepted. */
    record PublishResult() implements Result {
        @Override
        public <R> R with(Cases<R> cases) {
            return cases.publish(this);
        }
    }

    /**
     * Who is on the channel.
     *
     * @param clients by connection id
     */
    record PresenceResult(Map<String, ClientInfo> clients) implements Result {
        public PresenceResult {
            clients = Frozen.map(clients);
        }

        @Override
        public <R> R with(Cases<R> cases) {
            return cases.presence(this);
        }
    }

    /**
     * How many are on the channel.
     *
     * @param clients connections, 0 to 4294967295
     * @param users distinct users among them
     */
    record PresenceStatsResult(long clients, long users) implements Result {
        public PresenceStatsResult {
            Numbers.requireU32("clients", clients);
            Numbers.requireU32("users", users);
        }

        @Override
        public <R> R with(Cases<R> cases) {
            return cases.presenceStats(this);
        }
    }

    /**
     * A piece of the channel's log.
     *
     * @param publications in the direction asked for
     * @param position of the newest publication in the log
     */
    record HistoryResult(List<Publication> publications, StreamPosition position) implements Result {
        public HistoryResult {
            publications = List.copyOf(publications);
            Objects.requireNonNull(position, "position");
        }

        @Override
        public <R> R with(Cases<R> cases) {
            return cases.history(this);
        }
    }

    /**
     * What the method returned.
     *
     * @param data or null
     */
    record RpcResult(@Nullable Payload data) implements Result {
        @Override
        public <R> R with(Cases<R> cases) {
            return cases.rpc(this);
        }
    }

    /**
     * The connection lives on.
     *
     * @param expiry until when; null: for ever
     */
    record RefreshResult(@Nullable Expiry expiry) implements Result {
        @Override
        public <R> R with(Cases<R> cases) {
            return cases.refresh(this);
        }
    }

    /**
     * The subscription lives on.
     *
     * @param expiry until when; null: for ever
     */
    record SubRefreshResult(@Nullable Expiry expiry) implements Result {
        @Override
        public <R> R with(Cases<R> cases) {
            return cases.subRefresh(this);
        }
    }
}
