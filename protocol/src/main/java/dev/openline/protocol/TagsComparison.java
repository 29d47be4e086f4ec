package dev.openline.protocol;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How a leaf of a {@link TagsFilter} compares, under the name it is spelled with. */
enum TagsComparison {
    EQUAL("eq", Operand.VAL),
    NOT_EQUAL("neq", Operand.VAL),
    IN("in", Operand.VALS),
    NOT_IN("nin", Operand.VALS),
    EXISTS("ex", Operand.NONE),
    NOT_EXISTS("nex", Operand.NONE),
    STARTS_WITH("sw", Operand.VAL),
    ENDS_WITH("ew", Operand.VAL),
    CONTAINS("ct", Operand.VAL),
    GREATER("gt", Operand.DECIMAL),
    GREATER_OR_EQUAL("gte", Operand.DECIMAL),
    LESS("lt", Operand.DECIMAL),
    LESS_OR_EQUAL("lte", Operand.DECIMAL);

    private static final Map<String, TagsComparison> SPELLED = new HashMap<>();

    static {
        for (TagsComparison comparison : values()) SPELLED.put(comparison.spelling, comparison);
    }

    /** What a comparison compares with. */
    enum Operand {
        NONE,
        VAL,
        /** As {@link #VAL}, which should be a decimal: if it isn't, nothing compares. */
        DECIMAL,
        VALS
    }

    private final String spelling;
    private final Operand operand;

    TagsComparison(String spelling, Operand operand) {
        this.spelling = spelling;
        this.operand = operand;
    }

    /** The comparison that is spelled so; null if none is. */
    static @Nullable TagsComparison spelled(String cmp) {
        return SPELLED.get(cmp);
    }

    Operand operand() {
        return operand;
    }
}
