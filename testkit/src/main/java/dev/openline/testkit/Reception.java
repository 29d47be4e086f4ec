package dev.openline.testkit;

import dev.openline.client.Cause;
import dev.openline.client.Subscribed;
import dev.openline.client.SubscriptionListener;
import dev.openline.protocol.Publication;
import java.util.ArrayList;
import java.util.List;

/** Writes down what a subscriber hears of a channel, and says whether that is what was promised. */
public final class Reception implements SubscriptionListener {
    private final List<Publication> publications = new ArrayList<>();
    private int subscribed;
    private int told;

    @Override
    public void onSubscribed(Subscribed how) {
        if (subscribed++ > 0 && !how.recovered()) told++;
    }

    @Override
    public void onPublication(Publication publication) {
        publications.add(publication);
    }

    @Override
    public void onUnsubscribed(Cause why) {
        throw new AssertionError("the subscription ended: " + why.code() + " " + why.reason());
    }

    /** What was heard, in the order in which it was. */
    public List<Publication> publications() {
        return List.copyOf(publications);
    }

    /** How often the channel was heard again, after a cut or a restart. */
    public int resubscribed() {
        return Math.max(0, subscribed - 1);
    }

    /**
     * Every publication from the first to the {@code last} offset was heard once and in order, and nobody said that any was missed.
     *
     * @throws AssertionError that says what was heard instead
     */
    public void requireExactly(long first, long last) {
        List<Long> offsets = publications.stream().map(Publication::offset).toList();
        List<Long> expected = new ArrayList<>();
        for (long offset = first; offset <= last; offset++) expected.add(offset);
        if (!offsets.equals(expected))
            throw new AssertionError(
                    "expected exactly the offsets " + first + " to " + last + ", and heard " + offsets);
        if (told > 0) throw new AssertionError("it was said " + told + " times that something was missed");
    }
}
