package dev.openline.protocol;

import java.util.List;

/**
 * One node of a subscriber's wish to hear only publications with certain tags. A tree as the client spelled it: whether its operators
 * exist and have the right number of children, {@link TagsMatcher} checks.
 *
 * @param op {@code and}, {@code or}, {@code not}; empty for a leaf
 * @param key the tag a leaf looks at
 * @param cmp how a leaf compares, such as {@code eq} or {@code in}
 * @param val what a leaf compares with
 * @param vals what a leaf compares with, if with several values
 * @param nodes the children of an operator
 */
public record TagsFilter(String op, String key, String cmp, String val, List<String> vals, List<TagsFilter> nodes) {
    /** How many filters a client may nest in each other, the outermost included; deeper is a {@link MalformedFrame}. */
    public static final int MAX_DEPTH = 128;

    public TagsFilter {
        vals = List.copyOf(vals);
        nodes = List.copyOf(nodes);
    }

    /** For the decoders, which recurse. */
    static void requireDepth(int depth) throws MalformedFrame {
        if (depth > MAX_DEPTH) throw new MalformedFrame("a filter nested deeper than " + MAX_DEPTH);
    }
}
