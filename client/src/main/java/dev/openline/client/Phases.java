package dev.openline.client;

import org.jspecify.annotations.Nullable;

/**
 * Every state of the client and of a subscription, and every move between them. Users see three states of each; the phases here tell
 * apart what a machine must tell apart. Nothing in this file knows of time, lines or commands. {@code docs/client-states.md} shows the
 * same tables and is compared with them by a test.
 */
final class Phases {
    private Phases() {}

    /** Where the client is between two lines. */
    enum Connecting {
        DISCONNECTED(
                ConnectionState.DISCONNECTED, "nothing is wanted of the client, or the server told it to stay away"),
        WAITING(ConnectionState.CONNECTING, "the next dial is due, now or later"),
        FETCHING(ConnectionState.CONNECTING, "the application is asked for a connection token"),
        DIALLING(ConnectionState.CONNECTING, "a dial is on its way"),
        GREETING(
                ConnectionState.CONNECTING,
                "the line is open; connect and all subscribes are sent, connect is unanswered"),
        CONNECTED(ConnectionState.CONNECTED, "the session is open");

        enum Event {
            CONNECT_CALLED,
            TOKEN_WANTED,
            TOKEN_FAILED,
            DIAL_BEGUN,
            LINE_OPENED,
            CONNECT_ANSWERED,
            LINE_LOST,
            ENDED
        }

        final ConnectionState state;
        final String meaning;

        Connecting(ConnectionState state, String meaning) {
            this.state = state;
            this.meaning = meaning;
        }

        /** The phase after {@code event}; null if that can't happen here. */
        @Nullable
        Connecting after(Connecting.Event event) {
            return switch (event) {
                case CONNECT_CALLED -> this == DISCONNECTED ? WAITING : this;
                case TOKEN_WANTED -> this == WAITING ? FETCHING : null;
                case TOKEN_FAILED -> this == FETCHING ? WAITING : null;
                case DIAL_BEGUN -> this == WAITING || this == FETCHING ? DIALLING : null;
                case LINE_OPENED -> this == DIALLING ? GREETING : null;
                case CONNECT_ANSWERED -> this == GREETING ? CONNECTED : null;
                case LINE_LOST -> ownsLine() ? WAITING : null;
                case ENDED -> DISCONNECTED;
            };
        }

        /** @throws IllegalStateException for a move that is not in the table: a fault of the machine, whatever the peer does */
        Connecting on(Connecting.Event event) {
            Connecting next = after(event);
            if (next == null) throw new IllegalStateException(event + " while " + this);
            return next;
        }

        /** Whether a line is open or being dialled. */
        boolean ownsLine() {
            return this == DIALLING || canSend();
        }

        /** Whether there is a line to send commands on. */
        boolean canSend() {
            return this == GREETING || this == CONNECTED;
        }
    }

    /** Where a subscription is. A new one is {@link #WAITING}; an ended one stays {@link #UNSUBSCRIBED}. */
    enum Subscribing {
        WAITING(SubscriptionState.SUBSCRIBING, "for a line, or for the time of its next attempt"),
        FETCHING(SubscriptionState.SUBSCRIBING, "there is a line; the application is asked for a subscription token"),
        ASKED(
                SubscriptionState.SUBSCRIBING,
                "subscribe is sent and unanswered; pushes heard now belong to an earlier attempt"),
        SUBSCRIBED(SubscriptionState.SUBSCRIBED, "pushes are for the application"),
        UNSUBSCRIBED(SubscriptionState.UNSUBSCRIBED, "for good");

        enum Event {
            TOKEN_WANTED,
            SUBSCRIBE_SENT,
            SUBSCRIBE_ANSWERED,
            INTERRUPTED,
            ENDED
        }

        final SubscriptionState state;
        final String meaning;

        Subscribing(SubscriptionState state, String meaning) {
            this.state = state;
            this.meaning = meaning;
        }

        /** The phase after {@code event}; null if that can't happen here. */
        @Nullable
        Subscribing after(Subscribing.Event event) {
            if (this == UNSUBSCRIBED) return null;
            return switch (event) {
                case TOKEN_WANTED -> this == WAITING ? FETCHING : null;
                case SUBSCRIBE_SENT -> this == WAITING || this == FETCHING ? ASKED : null;
                case SUBSCRIBE_ANSWERED -> this == ASKED ? SUBSCRIBED : null;
                case INTERRUPTED -> WAITING;
                case ENDED -> UNSUBSCRIBED;
            };
        }

        /** @throws IllegalStateException for a move that is not in the table: a fault of the machine, whatever the peer does */
        Subscribing on(Subscribing.Event event) {
            Subscribing next = after(event);
            if (next == null) throw new IllegalStateException(event + " while " + this);
            return next;
        }
    }

    /** Where a publish in the outbox is. A new one is {@link #WAITING}. */
    enum Publishing {
        WAITING("for its turn in its channel, for a session, or for a place among those under way"),
        SENT("under way, and not answered"),
        RESTING("refused for now, or not answered in time; sent again after a delay"),
        ENDED("acknowledged, refused for good, or given up: its future is complete");

        enum Event {
            PUBLISH_SENT,
            LINE_LOST,
            DELAYED,
            DELAY_OVER,
            ENDED
        }

        final String meaning;

        Publishing(String meaning) {
            this.meaning = meaning;
        }

        /** The phase after {@code event}; null if that can't happen here. */
        @Nullable
        Publishing after(Publishing.Event event) {
            if (this == ENDED) return null;
            return switch (event) {
                case PUBLISH_SENT -> this == WAITING ? SENT : null;
                case LINE_LOST -> this == SENT ? WAITING : null;
                case DELAYED -> this == SENT ? RESTING : null;
                case DELAY_OVER -> this == RESTING ? WAITING : null;
                case ENDED -> ENDED;
            };
        }

        /** @throws IllegalStateException for a move that is not in the table: a fault of the machine, whatever the peer does */
        Publishing on(Publishing.Event event) {
            Publishing next = after(event);
            if (next == null) throw new IllegalStateException(event + " while " + this);
            return next;
        }
    }
}
