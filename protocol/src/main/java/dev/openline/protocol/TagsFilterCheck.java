package dev.openline.protocol;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Looks for the fault of one filter, and stops at the first one: it never goes deeper or farther than the limits allow. */
final class TagsFilterCheck {
    private int nodes;
    private int values;
    private long chars;

    /** The fault of this node or one below it; null if there is none. */
    @Nullable
    String fault(TagsFilter filter, int depth) {
        if (depth > TagsMatcher.MAX_DEPTH) return "a filter deeper than " + TagsMatcher.MAX_DEPTH;
        if (++nodes > TagsMatcher.MAX_NODES) return "a filter of more than " + TagsMatcher.MAX_NODES + " nodes";
        return switch (filter.op()) {
            case "" -> leaf(filter);
            case "and", "or" -> filter.nodes().isEmpty() ? "and, or without nodes" : children(filter.nodes(), depth);
            case "not" -> filter.nodes().size() != 1 ? "not without exactly one node" : children(filter.nodes(), depth);
            default -> "an unknown op";
        };
    }

    private @Nullable String children(List<TagsFilter> filters, int depth) {
        for (TagsFilter filter : filters) {
            String fault = fault(filter, depth + 1);
            if (fault != null) return fault;
        }
        return null;
    }

    private @Nullable String leaf(TagsFilter filter) {
        TagsComparison comparison = TagsComparison.spelled(filter.cmp());
        if (comparison == null) return "a leaf without a known cmp";
        if (!filter.nodes().isEmpty()) return "a leaf with nodes";
        boolean val = !filter.val().isEmpty();
        boolean vals = !filter.vals().isEmpty();
        String fault = switch (comparison.operand()) {
            case NONE -> val || vals ? "ex, nex with val or vals" : null;
            case VAL, DECIMAL -> noKey(filter, !val || vals ? "a comparison that needs val, and no vals" : null);
            case VALS -> noKey(filter, val || !vals ? "in, nin without vals, or with val" : null);
        };
        return fault != null ? fault : size(filter);
    }

    private static @Nullable String noKey(TagsFilter filter, @Nullable String otherFault) {
        return filter.key().isEmpty() ? "a leaf without key" : otherFault;
    }

    private @Nullable String size(TagsFilter filter) {
        values += filter.vals().size();
        if (values > TagsMatcher.MAX_VALUES) return "a filter with more than " + TagsMatcher.MAX_VALUES + " values";
        chars += filter.key().length() + filter.val().length();
        for (String value : filter.vals()) chars += value.length();
        return chars > TagsMatcher.MAX_CHARS ? "a filter of more than " + TagsMatcher.MAX_CHARS + " characters" : null;
    }
}
