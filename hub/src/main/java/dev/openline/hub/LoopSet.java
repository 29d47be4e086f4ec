package dev.openline.hub;

import java.util.Arrays;
import java.util.function.IntConsumer;

/** A set of event loops, by number from 0. Immutable and safe to share between threads. */
public final class LoopSet {
    private static final LoopSet EMPTY = new LoopSet(new long[0]);

    /** Bit n % 64 of word n / 64 stands for loop n; the last word is never 0. */
    private final long[] words;

    private LoopSet(long[] words) {
        this.words = words;
    }

    /** The loops with these numbers, each at least 0. */
    public static LoopSet of(int... loops) {
        LoopSet set = EMPTY;
        for (int loop : loops) set = set.plus(loop);
        return set;
    }

    public boolean isEmpty() {
        return words.length == 0;
    }

    public boolean contains(int loop) {
        return loop >= 0 && loop >> 6 < words.length && (words[loop >> 6] & 1L << loop) != 0;
    }

    public int size() {
        int size = 0;
        for (long word : words) size += Long.bitCount(word);
        return size;
    }

    /** Calls {@code action} with each loop, lowest first. */
    public void forEach(IntConsumer action) {
        for (int i = 0; i < words.length; i++)
            for (long rest = words[i]; rest != 0; rest &= rest - 1)
                action.accept((i << 6) + Long.numberOfTrailingZeros(rest));
    }

    LoopSet plus(int loop) {
        if (contains(loop)) return this;
        long[] more = Arrays.copyOf(words, Math.max(words.length, (loop >> 6) + 1));
        more[loop >> 6] |= 1L << loop;
        return new LoopSet(more);
    }

    LoopSet minus(int loop) {
        if (!contains(loop)) return this;
        long[] fewer = words.clone();
        fewer[loop >> 6] &= ~(1L << loop);
        int length = fewer.length;
        while (length > 0 && fewer[length - 1] == 0) length--;
        return length == 0 ? EMPTY : new LoopSet(Arrays.copyOf(fewer, length));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LoopSet that && Arrays.equals(words, that.words);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(words);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("loops");
        forEach(loop -> text.append(' ').append(loop));
        return text.toString();
    }
}
