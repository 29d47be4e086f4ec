package dev.openline.protocol;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A {@link TagsFilter} that was checked and can be asked. Two that ask the same in the same order are equal, so that subscribers with the same filter can
 * share what one of them found; the order of {@code vals} and the spelling of decimals don't matter.
 *
 * <p>Immutable and safe to share between threads. Holds no more of a filter than its limits allow.
 */
public final class TagsMatcher {
    /** How many nodes a filter may have, leaves and operators together. */
    public static final int MAX_NODES = 128;

    /** How many nodes may be on the way from the root to a leaf, both counted. */
    public static final int MAX_DEPTH = 16;

    /** How many values all {@code in} and {@code nin} of a filter may list together. */
    public static final int MAX_VALUES = 256;

    /** How many characters all keys and values of a filter may have together. */
    public static final int MAX_CHARS = 16_384;

    private final TagsCondition condition;
    private final int hash;

    private TagsMatcher(TagsCondition condition) {
        this.condition = condition;
        this.hash = condition.hashCode();
    }

    /**
     * What is wrong with a filter that a client sent, to be answered with error 107: an operator or comparison that doesn't exist, lacks
     * what it needs or has what it can't use, or a tree beyond a limit. Null if nothing is. Says nothing of what was sent, so it may be
     * logged.
     */
    public static @Nullable String fault(TagsFilter filter) {
        return new TagsFilterCheck().fault(filter, 1);
    }

    /**
     * The matcher of a filter without fault.
     *
     * @throws IllegalArgumentException if it has a {@link #fault}
     */
    public static TagsMatcher of(TagsFilter filter) {
        String fault = fault(filter);
        if (fault != null) throw new IllegalArgumentException(fault);
        return new TagsMatcher(TagsCondition.of(filter));
    }

    /** Whether a publication with these tags is wished for. Allocates nothing. */
    public boolean matches(Map<String, String> tags) {
        return condition.holds(tags);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TagsMatcher that && hash == that.hash && condition.equals(that.condition);
    }

    @Override
    public int hashCode() {
        return hash;
    }

    /** Nothing of the filter: tags don't belong in logs. */
    @Override
    public String toString() {
        return "TagsMatcher";
    }
}
