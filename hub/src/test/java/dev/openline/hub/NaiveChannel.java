package dev.openline.hub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.protocol.Publication;
import dev.openline.protocol.StreamPosition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What one channel should be, told with plain lists and no thought of speed: the second opinion on every answer of a shard. It also
 * remembers all that was ever said, so that a reader can be checked word for word.
 */
final class NaiveChannel {
    /** @param key which newer publications make it superfluous; its own offset where none do */
    record Item(long offset, long saidAt, String key) {}

    private record Key(StreamPosition position, long until) {}

    final String name;
    final ChannelOptions options;
    /** Payload by epoch and offset, for good. */
    final Map<String, Map<Long, String>> said = new HashMap<>();

    final Set<String> present = new HashSet<>();
    private final ShardLimits limits;
    private final List<Item> kept = new ArrayList<>();
    private final Map<String, Key> keys = new HashMap<>();
    private int subscribers;
    private @Nullable String epoch;
    private long top;
    /** In a keyed log, the highest offset that went for lack of room or age. */
    private long dropped;

    private long touched;

    NaiveChannel(String name, ChannelOptions options, ShardLimits limits) {
        this.name = name;
        this.options = options;
        this.limits = limits;
    }

    StreamPosition top() {
        return new StreamPosition(top, epoch == null ? "" : epoch);
    }

    /** Lets time pass: items and keys go, and at last the position. */
    void at(long now) {
        drop(item -> item.saidAt() + options.historyTtl().toMillis() <= now);
        keys.values().removeIf(key -> key.until() <= now);
        long life = options.historyMetaTtl().toMillis();
        if (top == 0) life = Math.min(life, limits.neverPublishedTtl().toMillis());
        if (subscribers > 0 || !keys.isEmpty() || touched + life > now) return;
        epoch = null;
        top = 0;
        dropped = 0;
        kept.clear();
    }

    /** Checks the answer to a publish; answers whether it was a repeated key. */
    boolean published(Published answer, PublishRequest request, long now) {
        at(now);
        boolean logged = options.logged() && request.history() == PublishRequest.History.KEEP;
        if (!logged) {
            assertThat(answer).isEqualTo(new Published.Unlogged());
            if (options.logged()) touched = now;
            return false;
        }
        StreamPosition position = ((Published.At) answer).position();
        String key = request.idempotencyKey();
        if (key != null && keys.containsKey(key)) {
            assertThat(position)
                    .as("same key, same position")
                    .isEqualTo(keys.get(key).position());
            return true;
        }
        touched = now;
        meet(position.epoch());
        assertThat(position.offset()).as("the next offset").isEqualTo(++top);
        assertThat(said.get(epoch).put(top, request.data().text()))
                .as("an offset is used once")
                .isNull();
        keep(new Item(top, now, keyOf(request.tags())));
        if (key != null)
            keys.put(key, new Key(position, now + limits.idempotencyTtl().toMillis()));
        return false;
    }

    /** Something was said on another channel that this one gathers; {@code shardsTop} is what the shard made of it. */
    void gathered(StreamPosition shardsTop, Publication publication, long now) {
        at(now);
        touched = now;
        meet(shardsTop.epoch());
        if (publication.offset() > 0) {
            said.get(epoch).put(++top, publication.data().text());
            keep(new Item(top, now, keyOf(publication.tags())));
        }
        assertThat(shardsTop).isEqualTo(top());
    }

    /** The key of a publication with these tags that comes now. */
    private String keyOf(Map<String, String> tags) {
        return options.keyed() ? tags.getOrDefault(options.latestKey(), "") : "" + top;
    }

    private void keep(Item item) {
        kept.removeIf(older -> older.key().equals(item.key()));
        kept.add(item);
        if (kept.size() <= options.historySize()) return;
        long oldest = kept.get(0).offset();
        drop(older -> older.offset() == oldest);
    }

    private void drop(Predicate<Item> which) {
        for (Item item : kept) if (which.test(item)) dropped = Math.max(dropped, item.offset());
        kept.removeIf(which);
    }

    /** The newest of each key, where there are keys. */
    List<Item> kept() {
        return List.copyOf(kept);
    }

    private boolean onlyNewest() {
        return options.mode() == Mode.LATEST && !options.keyed();
    }

    void subscribed(Subscribed.Accepted answer, SubscribeRequest request, long now) {
        at(now);
        subscribers++;
        touched = now;
        present.add(request.who().client());
        if (options.logged()) meet(answer.top().epoch());
        assertThat(answer.top()).isEqualTo(top());
        StreamPosition from = request.recoverFrom();
        if (from == null && options.has(Feature.AUTO_RECOVER)) complete(missed(0), answer.recovery());
        else if (from == null) assertThat(answer.recovery()).isEqualTo(new Recovery.NotAsked());
        else if (!options.logged()) assertThat(answer.recovery()).isEqualTo(new Recovery.Gap());
        else if (onlyNewest()) newest(from, answer.recovery());
        else everything(from, answer.recovery());
    }

    void unsubscribed(String client, long now) {
        at(now);
        subscribers--;
        touched = now;
        assertThat(present.remove(client)).isTrue();
    }

    void read(Page answer, StreamPosition after, int limit, long now) {
        at(now);
        touched = now;
        if (!after.epoch().equals(epoch)) {
            meet(answer instanceof Page.NewEpoch renewed ? renewed.top().epoch() : "");
            assertThat(answer).isEqualTo(new Page.NewEpoch(top()));
        } else if (!onlyNewest() && !reaches(after.offset())) {
            assertThat(answer).isEqualTo(new Page.Gap(top()));
        } else {
            var found = (Page.Found) answer;
            List<Long> missed = missed(after.offset());
            if (onlyNewest()) missed.removeIf(offset -> offset != top);
            check(found.publications(), missed.subList(0, Math.min(limit, missed.size())));
            assertThat(found.top()).isEqualTo(top());
        }
    }

    private void everything(StreamPosition from, Recovery answer) {
        if (!from.epoch().isEmpty() && !from.epoch().equals(epoch)) {
            assertThat(answer).isEqualTo(new Recovery.NewEpoch());
        } else if (!reaches(from.offset())) {
            assertThat(answer).isEqualTo(new Recovery.Gap());
        } else {
            complete(missed(from.offset()), answer);
        }
    }

    private void complete(List<Long> missed, Recovery answer) {
        var complete = (Recovery.Complete) answer;
        int size = Math.min(limits.pageLimit(), missed.size());
        check(complete.page(), missed.subList(0, size));
        assertThat(complete.more()).isEqualTo(size < missed.size());
    }

    private void newest(StreamPosition from, Recovery answer) {
        boolean same = from.equals(top());
        if (same || !kept.isEmpty()) check(((Recovery.Complete) answer).page(), same ? List.of() : List.of(top));
        else if (from.epoch().isEmpty() || from.epoch().equals(epoch))
            assertThat(answer).isEqualTo(new Recovery.Gap());
        else assertThat(answer).isEqualTo(new Recovery.NewEpoch());
    }

    private boolean reaches(long offset) {
        if (options.keyed()) return offset >= dropped && offset <= top;
        return offset == top || missed(offset).contains(offset + 1);
    }

    private List<Long> missed(long offset) {
        List<Long> missed = new ArrayList<>();
        for (Item item : kept) if (item.offset() > offset) missed.add(item.offset());
        return missed;
    }

    private void check(List<Publication> given, List<Long> offsets) {
        assertThat(given).extracting(Publication::offset).isEqualTo(offsets);
        for (Publication p : given)
            assertThat(p.data().text()).isEqualTo(said.get(epoch).get(p.offset()));
    }

    /** A log that lives keeps its epoch; one that was forgotten gets a name that was never used. */
    private void meet(String name) {
        if (epoch == null) {
            assertThat(said).as("a new life has a new name").doesNotContainKey(name);
            said.put(name, new HashMap<>());
            epoch = name;
        }
        assertThat(name).as("the epoch changes only when the log was lost").isEqualTo(epoch);
    }
}
