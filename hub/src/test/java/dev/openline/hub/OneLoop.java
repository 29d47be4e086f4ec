package dev.openline.hub;

import dev.openline.protocol.ClientInfo;
import dev.openline.protocol.Payload;
import dev.openline.protocol.Publication;
import dev.openline.protocol.StreamPosition;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A shard and a fan-out on the same event loop, with every effect carried out at once: the deepest calls within calls there can be. Frames are
 * counted, so that a test can tell whether each was released once.
 */
final class OneLoop implements ShardEffects, FanoutEffects<OneLoop.Frame> {
    static final int LOOP = 3;

    /** What would be written to a line. */
    static final class Frame {
        final String text;
        int references = 1;

        Frame(String text) {
            this.text = text;
        }
    }

    /** A line that remembers what it was given. */
    final class Line implements Pipe<Frame> {
        final String client;
        final List<String> heard = new ArrayList<>();
        final Map<String, Cursor<Frame>> cursors = new HashMap<>();
        /** Frames it takes before it is full. */
        int room = Integer.MAX_VALUE;

        /** How each publication followed on the one before it. */
        final List<Step> steps = new ArrayList<>();
        /** What its new subscriptions want, if that is something else than the loop's. */
        @Nullable
        Reader reader;

        /** What it does when it is given a frame. */
        Runnable onPush = () -> {};

        Line(String client) {
            this.client = client;
        }

        @Override
        public boolean writable() {
            return room > 0;
        }

        @Override
        public void push(Cursor<Frame> cursor, Frame frame, Step step) {
            steps.add(step);
            take(frame);
        }

        @Override
        public void announce(Cursor<Frame> cursor, Frame frame) {
            take(frame);
        }

        private void take(Frame frame) {
            if (frame.references < 1) throw new AssertionError("pushed after its release: " + frame.text);
            if (!writable()) throw new AssertionError("pushed into a full line: " + frame.text);
            room--;
            heard.add(frame.text);
            onPush.run();
        }

        void drain(int frames) {
            room = frames;
            if (writable()) fanout.onWritable(this);
        }

        Subscribed.Accepted subscribe(String channel) {
            return subscribe(channel, null);
        }

        Subscribed.Accepted subscribe(String channel, @Nullable StreamPosition from) {
            var answers = new ArrayList<Subscribed>();
            shard.subscribe(LOOP, new SubscribeRequest(channel, who(client), from), now, answer -> {
                answers.add(answer);
                var accepted = (Subscribed.Accepted) answer;
                Reader wanted = reader == null ? new Reader(joinLeave, null) : reader;
                if (accepted.recovery() instanceof Recovery.Complete complete)
                    for (Publication p : complete.page()) if (!wanted.skips(p)) heard.add(text(channel, p));
                cursors.put(channel, fanout.attach(channel, this, accepted, wanted));
            });
            return (Subscribed.Accepted) answers.get(0);
        }

        void unsubscribe(String channel) {
            Cursor<Frame> cursor = cursors.remove(channel);
            if (cursor == null) return;
            fanout.detach(cursor);
            shard.unsubscribe(LOOP, channel, client, now);
        }

        void close() {
            for (String channel : List.copyOf(cursors.keySet())) unsubscribe(channel);
        }

        Cursor<Frame> cursor(String channel) {
            return cursors.get(channel);
        }
    }

    final List<String> lost = new ArrayList<>();
    final List<String> slow = new ArrayList<>();
    /** Who read on where, in order. */
    final List<String> turns = new ArrayList<>();
    /** What was encoded from pages, each with what it follows on. */
    final List<String> encoded = new ArrayList<>();
    /** What was said, each with what it is a patch to. */
    final List<String> patches = new ArrayList<>();

    final List<Frame> frames = new ArrayList<>();
    final Shard shard;
    final Fanout<Frame> fanout;
    long now = 1_000_000;
    /** Reads that were asked for. */
    int reads;
    /** Reads under way at the same time, and the most there ever were: a stack that grows shows here. */
    int depth;

    int deepest;
    /** While true, publications are not carried to the fan-out. */
    boolean deaf;
    /** What new subscriptions want. */
    JoinLeave joinLeave = JoinLeave.WANTED;
    /** Answers to give to the next reads, instead of the shard's. */
    final Deque<Page> nextPages = new ArrayDeque<>();
    /** While true, reads are held back until {@link #answerRead}. */
    boolean holdReads;

    final Deque<Runnable> held = new ArrayDeque<>();
    private int epochs;

    OneLoop(ChannelRules rules) {
        this(rules, ShardLimits.DEFAULT, FanoutLimits.DEFAULT);
    }

    OneLoop(ChannelRules rules, ShardLimits shardLimits, FanoutLimits fanoutLimits) {
        shard = new Shard(rules, shardLimits, () -> "epoch" + ++epochs, this);
        fanout = new Fanout<>(fanoutLimits, this);
    }

    Line line(String client) {
        return new Line(client);
    }

    /** Says {@code text} and answers its position's offset, 0 if it got none. */
    long publish(String channel, String text) {
        Published published = AtOnce.publish(shard, PublishRequest.of(channel, Payload.of('"' + text + '"')), now);
        return published instanceof Published.At at ? at.position().offset() : 0;
    }

    /** Says something with a key, in the tag {@code k}. */
    void publishKeyed(String channel, String key) {
        AtOnce.publish(shard, PublishRequest.of(channel, Payload.of("\"x\"")).tagged(Map.of("k", key)), now);
    }

    void publishMany(String channel, int count) {
        for (int i = 0; i < count; i++) publish(channel, "x");
    }

    static ClientInfo who(String client) {
        return new ClientInfo("user of " + client, client, null, null);
    }

    static String text(String channel, Publication p) {
        return p.offset() == 0 ? channel + " " + p.data().text().replace("\"", "") : channel + " " + p.offset();
    }

    /** Frames that were not released, or more than once. */
    List<String> leaks() {
        return frames.stream()
                .filter(f -> f.references != 0)
                .map(f -> f.text + ": " + f.references)
                .toList();
    }

    private Frame frame(String text) {
        Frame frame = new Frame(text);
        frames.add(frame);
        return frame;
    }

    @Override
    public void publication(
            LoopSet loops, String channel, String epoch, Publication publication, @Nullable Publication previous) {
        patches.add(publication.offset() + " after " + offsetOf(previous));
        if (loops.contains(LOOP) && !deaf)
            fanout.deliver(channel, epoch, publication, frame(text(channel, publication)));
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
    public void joined(LoopSet loops, String channel, ClientInfo who) {
        if (loops.contains(LOOP)) fanout.announce(channel, frame(channel + " +" + who.client()));
    }

    @Override
    public void left(LoopSet loops, String channel, ClientInfo who) {
        if (loops.contains(LOOP)) fanout.announce(channel, frame(channel + " -" + who.client()));
    }

    @Override
    public Frame encode(String channel, Publication publication, @Nullable Publication previous) {
        encoded.add(publication.offset() + " after " + offsetOf(previous));
        return frame(text(channel, publication));
    }

    private static String offsetOf(@Nullable Publication publication) {
        return publication == null ? "nothing" : "" + publication.offset();
    }

    @Override
    public void release(Frame frame) {
        if (--frame.references < 0) throw new AssertionError("released twice: " + frame.text);
    }

    @Override
    public void read(Cursor<Frame> cursor, String channel, StreamPosition after, int limit) {
        reads++;
        turns.add(((Line) cursor.pipe()).client + " " + channel);
        if (holdReads) {
            held.add(() -> fanout.onPage(cursor, AtOnce.read(shard, channel, after, limit, now)));
            return;
        }
        deepest = Math.max(deepest, ++depth);
        Page prepared = nextPages.poll();
        fanout.onPage(cursor, prepared != null ? prepared : AtOnce.read(shard, channel, after, limit, now));
        depth--;
    }

    /** Answers the oldest read that was held back. */
    void answerRead() {
        held.remove().run();
    }

    @Override
    public void lost(Cursor<Frame> cursor) {
        lost.add(cursor.toString());
        Line line = (Line) cursor.pipe();
        line.cursors.remove(cursor.channel());
        shard.unsubscribe(LOOP, cursor.channel(), line.client, now);
    }

    @Override
    public void slow(Cursor<Frame> cursor) {
        slow.add(cursor.toString());
        Line line = (Line) cursor.pipe();
        line.cursors.remove(cursor.channel());
        shard.unsubscribe(LOOP, cursor.channel(), line.client, now);
        line.close();
    }
}
