package dev.openline.app;

import dev.openline.hub.ChannelOptions;
import dev.openline.hub.Feature;
import java.time.Duration;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * How channels behave, as said on the command line: {@code MODE[,history=N][,ttl=TIME][,presence][,join-leave]}.
 *
 * <p>There is no word for permissions: until there are tokens, only the insecure server lets clients in, and it allows them
 * everything.
 */
final class ChannelRule implements ITypeConverter<ChannelOptions> {
    static final int DEFAULT_HISTORY = 100;
    static final Duration DEFAULT_TTL = Duration.ofMinutes(10);

    private static final Pattern COUNT = Pattern.compile("\\d{1,9}");

    @Override
    public ChannelOptions convert(String rule) {
        String[] words = rule.split(",", -1);
        ChannelOptions.Builder options = switch (words[0]) {
            case "every" -> logged(words, DEFAULT_HISTORY);
            case "latest" -> logged(words, 1);
            case "transient" -> ChannelOptions.unlogged();
            default ->
                throw new TypeConversionException(
                        "'" + words[0] + "' is no mode; there are every, latest and transient");
        };
        for (int i = 1; i < words.length; i++) {
            apply(words[0], words[i], options);
        }
        try {
            return options.build();
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }

    private static ChannelOptions.Builder logged(String[] words, int history) {
        Duration ttl = DEFAULT_TTL;
        for (String word : words) {
            if (word.startsWith("history=")) history = count(word.substring("history=".length()));
            if (word.startsWith("ttl=")) ttl = new TimeOption().convert(word.substring("ttl=".length()));
        }
        ChannelOptions.Builder options =
                words[0].equals("every") ? ChannelOptions.every(history, ttl) : ChannelOptions.latest(ttl);
        return options.history(history, ttl);
    }

    private static void apply(String mode, String word, ChannelOptions.Builder options) {
        switch (word) {
            case "presence" -> options.with(Feature.PRESENCE);
            case "join-leave" -> options.with(Feature.JOIN_LEAVE);
            default -> {
                boolean aboutHistory = word.startsWith("history=") || word.startsWith("ttl=");
                if (!aboutHistory)
                    throw new TypeConversionException(
                            "'" + word + "' is unknown; there are history=N, ttl=TIME, presence and join-leave");
                if (mode.equals("transient"))
                    throw new TypeConversionException(
                            "'" + word + "' has no meaning in mode transient, which keeps nothing");
            }
        }
    }

    private static int count(String text) {
        if (!COUNT.matcher(text).matches())
            throw new TypeConversionException("history '" + text + "' is not a number of publications");
        return Integer.parseInt(text);
    }
}
