package dev.openline.protocol;

import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a client says to a server. Immutable values without an encoding; strings that were not sent are empty. */
public sealed interface Command {
    /** Calls the method of {@code cases} that fits; the compiler sees that none is forgotten. */
    <R> R with(Cases<R> cases);

    /** One answer for each command. */
    interface Cases<R> {
        R connect(Connect command);

        R subscribe(Subscribe command);

        R unsubscribe(Unsubscribe command);

        R publish(Publish command);

        R presence(Presence command);

        R presenceStats(PresenceStats command);

        R history(History command);

        R rpc(Rpc command);

        R send(Send command);

        R refresh(Refresh command);

        R subRefresh(SubRefresh command);

        R pong();
    }

    /** A command that is answered by a {@link Reply} with the same id. */
    sealed interface Numbered extends Command {
        /** Chosen by the client, 1 to 4294967295. */
        long id();
    }

    /**
     * Opens the session; the first command of a connection, and the only one of its kind.
     *
     * @param token the connection token; empty if none
     * @param data for the application, or null
     * @param subs positions to recover server-side subscriptions from, by channel
     * @param name the client library
     * @param version the client library's version
     * @param headers stand-ins for HTTP headers that a browser can't set
     */
    record Connect(
            long id,
            String token,
            @Nullable Payload data,
            Map<String, SubscribeRequest> subs,
            String name,
            String version,
            Map<String, String> headers)
            implements Numbered {
        public Connect {
            Numbers.requireId(id);
            Objects.requireNonNull(token, "token");
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(version, "version");
            subs = Frozen.map(subs);
            headers = Frozen.map(headers);
            subs.forEach((channel, request) -> {
                if (!channel.equals(request.channel()))
                    throw new IllegalArgumentException("a request filed under another channel's name");
            });
        }

        /** A connect by the client library {@code name} with a token, which may be empty. */
        public static Connect by(long id, String name, String token) {
            return new Connect(id, token, null, Map.of(), name, "", Map.of());
        }

        @Override
        public <R> R with(Cases<R> cases) {
            return cases.connect(this);
        }

        /** Without token, data and headers: they don't belong in logs. */
        @Override
        public String toString() {
            return "Connect[id=" + id + ", name=" + name + ", version=" + version + ", subs=" + subs.size() + "]";
        }
    }

    /** Asks for a subscription. */
    record Subscribe(long id, SubscribeRequest request) implements Numbered {
        public Subscribe {
            Numbers.requireId(id);
            Objects.requireNonNull(request, "request");
        }

        @Override
        public <R> R with(Cases<R> cases) {
            return cases.subscribe(this);
        }
    }

    /** Ends a subscription. */
    record Unsubscribe(long id, String channel) implements Numbered {
        public Unsubscribe {
            Numbers.requireId(id);
            Numbers.requireChannel(channel);
        }

        @Override
        public <R> R with(Cases<R> cases) {
            return cases.unsubscribe(this);
        }
    }

    /**
     * Says something on a channel.
     *
     * @param data what; null when the client sent none, which a server refuses
     */
    record Publish(long id, String channel, @Nullable Payload data) implements Numbered {
        public Publish {
            Numbers.requireId(id);
            Numbers.requireChannel(channel);
        }

        @Override
        public <R> R with(Cases<R> cases) {
            return cases.publish(this);
        }
    }

    /** Asks who is on a channel. */
    record Presence(long id, String channel) implements Numbered {
        public Presence {
            Numbers.requireId(id);
            Numbers.requireChannel(channel);
        }

        @Override
        public <R> R with(Cases<R> cases) {
            return cases.presence(this);
        }
    }

    /** Asks how many are on a channel. */
    record PresenceStats(long id, String channel) implements Numbered {
        public PresenceStats {
            Numbers.requireId(id);
            Numbers.requireChannel(channel);
        }

        @Override
        public <R> R with(Cases<R> cases) {
            return cases.presenceStats(this);
        }
    }

    /**
     * Reads a channel's log.
     *
     * @param limit how many publications at most; 0 (also when absent): none, only the position; negative: as many as the server gives
     * @param since start after this position (before it, newest first); null: at the end the direction begins with
     */
    record History(
            long id, String channel, int limit, @Nullable StreamPosition since, Direction direction)
            implements Numbered {
        public History {
            Numbers.requireId(id);
            Numbers.requireChannel(channel);
            Objects.requireNonNull(direction, "direction");
        }

        @Override
        public <R> R with(Cases<R> cases) {
            return cases.history(this);
        }
    }

    /**
     * Calls a method of the server.
     *
     * @param method its name; may be empty
     * @param data its argument, or null
     */
    record Rpc(long id, String method, @Nullable Payload data) implements Numbered {
        public Rpc {
            Numbers.requireId(id);
            Objects.requireNonNull(method, "method");
        }

        @Override
        public <R> R with(Cases<R> cases) {
            return cases.rpc(this);
        }
    }

    /**
     * Tells the server something; there is no answer.
     *
     * @param data what, or null
     */
    record Send(@Nullable Payload data) implements Command {
        @Override
        public <R> R with(Cases<R> cases) {
            return cases.send(this);
        }
    }

    /** Hands over a new connection token, which may be empty. */
    record Refresh(long id, String token) implements Numbered {
        public Refresh {
            Numbers.requireId(id);
            Objects.requireNonNull(token, "token");
        }

        @Override
        public <R> R with(Cases<R> cases) {
            return cases.refresh(this);
        }

        /** Without the token: it doesn't belong in logs. */
        @Override
        public String toString() {
            return "Refresh[id=" + id + "]";
        }
    }

    /** Hands over a new subscription token, which may be empty. */
    record SubRefresh(long id, String channel, String token) implements Numbered {
        public SubRefresh {
            Numbers.requireId(id);
            Numbers.requireChannel(channel);
            Objects.requireNonNull(token, "token");
        }

        @Override
        public <R> R with(Cases<R> cases) {
            return cases.subRefresh(this);
        }

        /** Without the token: it doesn't belong in logs. */
        @Override
        public String toString() {
            return "SubRefresh[id=" + id + ", channel=" + channel + "]";
        }
    }

    /** Answers a ping: the empty command. */
    record Pong() implements Command {
        @Override
        public <R> R with(Cases<R> cases) {
            return cases.pong();
        }
    }
}
