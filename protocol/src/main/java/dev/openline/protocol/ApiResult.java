package dev.openline.protocol;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What an {@link ApiCall} results in. Immutable. */
public sealed interface ApiResult {
    /** Calls the method of {@code cases} that fits; the compiler sees that none is forgotten. */
    void with(Cases cases);

    /** One way to tell each result. */
    interface Cases {
        void published(Published result);

        void broadcasted(Broadcasted result);

        void nothing(Nothing result);

        void presence(Presence result);

        void presenceStats(PresenceStats result);

        void history(History result);

        void channels(Channels result);

        void info(Info result);

        void connections(Connections result);

        void replies(Replies result);
    }

    /**
     * Of {@code publish}.
     *
     * @param position where in the log; null for a channel without one
     */
    record Published(@Nullable StreamPosition position) implements ApiResult {
        @Override
        public void with(Cases cases) {
            cases.published(this);
        }
    }

    /** Of {@code broadcast}: one response for each channel, in the order of the channels. */
    record Broadcasted(List<ApiReply<Published>> responses) implements ApiResult {
        public Broadcasted {
            responses = List.copyOf(responses);
        }

        @Override
        public void with(Cases cases) {
            cases.broadcasted(this);
        }
    }

    /** Of calls that have nothing to tell but that they were carried out. */
    record Nothing() implements ApiResult {
        @Override
        public void with(Cases cases) {
            cases.nothing(this);
        }
    }

    /** Of {@code presence}: who is there, by client id. */
    record Presence(Map<String, ClientInfo> clients) implements ApiResult {
        public Presence {
            clients = Frozen.map(clients);
        }

        @Override
        public void with(Cases cases) {
            cases.presence(this);
        }
    }

    /**
     * Of {@code presence_stats}.
     *
     * @param clients connections
     * @param users distinct users; all anonymous ones count as one
     */
    record PresenceStats(int clients, int users) implements ApiResult {
        @Override
        public void with(Cases cases) {
            cases.presenceStats(this);
        }
    }

    /**
     * Of {@code history}.
     *
     * @param top the newest position of the log
     */
    record History(List<Publication> publications, StreamPosition top) implements ApiResult {
        public History {
            publications = List.copyOf(publications);
        }

        @Override
        public void with(Cases cases) {
            cases.history(this);
        }
    }

    /** Of {@code channels}: how many subscribers each has, none without any. */
    record Channels(Map<String, Integer> clients) implements ApiResult {
        public Channels {
            clients = Frozen.map(clients);
        }

        @Override
        public void with(Cases cases) {
            cases.channels(this);
        }
    }

    /**
     * One server.
     *
     * @param uid its id, another one after each start
     * @param name what its operator calls it
     * @param version of the software
     * @param clients connections
     * @param users distinct users
     * @param subscriptions of all connections
     * @param channels with a subscriber
     * @param uptimeSeconds since its start
     * @param metrics further numbers, by name; empty for none
     */
    record Node(
            String uid,
            String name,
            String version,
            int clients,
            int users,
            int subscriptions,
            int channels,
            long uptimeSeconds,
            SortedMap<String, Long> metrics) {
        public Node {
            metrics = Collections.unmodifiableSortedMap(new TreeMap<>(metrics));
        }
    }

    /** Of {@code info}. */
    record Info(List<Node> nodes) implements ApiResult {
        public Info {
            nodes = List.copyOf(nodes);
        }

        @Override
        public void with(Cases cases) {
            cases.info(this);
        }
    }

    /**
     * One connection.
     *
     * @param client its id
     * @param user whose; empty for an anonymous one
     * @param transport such as {@code websocket}
     * @param name the client library; may be empty
     * @param version the client library's version; may be empty
     * @param channels how many it is subscribed to
     * @param connectedAt in seconds since 1970
     */
    record Connection(
            String client,
            String user,
            String transport,
            String name,
            String version,
            int channels,
            long connectedAt) {}

    /**
     * Of {@code connections}.
     *
     * @param cursor asks for the next page; empty if this is the last one
     */
    record Connections(List<Connection> connections, String cursor) implements ApiResult {
        public Connections {
            connections = List.copyOf(connections);
        }

        @Override
        public void with(Cases cases) {
            cases.connections(this);
        }
    }

    /** What became of one call of a batch. */
    record BatchReply(ApiMethod method, ApiReply<?> reply) {}

    /** Of {@code batch}: one reply for each command, in the order of the commands. */
    record Replies(List<BatchReply> replies) implements ApiResult {
        public Replies {
            replies = List.copyOf(replies);
        }

        @Override
        public void with(Cases cases) {
            cases.replies(this);
        }
    }
}
