package dev.openline.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.Predicate;

/**
 * One thing that happens in a {@link Simulation}, and how long after the one before. What it does beyond that follows from its own chance, so that a story can be
 * told again with fewer of them.
 *
 * @param pauseMillis that pass first
 */
record Step(Kind kind, int pauseMillis, long chance) {
    enum Kind {
        SOMETHING_IS_SAID,
        MUCH_IS_SAID,
        LINE_CUT,
        LINE_SILENT,
        LINE_STALLED,
        LINES_LET_GO,
        SERVER_KILLED,
        POWER_CUT,
        SERVER_DRAINED,
        DISK_FULL,
        DISK_SLOW,
        CLOCK_JUMP,
        NETWORK_CHANGE,
        IMPOSTOR;

        boolean isFault() {
            return this != SOMETHING_IS_SAID && this != MUCH_IS_SAID && this != LINES_LET_GO;
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    private static final int TROUBLE_MILLIS = 40_000;
    private static final int LONGEST_PAUSE_MILLIS = 400;

    /** What goes wrong, the commoner the more often. */
    private static final List<Kind> FAULTS = List.of(
            Kind.LINE_CUT,
            Kind.LINE_CUT,
            Kind.LINE_CUT,
            Kind.LINE_SILENT,
            Kind.LINE_STALLED,
            Kind.LINE_STALLED,
            Kind.LINES_LET_GO,
            Kind.SERVER_KILLED,
            Kind.POWER_CUT,
            Kind.SERVER_DRAINED,
            Kind.DISK_FULL,
            Kind.DISK_SLOW,
            Kind.CLOCK_JUMP,
            Kind.NETWORK_CHANGE,
            Kind.IMPOSTOR);

    /** All that happens in the story of a seed. */
    static List<Step> script(long seed) {
        SplittableRandom chance = new SplittableRandom(seed);
        List<Step> script = new ArrayList<>();
        for (int millis = 0; millis < TROUBLE_MILLIS; ) {
            int pause = chance.nextInt(1, LONGEST_PAUSE_MILLIS);
            millis += pause;
            Kind said = chance.nextInt(20) == 0 ? Kind.MUCH_IS_SAID : Kind.SOMETHING_IS_SAID;
            script.add(new Step(said, pause, chance.nextLong()));
            if (chance.nextInt(4) == 0)
                script.add(new Step(FAULTS.get(chance.nextInt(FAULTS.size())), 0, chance.nextLong()));
        }
        return script;
    }

    /**
     * The story of a seed without what does not matter: steps are left out, many at once and then fewer, as long as a promise is broken still.
     *
     * @param tries that are made at most
     */
    static List<Step> fewest(long seed, int tries, Predicate<List<Step>> isBroken) {
        List<Step> script = script(seed);
        int tried = 0;
        for (int some = script.size() / 2; some >= 1; some /= 2) {
            for (int from = 0; from < script.size() && tried < tries; tried++) {
                List<Step> fewer = new ArrayList<>(script.subList(0, from));
                fewer.addAll(script.subList(Math.min(script.size(), from + some), script.size()));
                if (isBroken.test(fewer)) script = fewer;
                else from += some;
            }
        }
        return script;
    }
}
