package dev.openline.hub;

import dev.openline.protocol.ErrorReply;
import dev.openline.protocol.Publication;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** What a channel whose log is kept by a {@link LogStore} has under way there. Only {@link Journal} changes it. */
final class Durable {
    /** A request that came before the channel was opened. */
    record Waiting(LongConsumer go, Consumer<ErrorReply> refuse) {}

    /** A publication that is on its way into the store. Nobody has heard of it but those who wait for what becomes of it. */
    static final class Appending {
        final PublishRequest request;
        final Publication publication;
        /** The one before it, if subscribers should get a patch. */
        final @Nullable Publication previous;

        final long time;
        final Consumer<Published> answer;
        /** Those who said the same again, or something that this one covers; null if nobody did. */
        private @Nullable List<Consumer<Published>> others;

        // More than 4 parameters because these are all that a publication needs once it is kept.
        Appending(
                PublishRequest request,
                Publication publication,
                @Nullable Publication previous,
                long time,
                Consumer<Published> answer) {
            this.request = request;
            this.publication = publication;
            this.previous = previous;
            this.time = time;
            this.answer = answer;
        }

        void alsoTell(Consumer<Published> other) {
            if (others == null) others = new ArrayList<>(1);
            others.add(other);
        }

        void tell(Published published) {
            answer.accept(published);
            if (others != null) others.forEach(other -> other.accept(published));
        }
    }

    /** Until the store has answered; null from then on. */
    @Nullable
    Deque<Waiting> waiting = new ArrayDeque<>();

    final Deque<Appending> appending = new ArrayDeque<>();
    /** Those among them with an idempotency key. */
    final Map<String, Appending> keyed = new HashMap<>();
    /** The version that the newest of them has which has one. */
    PublishRequest.@Nullable Version version;

    /** Answers to appends of an earlier life are of no interest: all of them have failed. */
    int life;

    /** What the next append makes worthless. */
    List<Long> overtaken = new ArrayList<>();

    boolean isOpening() {
        return waiting != null;
    }

    /** Whether something is under way whose answer needs the channel. */
    boolean isBusy() {
        return waiting != null || !appending.isEmpty();
    }
}
