package dev.openline.hub;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which channels exist, and how each behaves. A name that was listed itself comes first; then its namespace, which is the text before
 * the first {@code :} without a leading {@code $}; a name without a {@code :} has the options for names without a namespace. Other characters may
 * have these meanings, see {@link ChannelNames}.
 *
 * <p>Immutable and safe to share between threads.
 */
public final class ChannelRules {
    /** The longest channel name, in bytes, unless {@link ChannelNames} say otherwise. */
    public static final int MAX_CHANNEL_BYTES = 255;

    private static final Pattern NAMESPACE = Pattern.compile("[-a-zA-Z0-9_.]{2,}");

    private final ChannelNames names;
    private final Map<String, ChannelOptions> channels;
    private final Map<String, ChannelOptions> namespaces;
    private final @Nullable ChannelOptions withoutNamespace;

    private ChannelRules(Builder builder) {
        names = builder.names;
        channels = Map.copyOf(builder.channels);
        namespaces = Map.copyOf(builder.namespaces);
        withoutNamespace = builder.withoutNamespace;
    }

    public static Builder builder() {
        return new Builder();
    }

    /** What the parts of names mean here. */
    public ChannelNames names() {
        return names;
    }

    /**
     * The options of {@code channel}; null if there is no such channel or its name is not {@linkplain ChannelNames#validName valid}. Whether a
     * channel with these options may be called so is another question, see {@link #allowsName}.
     */
    public @Nullable ChannelOptions optionsFor(String channel) {
        if (!names.validName(channel)) return null;
        ChannelOptions own = channels.get(channel);
        if (own != null) return own;
        String namespace = names.namespaceOf(channel);
        return namespace == null ? withoutNamespace : namespaces.get(namespace);
    }

    /**
     * Whether a channel with these options, which are its own, may be called so; {@code bad request} if not. Without a pattern for names all
     * printable ASCII may, and nothing else; with one, whatever matches it after the namespace, and the namespace's pattern channel.
     */
    public boolean allowsName(String channel, ChannelOptions options) {
        Pattern pattern = options.names();
        if (pattern == null) return ChannelNames.isPrintableAscii(channel);
        return gathers(channel)
                || pattern.matcher(names.withoutNamespace(channel)).matches();
    }

    /** Whether {@code channel} is the pattern channel of a namespace that has one: nobody publishes on it, it gathers what is said elsewhere. */
    public boolean gathers(String channel) {
        String namespace = names.namespaceOf(channel);
        return namespace != null && isWildcard(namespace) && channel.equals(names.patternOf(namespace));
    }

    /**
     * The pattern channel that gathers what is said on {@code channel}; null if none does. A listed name is gathered if its own options say so
     * too. What is private or for listed users alone is never gathered.
     */
    public @Nullable String patternOf(String channel) {
        if (names.isPrivate(channel) || names.isUserLimited(channel)) return null;
        ChannelOptions options = optionsFor(channel);
        String namespace = names.namespaceOf(channel);
        if (options == null || !options.has(Feature.WILDCARD) || namespace == null || !isWildcard(namespace))
            return null;
        String pattern = names.patternOf(namespace);
        return pattern.equals(channel) ? null : pattern;
    }

    /** Whether there are pattern channels. */
    public boolean havePatterns() {
        for (ChannelOptions options : namespaces.values()) if (options.has(Feature.WILDCARD)) return true;
        return false;
    }

    private boolean isWildcard(String namespace) {
        ChannelOptions options = namespaces.get(namespace);
        return options != null && options.has(Feature.WILDCARD);
    }

    /** Whether {@code channel} can be a name at all, where nothing else is said of names: 1–255 bytes of printable ASCII. */
    public static boolean validName(String channel) {
        int length = channel.length();
        return length > 0 && length <= MAX_CHANNEL_BYTES && ChannelNames.isPrintableAscii(channel);
    }

    /** Collects rules. */
    public static final class Builder {
        private ChannelNames names = ChannelNames.DEFAULT;
        private final Map<String, ChannelOptions> channels = new HashMap<>();
        private final Map<String, ChannelOptions> namespaces = new HashMap<>();
        private @Nullable ChannelOptions withoutNamespace;

        private Builder() {}

        /**
         * What the parts of names mean. Comes before the first channel and namespace, which are checked by it.
         *
         * @throws IllegalStateException if a channel or namespace was given already
         */
        public Builder names(ChannelNames meaning) {
            if (!channels.isEmpty() || !namespaces.isEmpty())
                throw new IllegalStateException("what names mean must be said before the first channel and namespace");
            names = meaning;
            return this;
        }

        /**
         * Options for the one channel of this name.
         *
         * @throws IllegalArgumentException if the name is not valid or was given before
         */
        public Builder channel(String name, ChannelOptions options) {
            boolean ascii = options.names() != null || ChannelNames.isPrintableAscii(name);
            if (!ascii || !names.validName(name))
                throw new IllegalArgumentException(
                        "channel name is not 1–" + names.maxLength() + " bytes of printable ASCII");
            if (channels.putIfAbsent(name, options) != null)
                throw new IllegalArgumentException("channel " + name + " has options already");
            return this;
        }

        /**
         * Options for all channels whose names begin with {@code name:} or {@code $name:}.
         *
         * @throws IllegalArgumentException if the name is not at least two of {@code -a-zA-Z0-9_.}, holds the boundary and so could never be
         *     reached, or was given before
         */
        public Builder namespace(String name, ChannelOptions options) {
            if (!NAMESPACE.matcher(name).matches())
                throw new IllegalArgumentException("namespace \"" + name + "\" does not match " + NAMESPACE);
            if (!names.namespaceBoundary().isEmpty() && name.contains(names.namespaceBoundary()))
                throw new IllegalArgumentException("namespace \"" + name + "\" holds the boundary of namespaces");
            if (namespaces.putIfAbsent(name, options) != null)
                throw new IllegalArgumentException("namespace " + name + " has options already");
            return this;
        }

        /** Options for all names without a {@code :}; without this call there are no such channels. */
        public Builder withoutNamespace(ChannelOptions options) {
            withoutNamespace = options;
            return this;
        }

        public ChannelRules build() {
            return new ChannelRules(this);
        }
    }
}
