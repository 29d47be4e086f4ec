package dev.openline.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("a filter of tags")
class TagsMatcherTest {
    private static final TagsFilter YES = leaf("nex", "missing", "");
    private static final TagsFilter NO = leaf("ex", "missing", "");

    private static TagsFilter leaf(String cmp, String key, String val, String... vals) {
        return new TagsFilter("", key, cmp, val, List.of(vals), List.of());
    }

    private static TagsFilter op(String op, TagsFilter... nodes) {
        return new TagsFilter(op, "", "", "", List.of(), List.of(nodes));
    }

    private static boolean matches(TagsFilter filter, Map<String, String> tags) {
        return TagsMatcher.of(filter).matches(tags);
    }

    @Nested
    @DisplayName("compares a tag")
    class Comparing {
        @ParameterizedTest
        @CsvSource({
            "eq,  red, red, true",
            "eq,  red, Red, false",
            "eq, 1, 1.0, false",
            "neq, red, red, false",
            "neq, red, blue, true",
            "sw,  red, reddish, true",
            "sw, red, infrared, false",
            "sw, red, re, false",
            "ew,  red, infrared, true",
            "ew, red, reddish, false",
            "ct,  red, hundreds, true",
            "ct, red, r.e.d, false",
            "gt,  5, 6, true",
            "gt, 5, 5, false",
            "gt, 5, 4, false",
            "gte, 5, 6, true",
            "gte, 5, 5, true",
            "gte, 5, 4, false",
            "lt,  5, 6, false",
            "lt, 5, 5, false",
            "lt, 5, 4, true",
            "lte, 5, 6, false",
            "lte, 5, 5, true",
            "lte, 5, 4, true"
        })
        void withOneValue(String cmp, String val, String tag, boolean matches) {
            assertThat(matches(leaf(cmp, "k", val), Map.of("k", tag, "other", val)))
                    .isEqualTo(matches);
        }

        @ParameterizedTest
        @CsvSource({"in, a, true", "in, b, true", "in, c, false", "in, '', false", "nin, a, false", "nin, c, true"})
        void withSeveralValues(String cmp, String tag, boolean matches) {
            assertThat(matches(leaf(cmp, "k", "", "a", "b"), Map.of("k", tag))).isEqualTo(matches);
        }

        @Test
        void withNone() {
            assertThat(matches(leaf("ex", "k", ""), Map.of("k", ""))).isTrue();
            assertThat(matches(leaf("ex", "k", ""), Map.of("l", ""))).isFalse();
            assertThat(matches(leaf("nex", "k", ""), Map.of("k", ""))).isFalse();
            assertThat(matches(leaf("nex", "k", ""), Map.of("l", ""))).isTrue();
        }
    }

    @Nested
    @DisplayName("when the tag is missing")
    class Missing {
        @ParameterizedTest
        @ValueSource(strings = {"eq", "sw", "ew", "ct", "gt", "gte", "lt", "lte"})
        void isFalseForWhatComparesWithOneValue(String cmp) {
            assertThat(matches(leaf(cmp, "k", "0"), Map.of())).isFalse();
        }

        @Test
        void isTrueForWhatDenies() {
            assertThat(matches(leaf("neq", "k", "0"), Map.of())).isTrue();
            assertThat(matches(leaf("nin", "k", "", "0"), Map.of())).isTrue();
            assertThat(matches(leaf("nin", "k", "", "0", ""), Map.of())).isTrue();
            assertThat(matches(leaf("nex", "k", ""), Map.of())).isTrue();
        }

        @Test
        void isAmongValuesAsTheEmptyOne() {
            assertThat(matches(leaf("in", "k", "", "a", ""), Map.of())).isTrue();
            assertThat(matches(leaf("in", "k", "", "a", "b"), Map.of())).isFalse();
        }
    }

    @Nested
    @DisplayName("compares sizes")
    class Sizes {
        @ParameterizedTest
        @CsvSource({
            "1.0, 1",
            "1, 1.000",
            "-0, 0",
            "+7, 007",
            "0.50, 00.5",
            "-1.50, -1.5",
            "123456789012345678901234567890.10, 123456789012345678901234567890.1"
        })
        void ofEqualDecimalsAsEqual(String val, String tag) {
            assertThat(matches(leaf("gte", "k", val), Map.of("k", tag))).isTrue();
            assertThat(matches(leaf("lte", "k", val), Map.of("k", tag))).isTrue();
            assertThat(matches(leaf("gt", "k", val), Map.of("k", tag))).isFalse();
            assertThat(matches(leaf("lt", "k", val), Map.of("k", tag))).isFalse();
        }

        @ParameterizedTest
        @CsvSource({
            "9, 10",
            "0.09, 0.1",
            "0.1, 0.10000000000000000000000001",
            "-10, -9",
            "-0.2, -0.1",
            "-1, 0",
            "0, 0.001",
            "-5, 5",
            "9007199254740992, 9007199254740993",
            "99.9, 100",
            "1.99, 2.0"
        })
        void exactlyAndNotAsText(String less, String more) {
            assertThat(matches(leaf("gt", "k", less), Map.of("k", more))).isTrue();
            assertThat(matches(leaf("lt", "k", less), Map.of("k", more))).isFalse();
            assertThat(matches(leaf("lt", "k", more), Map.of("k", less))).isTrue();
            assertThat(matches(leaf("gte", "k", more), Map.of("k", less))).isFalse();
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    "-",
                    "+",
                    ".",
                    "1.",
                    ".5",
                    "1e3",
                    "0x1",
                    "1,5",
                    " 1",
                    "1 ",
                    "--1",
                    "1.2.3",
                    "NaN",
                    "Infinity",
                    "١"
                })
        void ofDecimalsOnly(String none) {
            for (String cmp : List.of("gt", "gte", "lt", "lte")) {
                assertThat(matches(leaf(cmp, "k", "1"), Map.of("k", none))).isFalse();
                if (none.isEmpty()) continue;
                assertThat(matches(leaf(cmp, "k", none), Map.of("k", "1"))).isFalse();
            }
        }

        @Test
        void upToALimitOfDigits() {
            String most = "9".repeat(Decimals.MAX_CHARS);
            assertThat(matches(leaf("gt", "k", "1"), Map.of("k", most))).isTrue();
            assertThat(matches(leaf("gt", "k", "1"), Map.of("k", most + "9"))).isFalse();
        }
    }

    @Nested
    @DisplayName("joins conditions")
    class Joining {
        @Test
        void withAndOrNot() {
            assertThat(matches(op("and", YES, YES), Map.of())).isTrue();
            assertThat(matches(op("and", YES, NO), Map.of())).isFalse();
            assertThat(matches(op("and", NO), Map.of())).isFalse();
            assertThat(matches(op("or", NO, YES), Map.of())).isTrue();
            assertThat(matches(op("or", NO, NO), Map.of())).isFalse();
            assertThat(matches(op("not", YES), Map.of())).isFalse();
            assertThat(matches(op("not", op("or", NO, op("not", YES))), Map.of()))
                    .isTrue();
        }
    }

    @Test
    void takesNoMemoryToAsk() {
        TagsFilter all = op(
                "and",
                op("or", leaf("in", "k", "", "1", "12.50"), NO),
                op("not", leaf("ct", "k", "x")),
                leaf("gte", "k", "12.5"),
                leaf("sw", "k", "12"),
                leaf("neq", "missing", "1"));
        TagsMatcher matcher = TagsMatcher.of(all);
        Map<String, String> tags = Map.of("k", "12.50");
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        matched(matcher, tags, 1);
        long before = threads.getCurrentThreadAllocatedBytes();
        int matched = matched(matcher, tags, 10_000);
        long taken = threads.getCurrentThreadAllocatedBytes() - before;
        assertThat(matched).isEqualTo(10_000);
        assertThat(taken).isLessThan(10_000);
    }

    private static int matched(TagsMatcher matcher, Map<String, String> tags, int times) {
        int matched = 0;
        for (int i = 0; i < times; i++) if (matcher.matches(tags)) matched++;
        return matched;
    }

    @Nested
    @DisplayName("is refused")
    class Refused {
        @ParameterizedTest
        @ValueSource(strings = {"eq", "neq", "sw", "ew", "ct", "gt", "gte", "lt", "lte"})
        void withoutTheOneValueOrWithSeveral(String cmp) {
            assertFault(leaf(cmp, "k", ""), "needs val");
            assertFault(leaf(cmp, "k", "v", "w"), "needs val");
            assertFault(leaf(cmp, "", "v"), "without key");
        }

        @ParameterizedTest
        @ValueSource(strings = {"in", "nin"})
        void withoutSeveralValuesOrWithOne(String cmp) {
            assertFault(leaf(cmp, "k", ""), "without vals");
            assertFault(leaf(cmp, "k", "v", "w"), "with val");
            assertFault(leaf(cmp, "", "", "v"), "without key");
        }

        @ParameterizedTest
        @ValueSource(strings = {"ex", "nex"})
        void withAValueWhereNoneBelongs(String cmp) {
            assertFault(leaf(cmp, "k", "v"), "with val");
            assertFault(leaf(cmp, "k", "", "v"), "with val");
            assertThat(TagsMatcher.fault(leaf(cmp, "", ""))).isNull();
        }

        @Test
        void withoutWhatItsOperatorJoins() {
            assertFault(op("and"), "without nodes");
            assertFault(op("or"), "without nodes");
            assertFault(op("not"), "exactly one");
            assertFault(op("not", YES, YES), "exactly one");
            assertFault(op("xor", YES), "unknown op");
            assertFault(op("AND", YES), "unknown op");
            assertFault(op(""), "known cmp");
            assertFault(leaf("like", "k", "v"), "known cmp");
            assertFault(new TagsFilter("", "k", "ex", "", List.of(), List.of(YES)), "leaf with nodes");
            assertFault(op("and", YES, op("or", YES, op("not"))), "exactly one");
        }

        @Test
        void beyondItsLimits() {
            TagsFilter deepest = YES;
            for (int i = 1; i < TagsMatcher.MAX_DEPTH; i++) deepest = op("not", deepest);
            assertThat(TagsMatcher.fault(deepest)).isNull();
            assertFault(op("not", deepest), "deeper than");

            TagsFilter[] most =
                    Collections.nCopies(TagsMatcher.MAX_NODES - 1, YES).toArray(TagsFilter[]::new);
            assertThat(TagsMatcher.fault(op("or", most))).isNull();
            assertFault(op("not", op("or", most)), "nodes");

            String[] values = IntStream.range(0, TagsMatcher.MAX_VALUES)
                    .mapToObj(i -> "" + i)
                    .toArray(String[]::new);
            assertThat(TagsMatcher.fault(leaf("in", "k", "", values))).isNull();
            assertFault(op("and", leaf("in", "k", "", values), leaf("nin", "k", "", "v")), "values");

            String longest = "v".repeat(TagsMatcher.MAX_CHARS - 1);
            assertThat(TagsMatcher.fault(leaf("eq", "k", longest))).isNull();
            assertFault(leaf("eq", "kk", longest), "characters");
            assertFault(leaf("in", "k", "", longest, "v"), "characters");
        }

        private static void assertFault(TagsFilter filter, String fault) {
            assertThat(TagsMatcher.fault(filter)).contains(fault);
            assertThatThrownBy(() -> TagsMatcher.of(filter)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Nested
    @DisplayName("is a value")
    class Values {
        private static TagsMatcher matcher(String key, String val, String... vals) {
            return TagsMatcher.of(op("and", leaf("gt", key, val), leaf("in", key, "", vals)));
        }

        @Test
        void equalToOneThatAsksTheSame() {
            TagsMatcher one = matcher("k", "1", "a", "b");
            assertThat(matcher("k", "1", "a", "b")).isEqualTo(one).hasSameHashCodeAs(one);
            assertThat(matcher("k", "+1.0", "b", "a", "b")).isEqualTo(one).hasSameHashCodeAs(one);
        }

        @Test
        void notEqualToOneThatAsksSomethingElse() {
            TagsMatcher one = matcher("k", "1", "a");
            assertThat(matcher("l", "1", "a")).isNotEqualTo(one);
            assertThat(matcher("k", "2", "a")).isNotEqualTo(one);
            assertThat(matcher("k", "1", "b")).isNotEqualTo(one);
            assertThat(TagsMatcher.of(op("or", leaf("gt", "k", "1"), leaf("in", "k", "", "a"))))
                    .isNotEqualTo(one);
        }

        @Test
        void thatShowsNothingOfItself() {
            assertThat(matcher("secret", "1", "secret").toString()).doesNotContain("secret");
        }
    }
}
