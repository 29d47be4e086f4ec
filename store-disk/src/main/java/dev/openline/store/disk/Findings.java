package dev.openline.store.disk;

import java.util.ArrayList;
import java.util.List;

/** What is wrong, of which there may be much more than anybody reads. */
final class Findings {
    private final List<String> first = new ArrayList<>();
    private long more;

    void add(String sentence) {
        if (first.size() < Verification.MOST_FINDINGS) first.add(sentence);
        else more++;
    }

    Verification of(long channels, long publications, long tables) {
        return new Verification(channels, publications, tables, List.copyOf(first), more);
    }
}
