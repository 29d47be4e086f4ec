package dev.openline.hub;

import dev.openline.protocol.StreamPosition;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** What a shard answers that needs to ask no store: within the call. */
final class AtOnce {
    private AtOnce() {}

    static Published publish(Shard shard, PublishRequest request, long now) {
        return answer(answer -> shard.publish(request, now, answer));
    }

    static Page read(Shard shard, String channel, StreamPosition after, int limit, long now) {
        return answer(answer -> shard.read(channel, after, limit, now, answer));
    }

    static Page history(Shard shard, String channel, HistoryQuery query, long now) {
        return answer(answer -> shard.history(channel, query, now, answer));
    }

    private static <T> T answer(Consumer<Consumer<T>> ask) {
        List<T> answers = new ArrayList<>(1);
        ask.accept(answers::add);
        if (answers.size() != 1) throw new AssertionError("answered " + answers.size() + " times");
        return answers.get(0);
    }
}
