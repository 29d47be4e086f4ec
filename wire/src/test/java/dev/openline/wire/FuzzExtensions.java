package dev.openline.wire;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Values of {@code Sec-WebSocket-Extensions}. The reader takes exactly what the grammar of RFC 6455 §9.1, written as a
 * regular expression, takes; and what it read, spelled again, is read as the same.
 *
 * <p>An input is the value.
 */
public final class FuzzExtensions {
    private static final String TOKEN = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]++";
    private static final String BLANKS = "[ \t]*+";

    /** Its content is looked at below: with the backslashes gone it must be a token. */
    private static final String QUOTED = "\"(?:\\\\[\\x00-\\xff]|[\\x00-\\xff&&[^\"\\\\]])*+\"";

    private static final String PARAMETER = BLANKS + ";" + BLANKS + TOKEN + BLANKS + "(?:=" + BLANKS + "(?:" + TOKEN
            + "|" + QUOTED + ")" + BLANKS + ")?+";
    private static final String EXTENSION = BLANKS + TOKEN + BLANKS + "(?:" + PARAMETER + ")*+";
    private static final Pattern LIST = Pattern.compile(EXTENSION + "(?:," + EXTENSION + ")*+", Pattern.DOTALL);
    private static final Pattern QUOTES = Pattern.compile(QUOTED, Pattern.DOTALL);

    private FuzzExtensions() {}

    /** One run, for Jazzer. */
    public static void fuzzerTestOneInput(byte[] input) {
        String value = new String(input, StandardCharsets.ISO_8859_1);
        List<Extension> read = Grammar.extensions(value);
        if (input.length < 2000 && (read != null) != isValid(value)) {
            throw new AssertionError("read as " + read + ", by the grammar " + isValid(value));
        }
        if (read != null) {
            String spelled =
                    String.join(",", read.stream().map(Extension::toString).toList());
            if (!read.equals(Grammar.extensions(spelled))) {
                throw new AssertionError(read + " is spelled " + spelled);
            }
        }
        List<String> tokens = Grammar.tokens(value);
        if (tokens != null && !tokens.equals(Grammar.tokens(String.join(", ", tokens)))) {
            throw new AssertionError(tokens + " cannot be spelled");
        }
    }

    private static boolean isValid(String value) {
        if (!LIST.matcher(value).matches()) {
            return false;
        }
        Matcher quoted = QUOTES.matcher(value);
        while (quoted.find()) {
            String content = value.substring(quoted.start() + 1, quoted.end() - 1);
            if (!content.replaceAll("\\\\([\\x00-\\xff])", "$1").matches(TOKEN)) {
                return false;
            }
        }
        return true;
    }
}
