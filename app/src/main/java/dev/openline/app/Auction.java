package dev.openline.app;

import dev.openline.protocol.StreamPosition;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One lot after another under the hammer: calm at first, fierce in the last seconds, sold, a pause, the next. What was said last can be
 * asked for at any time, from any thread: that is what polling is shown with.
 */
final class Auction {
    static final int STEP_MILLIS = 50;

    private static final String CHANNEL = "auction:lot";
    private static final int ROUND_MILLIS = 60_000;
    private static final int FIERCE_MILLIS = 10_000;
    private static final int PAUSE_MILLIS = 8_000;
    private static final List<String> LOTS = List.of(
            "A brass ship's clock",
            "A crate of old telephones",
            "The last telegram",
            "A lighthouse lens",
            "A box of unsent letters");
    private static final List<String> BIDDERS = List.of("paddle 7", "paddle 12", "paddle 23", "paddle 31", "paddle 48");

    /** Where a publication goes; the position it got comes back. */
    interface Out {
        CompletionStage<Optional<StreamPosition>> publish(String channel, String json);
    }

    /**
     * What was said last.
     *
     * @param json the publication
     * @param version its offset
     */
    record Said(String json, long version) {}

    private final Random chance;
    private int round;
    private boolean open;
    private int bid;
    private String bidder = "";
    private long endsAt;
    private long nextAt;
    private volatile @Nullable Said said;

    Auction(Random chance) {
        this.chance = chance;
    }

    @Nullable
    Said said() {
        return said;
    }

    /** Does what is due. */
    void step(long now, Out out) {
        if (!open) {
            if (now >= nextAt) begin(now, out);
        } else if (now >= endsAt) {
            open = false;
            nextAt = now + PAUSE_MILLIS;
            say(now, out);
        } else if (now >= nextAt) {
            bid(now, out);
        }
    }

    private void begin(long now, Out out) {
        open = true;
        round++;
        bid = 10 + chance.nextInt(40);
        bidder = "";
        endsAt = now + ROUND_MILLIS;
        nextAt = now + 1_000;
        say(now, out);
    }

    private void bid(long now, Out out) {
        String before = bidder;
        while (bidder.equals(before)) bidder = BIDDERS.get(chance.nextInt(BIDDERS.size()));
        bid += 1 + chance.nextInt(Math.max(2, bid / 20));
        boolean fierce = endsAt - now < FIERCE_MILLIS;
        nextAt = now + (fierce ? 100 + chance.nextInt(500) : 1_000 + chance.nextInt(3_000));
        say(now, out);
    }

    private void say(long now, Out out) {
        String json = Json.object()
                .number("round", round)
                .text("lot", LOTS.get(round % LOTS.size()))
                .number("bid", bid)
                .text("by", bidder)
                .number("at", now)
                .number("endsAt", endsAt)
                .text("state", open ? "open" : "sold")
                .toString();
        out.publish(CHANNEL, json).thenAccept(position -> position.ifPresent(at -> said = new Said(json, at.offset())));
    }
}
