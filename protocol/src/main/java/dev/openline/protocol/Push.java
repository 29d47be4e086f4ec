package dev.openline.protocol;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a server says unasked. */
public sealed interface Push extends ServerMessage {
    @Override
    default <R> R with(ServerMessage.Cases<R> cases) {
        return cases.push(this);
    }

    /** Calls the method of {@code kinds} that fits; the compiler sees that none is forgotten. */
    <R> R with(Kinds<R> kinds);

    /** One answer for each push. */
    interface Kinds<R> {
        R publication(PublicationPush push);

        R join(Join push);

        R leave(Leave push);

        R unsubscribe(UnsubscribePush push);

        R subscribe(SubscribePush push);

        R message(MessagePush push);

        R connect(ConnectPush push);

        R disconnect(DisconnectPush push);

        R refresh(RefreshPush push);
    }

    /** Something was said on a channel. */
    record PublicationPush(String channel, Publication publication) implements Push {
        public PublicationPush {
            Numbers.requireChannel(channel);
            Objects.requireNonNull(publication, "publication");
        }

        @Override
        public <R> R with(Kinds<R> kinds) {
            return kinds.publication(this);
        }
    }

    /** Someone came to a channel. */
    record Join(String channel, ClientInfo info) implements Push {
        public Join {
            Numbers.requireChannel(channel);
            Objects.requireNonNull(info, "info");
        }

        @Override
        public <R> R with(Kinds<R> kinds) {
            return kinds.join(this);
        }
    }

    /** Someone left a channel. */
    record Leave(String channel, ClientInfo info) implements Push {
        public Leave {
            Numbers.requireChannel(channel);
            Objects.requireNonNull(info, "info");
        }

        @Override
        public <R> R with(Kinds<R> kinds) {
            return kinds.leave(this);
        }
    }

    /** The server ended a subscription. */
    record UnsubscribePush(String channel, Unsubscribed why) implements Push {
        public UnsubscribePush {
            Numbers.requireChannel(channel);
            Objects.requireNonNull(why, "why");
        }

        @Override
        public <R> R with(Kinds<R> kinds) {
            return kinds.unsubscribe(this);
        }
    }

    /**
     * The server made a subscription.
     *
     * @param tracking whether the server keeps the position, and the client may recover
     * @param position of the log's newest publication; null exactly when {@code tracking} is {@link Tracking#NONE}
     * @param data from the application, or null
     */
    record SubscribePush(
            String channel,
            Tracking tracking,
            @Nullable StreamPosition position,
            @Nullable Payload data) implements Push {
        public SubscribePush {
            Numbers.requireChannel(channel);
            if ((tracking == Tracking.NONE) != (position == null))
                throw new IllegalArgumentException(tracking + " with position " + position);
        }

        @Override
        public <R> R with(Kinds<R> kinds) {
            return kinds.subscribe(this);
        }
    }

    /**
     * The application tells this client something, on no channel.
     *
     * @param data what, or null
     */
    record MessagePush(@Nullable Payload data) implements Push {
        @Override
        public <R> R with(Kinds<R> kinds) {
            return kinds.message(this);
        }
    }

    /**
     * The session is open. Only for carriers that have no way to answer: on others it is the result of the connect command.
     *
     * @param result what the command would have brought
     */
    record ConnectPush(Result.ConnectResult result) implements Push {
        public ConnectPush {
            Objects.requireNonNull(result, "result");
        }

        @Override
        public <R> R with(Kinds<R> kinds) {
            return kinds.connect(this);
        }
    }

    /** The session ends. Only for carriers that have no close frame of their own. */
    record DisconnectPush(Disconnect why) implements Push {
        public DisconnectPush {
            Objects.requireNonNull(why, "why");
        }

        @Override
        public <R> R with(Kinds<R> kinds) {
            return kinds.disconnect(this);
        }
    }

    /**
     * The connection's lifetime changed.
     *
     * @param expiry until when; null: for ever
     */
    record RefreshPush(@Nullable Expiry expiry) implements Push {
        @Override
        public <R> R with(Kinds<R> kinds) {
            return kinds.refresh(this);
        }
    }
}
