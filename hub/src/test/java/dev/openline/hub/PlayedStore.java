package dev.openline.hub;

import dev.openline.protocol.ClientInfo;
import dev.openline.protocol.ErrorReply;
import dev.openline.protocol.Publication;
import dev.openline.protocol.StreamPosition;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Logs that several servers share, where everything that travels waits until the test lets it go, or is lost. */
final class PlayedStore {
    /** One log, as plainly as it can be. */
    static final class Kept {
        String epoch;
        long top;
        long first = 1;
        final List<LogEntry> entries = new ArrayList<>();
        final Map<String, Published.At> keys = new HashMap<>();

        Kept(String epoch) {
            this.epoch = epoch;
        }
    }

    final Map<String, Kept> logs = new HashMap<>();
    final Map<String, Map<String, ClientInfo>> present = new HashMap<>();
    final List<View> views = new ArrayList<>();
    long now = 1_000_000;
    /** While true, nobody can ask it anything. */
    boolean away;

    private final ChannelRules rules;
    private int epochs;

    PlayedStore(ChannelRules rules) {
        this.rules = rules;
    }

    Kept log(String channel) {
        return logs.computeIfAbsent(channel, name -> new Kept("e" + ++epochs));
    }

    /** Loses what it has; no epoch of before is there again. */
    void lose() {
        for (Kept kept : logs.values()) {
            kept.epoch = "e" + ++epochs;
            kept.entries.clear();
            kept.keys.clear();
            kept.top = 0;
            kept.first = 1;
        }
    }

    View view() {
        View view = new View();
        views.add(view);
        return view;
    }

    /** What one server sees of it. */
    final class View implements SharedStore {
        private final Map<String, Follower> followers = new LinkedHashMap<>();
        /** Questions on their way, and then their answers; in order. */
        final Deque<Runnable> questions = new ArrayDeque<>();

        final Deque<Runnable> answers = new ArrayDeque<>();
        /** What is on its way to the followers here; in order. */
        final Deque<Runnable> told = new ArrayDeque<>();

        boolean deaf;

        /** Nothing is heard any more, and what was on its way is lost. */
        void fallDeaf() {
            deaf = true;
            told.clear();
            List.copyOf(followers.values()).forEach(follower -> follower.deaf(now));
        }

        void hearAgain() {
            deaf = false;
            for (String channel : List.copyOf(followers.keySet())) listens(channel);
        }

        private void listens(String channel) {
            told.add(() -> {
                Follower follower = followers.get(channel);
                if (follower != null) follower.listening(now);
            });
        }

        @Override
        public void follow(String channel, Follower follower) {
            if (followers.putIfAbsent(channel, follower) != null) throw new AssertionError("followed twice");
            if (deaf) answers.add(() -> follower.deaf(now));
            else listens(channel);
        }

        @Override
        public void unfollow(String channel) {
            if (followers.remove(channel) == null) throw new AssertionError("not followed");
        }

        private <T> void ask(java.util.function.Supplier<T> question, T otherwise, LogStore.Answer<T> answer) {
            questions.add(() -> {
                T result = away ? otherwise : question.get();
                answers.add(() -> answer.take(result, now));
            });
        }

        @Override
        public void publish(PublishRequest request, ChannelOptions options, LogStore.Answer<Published> answer) {
            ask(() -> published(request, options), new Published.Refused(ErrorReply.INTERNAL), answer);
        }

        private Published published(PublishRequest request, ChannelOptions options) {
            String channel = request.channel();
            Published.At before = options.logged() ? log(channel).keys.get(request.idempotencyKey()) : null;
            if (before != null) return before;
            var said = new Publication(0, request.data(), request.info(), request.tags());
            Published published = say(channel, options, said);
            String pattern = rules.patternOf(channel);
            if (pattern != null) say(pattern, rules.optionsFor(pattern), said.saidOn(channel));
            if (request.idempotencyKey() != null && published instanceof Published.At at)
                log(channel).keys.put(request.idempotencyKey(), at);
            return published;
        }

        private Published say(String channel, ChannelOptions options, Publication said) {
            if (!options.logged()) {
                tell(channel, new Said(new LogEntry("", said, now, null, null, List.of()), false));
                return new Published.Unlogged();
            }
            Kept kept = log(channel);
            var publication =
                    new Publication(++kept.top, said.data(), said.info(), said.tags(), said.coding(), said.channel());
            var entry = new LogEntry(kept.epoch, publication, now, null, null, List.of());
            if (options.keyed())
                kept.entries.removeIf(e -> e.publication().tags().equals(said.tags())
                        && e.publication().channel().equals(said.channel()));
            kept.entries.add(entry);
            if (kept.entries.size() > options.historySize())
                kept.first = kept.entries.remove(0).offset() + 1;
            tell(channel, new Said(entry, false));
            return new Published.At(new StreamPosition(kept.top, kept.epoch));
        }

        private void tell(String channel, Said said) {
            for (View view : views)
                if (!view.deaf)
                    view.told.add(() -> {
                        Follower follower = view.followers.get(channel);
                        if (follower != null) follower.said(said, now);
                    });
        }

        @Override
        public void read(
                String channel, ChannelOptions options, HistoryQuery query, LogStore.Answer<@Nullable Part> answer) {
            ask(() -> part(log(channel), query), null, answer);
        }

        private static Part part(Kept kept, HistoryQuery query) {
            boolean forward = query.direction() == HistoryQuery.Direction.FORWARD;
            StreamPosition since = query.since();
            List<LogEntry> found = new ArrayList<>(kept.entries);
            if (since != null)
                found.removeIf(e -> forward ? e.offset() <= since.offset() : e.offset() >= since.offset());
            if (!forward) Collections.reverse(found);
            return new Part(kept.epoch, kept.first, kept.top, found.subList(0, Math.min(found.size(), query.limit())));
        }

        @Override
        public void clear(String channel, ChannelOptions options, LogStore.Answer<LogStore.Outcome> answer) {
            ask(
                    () -> {
                        Kept kept = log(channel);
                        kept.entries.clear();
                        kept.first = kept.top + 1;
                        for (View view : views) if (!view.deaf) view.listens(channel);
                        return LogStore.Outcome.KEPT;
                    },
                    LogStore.Outcome.FAILED,
                    answer);
        }

        @Override
        public void giveUp(String channel, String epoch) {
            questions.add(() -> {
                if (!away && log(channel).epoch.equals(epoch)) logs.remove(channel);
            });
        }

        @Override
        public void enter(String channel, ClientInfo who) {
            present.computeIfAbsent(channel, any -> new LinkedHashMap<>()).put(who.client(), who);
        }

        @Override
        public void leave(String channel, ClientInfo who) {
            present.getOrDefault(channel, Map.of()).remove(who.client());
        }

        @Override
        public void announce(String channel, ClientInfo who, boolean joined) {
            for (View view : views)
                if (!view.deaf)
                    view.told.add(() -> {
                        Follower follower = view.followers.get(channel);
                        if (follower == null) return;
                        if (joined) follower.joined(who);
                        else follower.left(who);
                    });
        }

        @Override
        public void presence(String channel, LogStore.Answer<@Nullable List<ClientInfo>> answer) {
            ask(() -> List.copyOf(present.getOrDefault(channel, Map.of()).values()), null, answer);
        }

        @Override
        public void presenceStats(String channel, LogStore.Answer<@Nullable PresenceStats> answer) {
            ask(
                    () -> {
                        Map<String, ClientInfo> all = present.getOrDefault(channel, Map.of());
                        int users = (int) all.values().stream()
                                .map(ClientInfo::user)
                                .distinct()
                                .count();
                        return new PresenceStats(all.size(), users);
                    },
                    null,
                    answer);
        }

        boolean isQuiet() {
            return questions.isEmpty() && answers.isEmpty() && told.isEmpty();
        }

        /** Lets everything arrive. */
        void settle() {
            while (!isQuiet()) {
                for (Deque<Runnable> each : List.of(questions, answers, told)) {
                    Runnable next = each.poll();
                    if (next != null) next.run();
                }
            }
        }
    }
}
