package dev.openline.app;

import java.util.List;
import java.util.Random;

/** Twenty prices on a random walk, each on a channel of its own in mode latest. */
final class Ticker {
    static final int STEP_MILLIS = 50;

    /** Publications kept per symbol, so that a page that is opened finds its charts filled. */
    static final int HISTORY = 120;

    /** Symbols of companies that nobody could trade. */
    static final List<String> SYMBOLS = List.of(
            "ALDER", "BASIL", "CEDAR", "DAISY", "EBONY", "FERN", "GORSE", "HAZEL", "IRIS", "JUNIP", "KELP", "LILAC",
            "MAPLE", "NEEM", "OLIVE", "PINE", "QUINC", "ROSE", "SORREL", "THYME");

    private static final int MOVES_PER_STEP = 8;

    /** Where a publication goes. */
    interface Out {
        void publish(String channel, String json);
    }

    private final Random chance;
    private final long[] hundredths = new long[SYMBOLS.size()];

    Ticker(Random chance) {
        this.chance = chance;
        for (int i = 0; i < hundredths.length; i++) hundredths[i] = 2_000 + chance.nextInt(30_000);
    }

    /** Moves some prices and says so. */
    void step(long nowMillis, Out out) {
        for (int i = 0; i < MOVES_PER_STEP; i++) {
            int symbol = chance.nextInt(hundredths.length);
            long price = hundredths[symbol];
            // A quarter of a percent is a lively day; a price never falls to nothing.
            long moved = Math.max(100, Math.round(price * (1 + chance.nextGaussian() * 0.0025)));
            hundredths[symbol] = moved;
            String name = SYMBOLS.get(symbol);
            out.publish(
                    "ticker:" + name,
                    Json.object()
                            .text("s", name)
                            .hundredths("p", moved)
                            .number("at", nowMillis)
                            .toString());
        }
    }
}
