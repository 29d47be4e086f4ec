package dev.openline.testkit;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;

/** What happened in a world, for people: the newest sentences, each with its time. */
public final class Story {
    private static final int MAX_SENTENCES = 2_000;

    private final World world;
    private final Deque<String> sentences = new ArrayDeque<>();
    private long dropped;

    Story(World world) {
        this.world = world;
    }

    /** Adds a sentence. */
    public void tell(String sentence) {
        if (sentences.size() == MAX_SENTENCES) {
            sentences.removeFirst();
            dropped++;
        }
        sentences.add(String.format(Locale.ROOT, "%9.3f s  %s", world.nanos() / 1e9, sentence));
    }

    /** The sentences, oldest first. */
    public List<String> sentences() {
        List<String> told = new ArrayList<>(sentences);
        if (dropped > 0) told.add(0, "… " + dropped + " sentences before");
        return told;
    }

    /** All of it, a line each. */
    @Override
    public String toString() {
        return String.join("\n", sentences());
    }
}
