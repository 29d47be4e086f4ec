package dev.openline.hub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.hub.PublishRequest.Version;
import dev.openline.protocol.ClientInfo;
import dev.openline.protocol.ErrorReply;
import dev.openline.protocol.Payload;
import dev.openline.protocol.Publication;
import dev.openline.protocol.StreamPosition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Channels whose log is kept by a store. */
class DurableTest {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final ChannelRules RULES = ChannelRules.builder()
            .namespace("news", ChannelOptions.every(1_000, HOUR).build())
            .namespace("small", ChannelOptions.every(3, HOUR).build())
            .namespace(
                    "board",
                    ChannelOptions.latest(HOUR)
                            .history(100, HOUR)
                            .latestKey("k")
                            .build())
            .namespace(
                    "patch",
                    ChannelOptions.every(10, HOUR)
                            .with(Feature.DELTA, Feature.DELTA_PUBLISH)
                            .build())
            .namespace(
                    "wild",
                    ChannelOptions.every(10, HOUR).with(Feature.WILDCARD).build())
            .namespace(
                    "memory",
                    ChannelOptions.every(10, HOUR).without(Feature.DURABLE).build())
            .namespace("typing", ChannelOptions.unlogged().build())
            .build();
    private static final StoreLimits LIMITS = new StoreLimits(4, Duration.ofMinutes(1), 1 << 20, 5);

    private final HeldStore.Disk disk = new HeldStore.Disk();
    private final List<String> heard = new ArrayList<>();
    private HeldStore store = new HeldStore(disk);
    private Shard shard = shard();
    private long now = 1_000;

    private Shard shard() {
        return new Shard(RULES, ShardLimits.DEFAULT, () -> "memory", new Heard(), store, LIMITS);
    }

    /** A new process on the same disk; what was not answered is forgotten. */
    private void restart() {
        store = new HeldStore(disk);
        store.now = now;
        shard = shard();
    }

    private void later(Duration time) {
        now += time.toMillis();
        store.now = now;
        shard.onTime(now);
    }

    private final class Heard implements ShardEffects {
        @Override
        public void publication(
                LoopSet loops, String channel, String epoch, Publication publication, @Nullable Publication previous) {
            heard.add(publication.offset() + (previous == null ? "" : " after " + previous.offset()));
        }

        @Override
        public void stale(LoopSet loops, String channel) {
            throw new AssertionError("a server that is alone is never deaf");
        }

        @Override
        public void advanced(LoopSet loops, String channel, StreamPosition top) {
            throw new AssertionError("a log of one's own only grows by what is said");
        }

        @Override
        public void occupied(String channel) {}

        @Override
        public void vacated(String channel) {}

        @Override
        public void gathered(String pattern, Publication publication) {}

        @Override
        public void joined(LoopSet loops, String channel, ClientInfo who) {}

        @Override
        public void left(LoopSet loops, String channel, ClientInfo who) {}
    }

    private List<Published> publish(PublishRequest request) {
        List<Published> answers = new ArrayList<>();
        shard.publish(request, now, answers::add);
        return answers;
    }

    private List<Published> publish(String channel) {
        return publish(PublishRequest.of(channel, Payload.of("1")));
    }

    private void publishMany(String channel, int count) {
        for (int i = 0; i < count; i++) assertThat(publish(channel)).hasSize(1);
    }

    private static Published at(long offset) {
        return new Published.At(new StreamPosition(offset, "life0"));
    }

    private List<Subscribed> subscribe(String channel, String client, @Nullable StreamPosition from) {
        List<Subscribed> answers = new ArrayList<>();
        var who = new ClientInfo("", client, null, null);
        shard.subscribe(0, new SubscribeRequest(channel, who, from), now, answers::add);
        return answers;
    }

    private Subscribed.Accepted subscribed(String channel, @Nullable StreamPosition from) {
        return (Subscribed.Accepted) subscribe(channel, "ann", from).get(0);
    }

    private List<Page> read(String channel, long after) {
        List<Page> pages = new ArrayList<>();
        shard.read(channel, new StreamPosition(after, "life0"), 64, now, pages::add);
        return pages;
    }

    private static List<Long> offsets(Page page) {
        return ((Page.Found) page)
                .publications().stream().map(Publication::offset).toList();
    }

    private static List<Long> range(long first, long last) {
        return LongStream.rangeClosed(first, last).boxed().toList();
    }

    private Page history(String channel, HistoryQuery query) {
        return AtOnce.history(shard, channel, query, now);
    }

    @Nested
    class A_publish {
        @Test
        void is_heard_of_and_answered_once_the_store_has_it() {
            subscribed("news:a", null);
            store.holds = true;

            List<Published> answers = publish("news:a");
            assertThat(answers).isEmpty();
            assertThat(heard).isEmpty();
            assertThat(subscribe("news:a", "bob", null))
                    .singleElement()
                    .satisfies(
                            bob -> assertThat(((Subscribed.Accepted) bob).top().offset())
                                    .isZero());

            store.answerAll();
            assertThat(answers).containsExactly(at(1));
            assertThat(heard).containsExactly("1");
        }

        @Test
        void gets_its_offset_in_the_order_of_the_calls_however_many_are_under_way() {
            subscribed("patch:a", null);
            store.holds = true;
            List<List<Published>> answers = new ArrayList<>();
            for (int i = 0; i < 4; i++) answers.add(publish("patch:a"));
            store.answerAll();

            assertThat(answers).containsExactly(List.of(at(1)), List.of(at(2)), List.of(at(3)), List.of(at(4)));
            assertThat(heard).containsExactly("1", "2 after 1", "3 after 2", "4 after 3");
        }

        @Test
        void with_a_key_that_is_under_way_gets_the_same_answer() {
            publish("news:a");
            store.holds = true;
            PublishRequest once = PublishRequest.of("news:a", Payload.of("2")).once("key");
            List<Published> first = publish(once);
            List<Published> again = publish(once);
            assertThat(again).isEmpty();
            store.answerAll();

            assertThat(first).containsExactly(at(2));
            assertThat(again).containsExactly(at(2));
            assertThat(publish(once)).containsExactly(at(2));
            assertThat(disk.size("news:a")).isEqualTo(2);
        }

        @Test
        void that_one_under_way_covers_by_its_version_waits_for_it() {
            publish("news:a");
            store.holds = true;
            PublishRequest newer = PublishRequest.of("news:a", Payload.of("2")).version(new Version(5, "v"));
            PublishRequest older = PublishRequest.of("news:a", Payload.of("2")).version(new Version(4, "v"));
            publish(newer);
            List<Published> covered = publish(older);
            assertThat(covered).isEmpty();
            store.answerAll();

            assertThat(covered).containsExactly(at(2));
            restart();
            assertThat(publish(older)).containsExactly(at(2));
        }

        @Test
        void that_the_store_could_not_keep_is_refused_with_all_after_it_and_their_offsets_are_given_anew() {
            subscribed("news:a", null);
            publish("news:a");
            store.holds = true;
            store.full = true;
            List<Published> first =
                    publish(PublishRequest.of("news:a", Payload.of("2")).once("k"));
            List<Published> second = publish("news:a");
            store.answer();
            assertThat(first).containsExactly(new Published.Refused(Journal.NOT_KEPT));
            assertThat(second).containsExactly(new Published.Refused(Journal.NOT_KEPT));
            assertThat(Journal.NOT_KEPT.temporary()).isTrue();

            store.full = false;
            List<Published> third =
                    publish(PublishRequest.of("news:a", Payload.of("3")).once("k"));
            store.answerAll();
            assertThat(third).containsExactly(at(2));
            assertThat(heard).containsExactly("1", "2");
        }

        @Test
        void beyond_what_may_wait_is_refused_and_the_others_are_kept() {
            publish("news:a");
            store.holds = true;
            List<List<Published>> answers = new ArrayList<>();
            for (int i = 0; i < 6; i++) answers.add(publish("news:a"));
            assertThat(answers.get(5)).containsExactly(new Published.Refused(ErrorReply.TOO_MANY_REQUESTS));
            store.answerAll();
            assertThat(answers.get(4)).containsExactly(at(6));
            assertThat(publish("news:a")).isEmpty();
            store.answerAll();
            assertThat(disk.size("news:a")).isEqualTo(7);
        }

        @Test
        void of_another_mode_or_into_no_log_asks_no_store() {
            store.holds = true;
            assertThat(publish("memory:a")).hasSize(1);
            assertThat(publish("typing:a")).containsExactly(new Published.Unlogged());
            assertThat(store.asked).isEmpty();
        }
    }

    @Nested
    class After_a_restart {
        @Test
        void position_epoch_keys_and_publications_are_there() {
            publish(PublishRequest.of("news:a", Payload.of("1")).once("key"));
            publishMany("news:a", 2);
            restart();

            assertThat(publish(PublishRequest.of("news:a", Payload.of("\"x\"")).once("key")))
                    .containsExactly(at(1));
            assertThat(publish("news:a")).containsExactly(at(4));
            var recovered = (Recovery.Complete)
                    subscribed("news:a", new StreamPosition(1, "life0")).recovery();
            assertThat(recovered.page()).extracting(Publication::offset).containsExactly(2L, 3L, 4L);
        }

        @Test
        void what_was_never_kept_was_never_there() {
            publish("news:a");
            store.holds = true;
            List<Published> unanswered = publish("news:a");
            restart();

            assertThat(unanswered).isEmpty();
            assertThat(publish("news:a")).containsExactly(at(2));
        }

        @Test
        void a_channel_that_was_only_subscribed_to_has_its_epoch_again() {
            StreamPosition top = subscribed("news:quiet", null).top();
            restart();
            assertThat(subscribed("news:quiet", top).recovery()).isEqualTo(new Recovery.Complete(List.of(), false));
        }

        @Test
        void the_newest_of_each_key_is_there() {
            for (String key : List.of("a", "b", "a", "c", "b"))
                publish(PublishRequest.of("board:x", Payload.of("1")).tagged(Map.of("k", key)));
            restart();
            Page page = AtOnce.read(shard, "board:x", new StreamPosition(0, ""), 64, now);
            assertThat(offsets(page)).containsExactly(3L, 4L, 5L);
        }

        @Test
        void what_the_store_has_forgotten_begins_a_life_that_never_was() {
            StreamPosition old = subscribed("news:a", null).top();
            publish("news:a");
            restart();
            disk.forget("news:a");
            assertThat(subscribed("news:a", old).recovery()).isEqualTo(new Recovery.NewEpoch());
        }
    }

    @Nested
    class A_channel_that_is_not_open {
        @Test
        void answers_all_requests_in_their_order_once_it_is() {
            publish("news:a");
            restart();
            store.holds = true;
            List<Subscribed> ann = subscribe("news:a", "ann", null);
            List<Published> second = publish("news:a");
            List<Page> page = read("news:a", 0);
            assertThat(ann).isEmpty();
            assertThat(page).isEmpty();

            store.answerAll();
            assertThat(((Subscribed.Accepted) ann.get(0)).top().offset()).isEqualTo(1);
            assertThat(second).containsExactly(at(2));
            assertThat(offsets(page.get(0))).containsExactly(1L);
            assertThat(heard).containsExactly("2");
        }

        @Test
        void refuses_all_requests_for_now_if_it_can_not_be_read() {
            store.unreadable = true;
            assertThat(subscribe("news:a", "ann", null)).containsExactly(new Subscribed.Refused(Journal.NOT_READ));
            assertThat(publish("news:a")).containsExactly(new Published.Refused(Journal.NOT_READ));
            assertThat(read("news:a", 0)).containsExactly(new Page.Refused(Journal.NOT_READ));
            store.unreadable = false;
            assertThat(publish("news:a")).containsExactly(at(1));
        }

        @Test
        void bounds_what_waits_for_it() {
            store.holds = true;
            List<List<Published>> answers = new ArrayList<>();
            for (int i = 0; i < 6; i++) answers.add(publish("news:" + i % 2));
            assertThat(answers.get(5)).containsExactly(new Published.Refused(ErrorReply.TOO_MANY_REQUESTS));
            store.answerAll();
            assertThat(answers.subList(0, 5))
                    .allSatisfy(answer -> assertThat(answer).singleElement().isInstanceOf(Published.At.class));
        }
    }

    @Nested
    class An_idle_channel {
        @Test
        void is_left_to_the_store_and_comes_back_as_it_was() {
            publishMany("news:a", 3);
            later(Duration.ofSeconds(59));
            assertThat(shard.channelCount()).isEqualTo(1);
            later(Duration.ofSeconds(2));
            assertThat(shard.channelCount()).isZero();
            assertThat(store.asked).contains("release news:a");
            assertThat(publish("news:a")).containsExactly(at(4));
        }

        @Test
        void stays_while_somebody_listens_or_something_is_under_way() {
            subscribed("news:a", null);
            publish("news:b");
            store.holds = true;
            List<Published> slow = publish("news:b");
            later(Duration.ofMinutes(5));
            assertThat(shard.channelCount()).isEqualTo(2);
            store.answerAll();
            assertThat(slow).containsExactly(at(2));
            later(Duration.ofMinutes(5));
            assertThat(shard.channelCount()).isEqualTo(1);
        }
    }

    @Nested
    class What_memory_no_longer_has {
        @Test
        void is_recovered_page_by_page_from_the_store() {
            publishMany("news:a", 500);
            Recovery recovery =
                    subscribed("news:a", new StreamPosition(10, "life0")).recovery();
            assertThat(recovery).isEqualTo(new Recovery.Later(10));
            assertThat(offsets(read("news:a", 10).get(0))).isEqualTo(range(11, 74));
            assertThat(offsets(read("news:a", 250).get(0))).isEqualTo(range(251, 256));
            assertThat(offsets(read("news:a", 490).get(0))).isEqualTo(range(491, 500));
            assertThat(offsets(read("news:a", 496).get(0))).isEqualTo(range(497, 500));
        }

        @Test
        void is_read_once_for_all_who_come_back_to_about_the_same_place() {
            publishMany("news:a", 600);
            store.asked.clear();
            store.holds = true;
            List<List<Page>> pages = new ArrayList<>();
            for (int i = 0; i < 200; i++) pages.add(read("news:a", i));
            store.answerAll();
            for (int i = 0; i < 200; i++) pages.add(read("news:a", i));
            assertThat(store.asked).containsExactly("read news:a 1");
            for (int i = 0; i < 400; i++)
                assertThat(offsets(pages.get(i).get(0)).get(0)).isEqualTo(i % 200 + 1);
        }

        @Test
        void is_not_taken_for_all_there_is_when_the_log_goes_on() {
            publishMany("news:a", 280);
            assertThat(offsets(read("news:a", 270).get(0))).isEqualTo(range(271, 280));
            publishMany("news:a", 100);
            assertThat(offsets(read("news:a", 280).get(0))).isEqualTo(range(281, 344));
        }

        @Test
        void is_a_gap_when_it_is_too_old_or_more_than_the_history_size() {
            publishMany("small:a", 10);
            assertThat(read("small:a", 6)).containsExactly(new Page.Gap(new StreamPosition(10, "life0")));
            assertThat(offsets(read("small:a", 7).get(0))).containsExactly(8L, 9L, 10L);
            publishMany("news:a", 10);
            subscribed("news:a", null);
            later(HOUR.plusSeconds(1));
            publishMany("news:a", 1);
            assertThat(read("news:a", 2)).containsExactly(new Page.Gap(new StreamPosition(11, "life0")));
            assertThat(offsets(read("news:a", 10).get(0))).containsExactly(11L);
        }

        @Test
        void refuses_a_page_while_the_store_can_not_be_read() {
            publishMany("news:a", 10);
            store.unreadable = true;
            assertThat(read("news:a", 2)).containsExactly(new Page.Refused(Journal.NOT_READ));
            assertThat(offsets(read("news:a", 8).get(0))).containsExactly(9L, 10L);
        }

        @Test
        void is_told_by_the_history_in_both_directions() {
            publishMany("news:a", 50);
            var forward = HistoryQuery.Direction.FORWARD;
            var backward = HistoryQuery.Direction.BACKWARD;
            var since = new StreamPosition(20, "life0");
            assertThat(offsets(history("news:a", new HistoryQuery(null, 5, forward))))
                    .isEqualTo(range(1, 5));
            assertThat(offsets(history("news:a", new HistoryQuery(since, 5, forward))))
                    .isEqualTo(range(21, 25));
            assertThat(offsets(history("news:a", new HistoryQuery(since, 3, backward))))
                    .containsExactly(19L, 18L, 17L);
            assertThat(offsets(history("news:a", new HistoryQuery(null, 6, backward))))
                    .containsExactly(50L, 49L, 48L, 47L, 46L, 45L);
            assertThat(offsets(history("news:a", new HistoryQuery(null, 2, backward))))
                    .containsExactly(50L, 49L);
            assertThat(offsets(history("news:a", new HistoryQuery(null, 0, forward))))
                    .isEmpty();
        }

        @Test
        void is_trimmed_by_size_now_and_then_and_by_removing_the_history() {
            publishMany("small:a", 200);
            assertThat(disk.size("small:a")).isLessThan(3 + 64 + 1);
            publishMany("news:a", 20);
            List<@Nullable ErrorReply> done = new ArrayList<>();
            shard.removeHistory("news:a", now, done::add);
            assertThat(done).hasSize(1).containsOnlyNulls();
            assertThat(disk.size("news:a")).isZero();
            restart();
            assertThat(publish("news:a")).containsExactly(at(21));
        }
    }
}
