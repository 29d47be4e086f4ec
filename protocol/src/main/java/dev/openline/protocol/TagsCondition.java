package dev.openline.protocol;

import dev.openline.protocol.TagsComparison.Operand;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What tags have to be like: a {@link TagsFilter} that was found right, as a value. Nothing allocates when tags are looked at. */
sealed interface TagsCondition {
    boolean holds(Map<String, String> tags);

    /** The condition that a filter without fault means. */
    static TagsCondition of(TagsFilter filter) {
        List<TagsCondition> children =
                filter.nodes().stream().map(TagsCondition::of).toList();
        return switch (filter.op()) {
            case "and" -> new All(children);
            case "or" -> new Any(children);
            case "not" -> new Not(children.get(0));
            default -> Leaf.of(filter);
        };
    }

    /** Holds if all of them do. */
    record All(List<TagsCondition> conditions) implements TagsCondition {
        // By index here and below: an iterator would be an object for each publication and subscriber.
        @Override
        public boolean holds(Map<String, String> tags) {
            for (int i = 0; i < conditions.size(); i++) if (!conditions.get(i).holds(tags)) return false;
            return true;
        }
    }

    /** Holds if one of them does. */
    record Any(List<TagsCondition> conditions) implements TagsCondition {
        @Override
        public boolean holds(Map<String, String> tags) {
            for (int i = 0; i < conditions.size(); i++) if (conditions.get(i).holds(tags)) return true;
            return false;
        }
    }

    /** Holds if the other one doesn't. */
    record Not(TagsCondition condition) implements TagsCondition {
        @Override
        public boolean holds(Map<String, String> tags) {
            return !condition.holds(tags);
        }
    }

    /** Never holds: what a comparison by size with something means that is no decimal. */
    record Never() implements TagsCondition {
        @Override
        public boolean holds(Map<String, String> tags) {
            return false;
        }
    }

    /** Looks at one tag. Of {@code val} and {@code vals} only what the comparison needs is there. */
    record Leaf(TagsComparison comparison, String key, String val, Set<String> vals) implements TagsCondition {
        static TagsCondition of(TagsFilter filter) {
            TagsComparison comparison = TagsComparison.spelled(filter.cmp());
            if (comparison == null) throw new IllegalArgumentException("a filter with an unknown comparison");
            if (comparison.operand() != Operand.DECIMAL) {
                return new Leaf(comparison, filter.key(), filter.val(), Set.copyOf(filter.vals()));
            }
            if (!Decimals.isDecimal(filter.val())) return new Never();
            return new Leaf(comparison, filter.key(), Decimals.canonical(filter.val()), Set.of());
        }

        @Override
        public boolean holds(Map<String, String> tags) {
            String tag = tags.get(key);
            return tag == null ? holdsWithout() : holdsFor(tag);
        }

        /** What a missing tag means. To be among some values it counts as empty; not to be among them it need not. */
        private boolean holdsWithout() {
            return switch (comparison) {
                case NOT_EQUAL, NOT_IN, NOT_EXISTS -> true;
                case IN -> vals.contains("");
                default -> false;
            };
        }

        private boolean holdsFor(String tag) {
            return switch (comparison) {
                case EQUAL -> tag.equals(val);
                case NOT_EQUAL -> !tag.equals(val);
                case IN -> vals.contains(tag);
                case NOT_IN -> !vals.contains(tag);
                case EXISTS -> true;
                case NOT_EXISTS -> false;
                case STARTS_WITH -> tag.startsWith(val);
                case ENDS_WITH -> tag.endsWith(val);
                case CONTAINS -> tag.contains(val);
                case GREATER -> Decimals.isDecimal(tag) && Decimals.compare(tag, val) > 0;
                case GREATER_OR_EQUAL -> Decimals.isDecimal(tag) && Decimals.compare(tag, val) >= 0;
                case LESS -> Decimals.isDecimal(tag) && Decimals.compare(tag, val) < 0;
                case LESS_OR_EQUAL -> Decimals.isDecimal(tag) && Decimals.compare(tag, val) <= 0;
            };
        }
    }
}
