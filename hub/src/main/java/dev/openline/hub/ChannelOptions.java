package dev.openline.hub;

import java.time.Duration;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How a channel behaves. Checked at birth: {@link Mode#EVERY} and {@link Mode#LATEST} keep a log and need a size and a time to live,
 * {@link Mode#TRANSIENT} has neither.
 *
 * @param mode what is promised to slow and absent subscribers
 * @param historySize publications kept in the log, at most; 0 exactly in mode TRANSIENT
 * @param historyTtl how long a publication stays in the log, 1 ms to 3650 days; zero exactly in mode TRANSIENT
 * @param historyMetaTtl how long offset and epoch outlive the last publish or read, at least {@code historyTtl}; default 720 h
 * @param features what the channel offers besides publications
 * @param permissions who may do what
 * @param latestKey the tag whose value is the key of a publication: in mode LATEST the newest of each key is kept then, at most {@code
 *     historySize} keys; empty for one value without a key
 * @param format what payloads may be
 * @param names what the part of the name after the namespace must match as a whole; null for any
 * @param slowReader what becomes of who can't take what is published
 * @param rates how often may be published
 */
public record ChannelOptions(
        Mode mode,
        int historySize,
        Duration historyTtl,
        Duration historyMetaTtl,
        Set<Feature> features,
        Set<Permission> permissions,
        String latestKey,
        PublicationFormat format,
        @Nullable Pattern names,
        SlowReader slowReader,
        PublishRates rates) {
    /** The longest history in one channel, in publications: a log is one array in memory. */
    public static final int MAX_HISTORY_SIZE = 1_000_000;

    /** How long a channel's offset and epoch outlive its last publish or read, unless said otherwise. */
    public static final Duration DEFAULT_META_TTL = Duration.ofHours(720);

    /** The longest time to live, so that times in milliseconds can be added without overflow. */
    public static final Duration MAX_TTL = Duration.ofDays(3650);

    /** @throws IllegalArgumentException if mode, history and times don't fit together; the message says which */
    public ChannelOptions {
        features = copy(Feature.class, features);
        permissions = copy(Permission.class, permissions);
        if (mode == Mode.TRANSIENT) {
            if (historySize != 0)
                throw new IllegalArgumentException("a TRANSIENT channel keeps no history, historySize must be 0");
            if (!historyTtl.isZero())
                throw new IllegalArgumentException("a TRANSIENT channel keeps no history, historyTtl must be 0");
        } else {
            if (historySize < 1 || historySize > MAX_HISTORY_SIZE)
                throw new IllegalArgumentException("historySize " + historySize + " is not in 1–" + MAX_HISTORY_SIZE);
            if (historyTtl.toMillis() < 1 || historyTtl.compareTo(MAX_TTL) > 0)
                throw new IllegalArgumentException("historyTtl " + historyTtl + " is not in 1 ms–" + MAX_TTL);
            if (historyMetaTtl.compareTo(historyTtl) < 0)
                throw new IllegalArgumentException("historyMetaTtl " + historyMetaTtl + " < historyTtl " + historyTtl
                        + ": items would outlive their offsets");
            if (historyMetaTtl.compareTo(MAX_TTL) > 0)
                throw new IllegalArgumentException("historyMetaTtl " + historyMetaTtl + " > " + MAX_TTL);
        }
        if (mode != Mode.LATEST && !latestKey.isEmpty())
            throw new IllegalArgumentException("latestKey is for mode LATEST, not " + mode);
        checkFeatures(mode, features);
    }

    private static void checkFeatures(Mode mode, Set<Feature> features) {
        boolean logged = mode != Mode.TRANSIENT;
        requireFor(features, Feature.ALLOW_POSITIONING, logged, "a log");
        requireFor(features, Feature.FORCE_POSITIONING, logged, "a log");
        requireFor(features, Feature.ALLOW_RECOVERY, logged, "a log");
        requireFor(features, Feature.FORCE_RECOVERY, logged, "a log");
        requireFor(features, Feature.DURABLE, logged, "a log");
        requireFor(features, Feature.DELTA, logged, "a log");
        requireFor(features, Feature.DELTA_PUBLISH, features.contains(Feature.DELTA), "DELTA");
        requireFor(features, Feature.AUTO_RECOVER, mode == Mode.LATEST, "mode LATEST");
        requireFor(features, Feature.PUSH_JOIN_LEAVE, features.contains(Feature.JOIN_LEAVE), "JOIN_LEAVE");
    }

    private static void requireFor(Set<Feature> features, Feature feature, boolean given, String need) {
        if (features.contains(feature) && !given) throw new IllegalArgumentException(feature + " needs " + need);
    }

    private static <E extends Enum<E>> Set<E> copy(Class<E> type, Set<E> set) {
        EnumSet<E> copy = EnumSet.noneOf(type);
        copy.addAll(set);
        return Collections.unmodifiableSet(copy);
    }

    /** Options in the making for a channel that delivers every publication and keeps the newest {@code size} for {@code ttl}. */
    public static Builder every(int size, Duration ttl) {
        return new Builder(Mode.EVERY, size, ttl).with(Feature.FORCE_RECOVERY, Feature.DURABLE);
    }

    /** Options in the making for a channel whose newest publication is all that counts, for {@code ttl} after it was said. */
    public static Builder latest(Duration ttl) {
        return new Builder(Mode.LATEST, 1, ttl).with(Feature.FORCE_RECOVERY, Feature.DURABLE);
    }

    /** Options in the making for a channel of mode TRANSIENT. */
    public static Builder unlogged() {
        return new Builder(Mode.TRANSIENT, 0, Duration.ZERO);
    }

    /** Whether publications get offsets and stay in a log. */
    public boolean logged() {
        return mode != Mode.TRANSIENT;
    }

    /** Whether the log keeps the newest publication of each key, instead of the newest ones. */
    public boolean keyed() {
        return !latestKey.isEmpty();
    }

    public boolean has(Feature feature) {
        return features.contains(feature);
    }

    public boolean allows(Permission permission) {
        return permissions.contains(permission);
    }

    /** Collects options; checks come with {@link #build}. */
    public static final class Builder {
        private final Mode mode;
        private int historySize;
        private Duration historyTtl;
        private Duration historyMetaTtl = DEFAULT_META_TTL;
        private final EnumSet<Feature> features = EnumSet.noneOf(Feature.class);
        private final EnumSet<Permission> permissions = EnumSet.noneOf(Permission.class);
        private String latestKey = "";
        private PublicationFormat format = PublicationFormat.JSON;
        private @Nullable Pattern names;
        private SlowReader slowReader = SlowReader.CATCH_UP;
        private PublishRates rates = PublishRates.UNLIMITED;

        private Builder(Mode mode, int historySize, Duration historyTtl) {
            this.mode = mode;
            this.historySize = historySize;
            this.historyTtl = historyTtl;
        }

        /** Keeps the newest {@code size} publications for {@code ttl}. */
        public Builder history(int size, Duration ttl) {
            historySize = size;
            historyTtl = ttl;
            return this;
        }

        /** Keeps offset and epoch for {@code ttl} after the last publish or read. */
        public Builder metaTtl(Duration ttl) {
            historyMetaTtl = ttl;
            return this;
        }

        public Builder with(Feature... offered) {
            for (Feature feature : offered) features.add(feature);
            return this;
        }

        /** Takes back what was offered; {@link #every} and {@link #latest} offer {@link Feature#FORCE_RECOVERY} and {@link
         * Feature#DURABLE}. */
        public Builder without(Feature... unwanted) {
            for (Feature feature : unwanted) features.remove(feature);
            return this;
        }

        /** Keeps the newest publication of each value of this tag. */
        public Builder latestKey(String tag) {
            latestKey = tag;
            return this;
        }

        /**
         * What payloads may be; JSON unless said here. Where a client that speaks JSON would have to hear what is none it is disconnected, so allow that
         * only where none does.
         */
        public Builder format(PublicationFormat payloads) {
            format = payloads;
            return this;
        }

        /** What names must match, after the namespace. */
        public Builder names(@Nullable Pattern pattern) {
            names = pattern;
            return this;
        }

        public Builder slowReader(SlowReader policy) {
            slowReader = policy;
            return this;
        }

        public Builder rates(PublishRates limits) {
            rates = limits;
            return this;
        }

        public Builder allow(Permission... granted) {
            for (Permission permission : granted) permissions.add(permission);
            return this;
        }

        /** @throws IllegalArgumentException as the constructor of {@link ChannelOptions} */
        public ChannelOptions build() {
            return new ChannelOptions(
                    mode,
                    historySize,
                    historyTtl,
                    historyMetaTtl,
                    features,
                    permissions,
                    latestKey,
                    format,
                    names,
                    slowReader,
                    rates);
        }
    }
}
