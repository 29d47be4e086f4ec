package dev.openline.client;

import dev.openline.protocol.ClientInfo;
import dev.openline.protocol.Command;
import dev.openline.protocol.Payload;
import dev.openline.protocol.Publication;
import dev.openline.protocol.Result;
import dev.openline.protocol.StreamPosition;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a machine wanted done, as values that can be compared. */
sealed interface Effect {
    record Dial(long line) implements Effect {}

    record Send(long line, List<Command> commands) implements Effect {
        static Send of(long line, Command... commands) {
            return new Send(line, List.of(commands));
        }
    }

    record Close(long line) implements Effect {}

    record Drop(long line) implements Effect {}

    record Completed(Call<?> call, Result result) implements Effect {}

    record Failed(Call<?> call, CallFailed why) implements Effect {}

    record Connecting(Cause why, long delayMillis) implements Effect {}

    record Connected(String client) implements Effect {}

    record Disconnected(Cause why) implements Effect {}

    record Subscribing(String channel, Cause why) implements Effect {}

    record Subscribed(String channel, Result.SubscribeResult result) implements Effect {}

    record Unsubscribed(String channel, Cause why) implements Effect {}

    record Published(String channel, long offset, @Nullable StreamPosition position, Arrival arrival)
            implements Effect {
        static Published live(String channel, long offset, @Nullable StreamPosition position) {
            return new Published(channel, offset, position, Arrival.LIVE);
        }

        static Published recovered(String channel, long offset, @Nullable StreamPosition position) {
            return new Published(channel, offset, position, Arrival.RECOVERED);
        }
    }

    record Joined(String channel, String client) implements Effect {}

    record Acknowledged(Outgoing outgoing, @Nullable StreamPosition position) implements Effect {}

    record GivenUp(Outgoing outgoing, CallFailed why) implements Effect {}

    record Message(@Nullable Payload data) implements Effect {}

    record FetchToken(@Nullable String channel) implements Effect {}

    record Left(String channel, String client) implements Effect {}

    /** Writes them down. */
    final class Recorder implements Effects {
        private final List<Effect> effects = new ArrayList<>();

        /** Of all publications. */
        final List<String> payloads = new ArrayList<>();

        /** All that the application was ever asked for. */
        final List<TokenFetches.Fetch> fetches = new ArrayList<>();

        /** All since the last call. */
        List<Effect> take() {
            List<Effect> taken = List.copyOf(effects);
            effects.clear();
            return taken;
        }

        @Override
        public void dial(long line) {
            effects.add(new Dial(line));
        }

        @Override
        public void send(long line, List<Command> commands) {
            effects.add(new Send(line, List.copyOf(commands)));
        }

        @Override
        public void close(long line) {
            effects.add(new Close(line));
        }

        @Override
        public void drop(long line) {
            effects.add(new Drop(line));
        }

        @Override
        public void complete(Call<?> call, Result result) {
            effects.add(new Completed(call, result));
        }

        @Override
        public void fail(Call<?> call, CallFailed why) {
            effects.add(new Failed(call, why));
        }

        @Override
        public void connecting(Cause why, long delayMillis) {
            effects.add(new Connecting(why, delayMillis));
        }

        @Override
        public void connected(Result.ConnectResult session) {
            effects.add(new Connected(session.client()));
        }

        @Override
        public void disconnected(Cause why) {
            effects.add(new Disconnected(why));
        }

        @Override
        public void subscribing(Cursor cursor, Cause why) {
            effects.add(new Subscribing(cursor.channel(), why));
        }

        @Override
        public void subscribed(Cursor cursor, Result.SubscribeResult result) {
            effects.add(new Subscribed(cursor.channel(), result));
        }

        @Override
        public void unsubscribed(Cursor cursor, Cause why) {
            effects.add(new Unsubscribed(cursor.channel(), why));
        }

        @Override
        public void published(Cursor cursor, Publication publication, Arrival arrival) {
            effects.add(new Published(cursor.channel(), publication.offset(), cursor.position(), arrival));
            payloads.add(publication.data().text());
        }

        @Override
        public void joined(Cursor cursor, ClientInfo info) {
            effects.add(new Joined(cursor.channel(), info.client()));
        }

        @Override
        public void left(Cursor cursor, ClientInfo info) {
            effects.add(new Left(cursor.channel(), info.client()));
        }

        @Override
        public void message(@Nullable Payload data) {
            effects.add(new Message(data));
        }

        @Override
        public void fetchToken(TokenFetches.Fetch fetch) {
            Cursor cursor = fetch.cursor();
            effects.add(new FetchToken(cursor == null ? null : cursor.channel()));
            fetches.add(fetch);
        }

        @Override
        public void published(Outgoing outgoing, @Nullable StreamPosition position) {
            effects.add(new Acknowledged(outgoing, position));
        }

        @Override
        public void fail(Outgoing outgoing, CallFailed why) {
            effects.add(new GivenUp(outgoing, why));
        }
    }
}
