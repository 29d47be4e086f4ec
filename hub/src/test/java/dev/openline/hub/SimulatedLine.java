package dev.openline.hub;

import dev.openline.hub.SimulatedHub.Frame;
import dev.openline.protocol.ClientInfo;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A line and what a server keeps for it. Frames wait in it until its person receives them; a line that breaks loses those. It keeps the
 * rules that a server has to keep, and nothing else.
 */
final class SimulatedLine implements Pipe<Frame> {
    /** What a line carries, in order. Exactly one part is set. */
    record Item(
            @Nullable Frame frame,
            @Nullable SubscribeRequest asked,
            Subscribed.@Nullable Accepted answer,
            @Nullable String ended) {}

    private final SimulatedHub hub;
    private final SimulatedHub.Loop loop;
    private final SimulatedPerson person;
    final ClientInfo who;
    private final Queue<Item> under = new ArrayDeque<>();
    private final Map<String, Cursor<Frame>> cursors = new HashMap<>();
    private final Set<String> pending = new HashSet<>();
    /** Items that may wait before the line counts as full. */
    private final int capacity;

    private final boolean steady;
    boolean open = true;

    SimulatedLine(SimulatedHub hub, SimulatedHub.Loop loop, SimulatedPerson person, ClientInfo who) {
        this.hub = hub;
        this.loop = loop;
        this.person = person;
        this.who = who;
        steady = person.temper == SimulatedPerson.Temper.STEADY;
        capacity = steady ? Integer.MAX_VALUE : 1 + hub.random.nextInt(hub.random.nextBoolean() ? 4 : 40);
    }

    @Override
    public boolean writable() {
        return open && under.size() < capacity;
    }

    @Override
    public void announce(Cursor<Frame> cursor, Frame frame) {
        push(cursor, frame, Step.FIRST);
    }

    @Override
    public void push(Cursor<Frame> cursor, Frame frame, Step step) {
        if (!writable()) throw new AssertionError("pushed into a line that is closed or full");
        frame.retain();
        under.add(new Item(frame, null, null, null));
        if (hub.calm || steady || hub.random.nextInt(300) > 0) return;
        hub.count("broke within a push");
        close();
    }

    boolean knows(String channel) {
        return pending.contains(channel) || cursors.containsKey(channel);
    }

    void subscribe(SubscribeRequest request) {
        String channel = request.channel();
        pending.add(channel);
        SimulatedHub.Loop home = hub.home(channel);
        hub.post(
                loop.number,
                home.number,
                () -> home.shard.subscribe(loop.number, request, hub.now, answer -> {
                    var accepted = (Subscribed.Accepted) answer;
                    hub.model.get(channel).subscribed(accepted, request, hub.now);
                    hub.count(accepted.recovery().getClass().getSimpleName());
                    if (!accepted.at().equals(accepted.top())) hub.count("more than a page missed");
                    hub.post(home.number, loop.number, () -> onAnswer(request, accepted));
                }));
    }

    private void onAnswer(SubscribeRequest request, Subscribed.Accepted accepted) {
        String channel = request.channel();
        pending.remove(channel);
        if (!open) {
            tellHome(channel);
            return;
        }
        under.add(new Item(null, request, accepted, null));
        Cursor<Frame> cursor = loop.fanout.attach(channel, this, accepted, Reader.EVERYTHING);
        if (!cursor.attached()) return;
        cursors.put(channel, cursor);
        if (!open) drop(channel);
    }

    void unsubscribe(String channel) {
        if (!cursors.containsKey(channel)) return;
        drop(channel);
        under.add(new Item(null, null, null, channel));
    }

    void lost(Cursor<Frame> cursor) {
        String channel = cursor.channel();
        cursors.remove(channel);
        tellHome(channel);
        if (open) under.add(new Item(null, null, null, channel));
    }

    /** The cursor's channel is told, and the line closed. */
    void slow(Cursor<Frame> cursor) {
        cursors.remove(cursor.channel());
        tellHome(cursor.channel());
        close();
    }

    void close() {
        if (!open) return;
        open = false;
        for (String channel : List.copyOf(cursors.keySet())) drop(channel);
        for (Item item : under) if (item.frame() != null) hub.release(item.frame());
        under.clear();
        person.onBroken();
    }

    private void drop(String channel) {
        Cursor<Frame> cursor = cursors.remove(channel);
        if (cursor == null) return;
        loop.fanout.detach(cursor);
        tellHome(channel);
    }

    private void tellHome(String channel) {
        SimulatedHub.Loop home = hub.home(channel);
        hub.post(loop.number, home.number, () -> {
            hub.model.get(channel).unsubscribed(who.client(), hub.now);
            home.shard.unsubscribe(loop.number, channel, who.client(), hub.now);
        });
    }

    /** The person receives up to {@code items}; then the line may be writable again. */
    void receive(int items) {
        boolean wasFull = !writable();
        for (int i = 0; i < items; i++) {
            Item item = under.poll();
            if (item == null) break;
            person.onItem(item);
            if (item.frame() != null) hub.release(item.frame());
        }
        if (wasFull && writable()) loop.fanout.onWritable(this);
    }

    boolean isEmpty() {
        return under.isEmpty();
    }
}
