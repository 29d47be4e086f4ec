package dev.openline.store.redis;

import dev.openline.hub.ChannelRules;
import org.jspecify.annotations.Nullable;

/** What the channels of one part are called in Redis. */
final class Naming {
    private final String prefix;
    private final String part;
    private final ChannelRules rules;
    private final boolean havePatterns;

    /** @param part names in one part have nothing to do with those in another; empty for that of the clients */
    Naming(String prefix, String part, ChannelRules rules) {
        this.prefix = prefix;
        this.part = part.isEmpty() ? "" : "\u0001" + part + ":";
        this.rules = rules;
        this.havePatterns = rules.havePatterns();
    }

    ChannelRules rules() {
        return rules;
    }

    /** The pattern channel that gathers it; null if none does. */
    @Nullable
    String patternOf(String channel) {
        return havePatterns ? rules.patternOf(channel) : null;
    }

    Keys keys(String channel) {
        return keys(channel, patternOf(channel));
    }

    /** The same where the pattern channel is known. */
    Keys keys(String channel, @Nullable String pattern) {
        String name = named(channel);
        return pattern == null ? Keys.of(prefix, name) : Keys.of(prefix, name, named(pattern));
    }

    private String named(String channel) {
        return part.isEmpty() ? channel : part + channel;
    }
}
