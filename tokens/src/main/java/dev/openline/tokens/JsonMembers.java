package dev.openline.tokens;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.openline.protocol.Payload;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The members of one JSON object by name, each as the text that was sent: so what an application put into a token goes on as it was
 * signed, and numbers keep all their digits. A member whose value is null counts as not sent; a name twice in one object is a flaw (RFC
 * 7519 §4 allows refusing it), for two readers might believe different ones.
 */
final class JsonMembers {
    /** Seconds beyond the year 9999 count as its end, so that nobody overflows who adds something: {@code 1e400} is "never". */
    static final long MAX_SECONDS = 253_402_300_799L;

    /** How many objects and arrays may be open at once, the outermost among them. */
    static final int MAX_DEPTH = 64;

    /** Its parsers share no table of names, which strangers could fill. Lengths are bounded by that of the token. */
    private static final JsonFactory FACTORY = new JsonFactoryBuilder()
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxNameLength(Integer.MAX_VALUE)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();

    /** One value: its first token, the text of a string or number, and its source. */
    private record Value(JsonToken token, String text, String source) {}

    private final Map<String, Value> members;

    private JsonMembers(Map<String, Value> members) {
        this.members = members;
    }

    /** Reads the object that {@code utf8} holds; {@code what} names it in flaws. */
    static JsonMembers read(byte[] utf8, String what) throws TokenFlaw {
        try {
            // A fresh decoder reports what is malformed; that the parser gets characters keeps it from guessing another
            // encoding.
            return read(
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(utf8))
                            .toString(),
                    what);
        } catch (CharacterCodingException e) {
            throw new TokenFlaw(what + " is not UTF-8");
        }
    }

    private static JsonMembers read(String text, String what) throws TokenFlaw {
        try (JsonParser parser = FACTORY.createParser(text.toCharArray())) {
            if (parser.nextToken() != JsonToken.START_OBJECT) throw new TokenFlaw(what + " is not a JSON object");
            Map<String, Value> members = new LinkedHashMap<>();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                members.put(name, value(parser, text));
            }
            if (parser.nextToken() != null) throw new TokenFlaw(what + " is more than one JSON object");
            return new JsonMembers(members);
        } catch (StreamConstraintsException e) {
            throw new TokenFlaw(what + " is JSON beyond a limit");
        } catch (IOException e) {
            throw new TokenFlaw(what + " is not JSON");
        }
    }

    private static Value value(JsonParser parser, String source) throws IOException {
        JsonToken token = parser.currentToken();
        int from = (int) parser.currentTokenLocation().getCharOffset();
        String text = token.isScalarValue() ? parser.getText() : "";
        parser.skipChildren();
        parser.finishToken();
        int to = (int) parser.currentLocation().getCharOffset();
        return new Value(token, text, source.substring(from, to));
    }

    private @Nullable Value find(String name) {
        Value value = members.get(name);
        return value == null || value.token == JsonToken.VALUE_NULL ? null : value;
    }

    private @Nullable Value find(String name, JsonToken token, String kind) throws TokenFlaw {
        Value value = find(name);
        if (value != null && value.token != token) throw new TokenFlaw(name + " is not " + kind);
        return value;
    }

    /** The names of all members, also of those with null, in their order. */
    Set<String> names() {
        return members.keySet();
    }

    boolean has(String name) {
        return find(name) != null;
    }

    /** A string without half characters, or null. */
    @Nullable
    String string(String name) throws TokenFlaw {
        Value value = find(name, JsonToken.VALUE_STRING, "a string");
        return value == null ? null : wellFormed(name, value.text);
    }

    private static String wellFormed(String name, String text) throws TokenFlaw {
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) throw new TokenFlaw(name + " holds half a character");
        return text;
    }

    @Nullable
    Boolean bool(String name) throws TokenFlaw {
        Value value = find(name);
        if (value == null) return null;
        if (!value.token.isBoolean()) throw new TokenFlaw(name + " is not a boolean");
        return value.token == JsonToken.VALUE_TRUE;
    }

    /**
     * A NumericDate (RFC 7519 §2) in whole seconds, rounded down, between the years -5000 and 9999: what lies beyond counts as the end of
     * that. Null if there is none.
     */
    @Nullable
    Long seconds(String name) throws TokenFlaw {
        Value value = find(name);
        if (value == null) return null;
        if (!value.token.isNumeric()) throw new TokenFlaw(name + " is not a number");
        // Doubles are exact far beyond the year 9999, and unlike BigDecimals they are not slow for any exponent.
        double seconds = Math.floor(Double.parseDouble(value.text));
        return (long) Math.max(-MAX_SECONDS, Math.min(MAX_SECONDS, seconds));
    }

    /** The members of an object, or null. */
    @Nullable
    JsonMembers object(String name) throws TokenFlaw {
        return object(name, name);
    }

    /** The members of an object, or null; {@code what} stands in flaws for a name that the token chose. */
    @Nullable
    JsonMembers object(String name, String what) throws TokenFlaw {
        wellFormed(what, name);
        Value value = find(name);
        if (value == null) return null;
        if (value.token != JsonToken.START_OBJECT) throw new TokenFlaw(what + " is not an object");
        return read(value.source, what);
    }

    /** The strings of an array, or null. */
    @Nullable
    List<String> strings(String name) throws TokenFlaw {
        Value value = find(name, JsonToken.START_ARRAY, "an array");
        return value == null ? null : elements(name, value.source);
    }

    /** The strings of an array, or the one string; null if there is neither. */
    @Nullable
    List<String> stringOrStrings(String name) throws TokenFlaw {
        Value value = find(name);
        if (value == null) return null;
        if (value.token == JsonToken.VALUE_STRING) return List.of(wellFormed(name, value.text));
        return strings(name);
    }

    private List<String> elements(String name, String source) throws TokenFlaw {
        try (JsonParser parser = FACTORY.createParser(source.toCharArray())) {
            List<String> strings = new ArrayList<>();
            parser.nextToken();
            while (parser.nextToken() == JsonToken.VALUE_STRING) strings.add(wellFormed(name, parser.getText()));
            if (parser.currentToken() != JsonToken.END_ARRAY) throw new TokenFlaw(name + " holds what is not a string");
            return strings;
        } catch (IOException e) {
            throw new AssertionError("this was read before", e);
        }
    }

    /** The value as it was sent, without the line breaks between its tokens, or null. */
    @Nullable
    Payload payload(String name) throws TokenFlaw {
        Value value = find(name);
        if (value == null) return null;
        try {
            return Payload.json(value.source);
        } catch (IllegalArgumentException e) {
            throw new TokenFlaw(name + " is not one JSON value with whole characters");
        }
    }

    /** The value as it was sent if it is an object, or null. */
    @Nullable
    Payload objectPayload(String name) throws TokenFlaw {
        return find(name, JsonToken.START_OBJECT, "an object") == null ? null : payload(name);
    }
}
