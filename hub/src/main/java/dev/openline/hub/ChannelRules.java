package dev.openline.hub;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which channels exist, and how each behaves. A name that was listed itself comes first; then its namespace, which is the text before
 * the first {@code :} without a leading {@code $}; a name without a {@code :} has the options for names without a namespace.
 *
 * <p>Immutable and safe to share between threads.
 */
public final class ChannelRules {
    /** The longest channel name, in bytes. */
    public static final int MAX_CHANNEL_BYTES = 255;

    private static final Pattern NAMESPACE = Pattern.compile("[-a-zA-Z0-9_.]{2,}");

    private final Map<String, ChannelOptions> channels;
    private final Map<String, ChannelOptions> namespaces;
    private final @Nullable ChannelOptions withoutNamespace;

    private ChannelRules(Builder builder) {
        channels = Map.copyOf(builder.channels);
        namespaces = Map.copyOf(builder.namespaces);
        withoutNamespace = builder.withoutNamespace;
    }

    public static Builder builder() {
        return new Builder();
    }

    /** The options of {@code channel}; null if there is no such channel or the name is not {@linkplain #validName valid}. */
    public @Nullable ChannelOptions optionsFor(String channel) {
        if (!validName(channel)) return null;
        ChannelOptions own = channels.get(channel);
        if (own != null) return own;
        int colon = channel.indexOf(':');
        if (colon < 0) return withoutNamespace;
        return namespaces.get(channel.substring(channel.charAt(0) == '$' ? 1 : 0, colon));
    }

    /** Whether {@code channel} can be a name at all: 1–255 bytes of printable ASCII. */
    public static boolean validName(String channel) {
        int length = channel.length();
        if (length == 0 || length > MAX_CHANNEL_BYTES) return false;
        for (int i = 0; i < length; i++) {
            char c = channel.charAt(i);
            if (c < ' ' || c > '~') return false;
        }
        return true;
    }

    /** Collects rules. */
    public static final class Builder {
        private final Map<String, ChannelOptions> channels = new HashMap<>();
        private final Map<String, ChannelOptions> namespaces = new HashMap<>();
        private @Nullable ChannelOptions withoutNamespace;

        private Builder() {}

        /**
         * Options for the one channel of this name.
         *
         * @throws IllegalArgumentException if the name is not valid or was given before
         */
        public Builder channel(String name, ChannelOptions options) {
            if (!validName(name))
                throw new IllegalArgumentException(
                        "channel name is not 1–" + MAX_CHANNEL_BYTES + " bytes of printable ASCII");
            if (channels.putIfAbsent(name, options) != null)
                throw new IllegalArgumentException("channel " + name + " has options already");
            return this;
        }

        /**
         * Options for all channels whose names begin with {@code name:} or {@code $name:}.
         *
         * @throws IllegalArgumentException if the name is not at least two of {@code -a-zA-Z0-9_.}, or was given before
         */
        public Builder namespace(String name, ChannelOptions options) {
            if (!NAMESPACE.matcher(name).matches())
                throw new IllegalArgumentException("namespace \"" + name + "\" does not match " + NAMESPACE);
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
