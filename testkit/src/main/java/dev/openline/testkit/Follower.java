package dev.openline.testkit;

import dev.openline.client.Cause;
import dev.openline.client.Subscribed;
import dev.openline.client.SubscriptionListener;
import dev.openline.hub.Mode;
import dev.openline.protocol.Publication;
import dev.openline.protocol.StreamPosition;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A subscriber of one channel that holds what it hears against what the channel's mode promises, over any number of redials: nothing twice, nothing out of
 * order, no hole of which it was not told, nothing outside its subscription. What is not so goes into a {@link Ledger}, and so does what it
 * heard. Payloads are those of {@link Ledger#payload}. To be asked from any thread.
 */
public final class Follower implements SubscriptionListener {
    private final String name;
    private final String channel;
    private final Mode mode;
    private final Ledger ledger;
    private final Consumer<String> story;
    private final NavigableMap<Long, String> heard = new TreeMap<>();
    private @Nullable String epoch;
    private boolean subscribed;
    private long last;
    private long first = 1;
    private String newest = "";
    private int told;

    // More than 4 parameters because they are who, of what, and to whom to tell it.
    /**
     * @param name what the subscriber is called in sentences
     * @param story hears what it is told
     */
    public Follower(String name, String channel, Mode mode, Ledger ledger, Consumer<String> story) {
        this.name = name;
        this.channel = channel;
        this.mode = mode;
        this.ledger = ledger;
        this.story = story;
    }

    public String channel() {
        return channel;
    }

    /** Where it is; null before it was subscribed to a channel with a log. */
    public synchronized @Nullable StreamPosition position() {
        String life = epoch;
        return life == null ? null : new StreamPosition(last, life);
    }

    /** What was heard by offset since it was last told of a gap. */
    public synchronized NavigableMap<Long, String> heard() {
        return new TreeMap<>(heard);
    }

    /** The offset from which on it must have heard everything. */
    synchronized long first() {
        return first;
    }

    /** The text that was heard last; empty before the first. */
    public synchronized String newest() {
        return newest;
    }

    /** How often it was told that it may have missed something. */
    public synchronized int told() {
        return told;
    }

    @Override
    public synchronized void onSubscribing(Cause why) {
        subscribed = false;
    }

    @Override
    public synchronized void onSubscribed(Subscribed how) {
        subscribed = true;
        StreamPosition position = how.position();
        if (position == null) return;
        if (how.recovered() && epoch != null) {
            if (!position.epoch().equals(epoch) && mode == Mode.EVERY)
                ledger.violated(this + " recovered from " + epoch + " in " + position.epoch());
            epoch = position.epoch();
            return;
        }
        if (epoch != null) told++;
        story.accept(this + " is told that it goes on at " + position.epoch() + ":" + position.offset());
        epoch = position.epoch();
        last = position.offset();
        first = last + 1;
        heard.clear();
    }

    @Override
    public synchronized void onPublication(Publication publication) {
        String text = Ledger.textOf(publication.data());
        if (!subscribed) ledger.violated(this + " heard " + text + " outside its subscription");
        newest = text;
        if (mode == Mode.TRANSIENT || epoch == null) return;
        long offset = publication.offset();
        boolean follows = mode == Mode.EVERY ? offset == last + 1 : offset > last;
        if (!follows) ledger.violated(this + " heard " + epoch + ":" + offset + " after " + last);
        last = offset;
        heard.put(offset, text);
        ledger.said(channel, epoch, offset, text);
    }

    @Override
    public synchronized void onUnsubscribed(Cause why) {
        subscribed = false;
    }

    /** The subscriber's name and the channel's. */
    @Override
    public String toString() {
        return name + " on " + channel;
    }
}
