package dev.openline.protocol;

import com.fasterxml.jackson.core.ErrorReportConfiguration;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamWriteConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.ContentReference;
import com.fasterxml.jackson.core.io.IOContext;
import com.fasterxml.jackson.core.json.UTF8StreamJsonParser;
import com.fasterxml.jackson.core.sym.ByteQuadsCanonicalizer;
import com.fasterxml.jackson.core.util.BufferRecycler;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads one JSON value front to back, in the terms of the protocol: members of objects, numbers with a range, payloads that are cut out
 * and not looked into. A member whose value is null counts as not sent. Everything that does not fit is a {@link MalformedFrame} that
 * names the member but quotes nothing.
 *
 * <p>The parser below is made by hand, for a factory's parsers do two things that are wrong here. They guess the encoding from the first
 * bytes, where RFC 8259 §8.1 leaves only UTF-8. And they share one table of all names they ever read: strangers would fill it with the
 * names in their payloads, and then every message with a new name would copy it (34 µs of CPU were measured for a publish). With a
 * table for each message it takes 1.3 to 1.7 µs, new names or not; the shared table at its best took 0.7.
 */
final class JsonInput implements AutoCloseable {
    private static final int FEATURES = JsonParser.Feature.collectDefaults();
    private static final int NAME_FEATURES = JsonFactory.Feature.CANONICALIZE_FIELD_NAMES.getMask()
            | JsonFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW.getMask();

    private final byte[] bytes;
    private final int from;
    private final JsonParser parser;

    private JsonInput(byte[] bytes, int from, JsonParser parser) {
        this.bytes = bytes;
        this.from = from;
        this.parser = parser;
    }

    /** Reads what {@code bytes} hold from {@code from} to {@code to} (exclusive). */
    static JsonInput of(byte[] bytes, int from, int to) throws MalformedFrame {
        if (!Utf8.isValid(bytes, from, to)) throw new MalformedFrame("not UTF-8");
        return new JsonInput(bytes, from, parser(bytes, from, to));
    }

    private static JsonParser parser(byte[] bytes, int from, int to) {
        BufferRecycler buffers = JsonRecyclerPools.threadLocalPool().acquireAndLinkPooled();
        IOContext context = new IOContext(
                JsonLimits.CONSTRAINTS,
                StreamWriteConstraints.defaults(),
                ErrorReportConfiguration.defaults(),
                buffers,
                ContentReference.redacted(),
                false);
        ByteQuadsCanonicalizer names = ByteQuadsCanonicalizer.createRoot().makeChild(NAME_FEATURES);
        return new UTF8StreamJsonParser(context, FEATURES, null, null, names, bytes, from, to, 0, false);
    }

    /** Steps to the first token of the value. */
    void begin() throws MalformedFrame {
        if (advance() == null) throw new MalformedFrame("empty message");
    }

    /** Makes sure that nothing but blanks follows the value. */
    void end() throws MalformedFrame {
        if (advance() != null) throw new MalformedFrame("more than one value in a message");
    }

    /** Steps into the object that is the current value; {@code what} names it in faults. */
    void enterObject(String what) throws MalformedFrame {
        require(JsonToken.START_OBJECT, what, "an object");
    }

    /**
     * Steps to the next member of the current object that is not null, and to its value; null at the object's end. A name with half a
     * character in it, even as an escape, counts as no JSON.
     */
    @Nullable
    String nextMember() throws MalformedFrame {
        while (advance() == JsonToken.FIELD_NAME) {
            String name = currentName();
            if (advance() != JsonToken.VALUE_NULL) return name;
        }
        return null;
    }

    /** Steps into the array that is the current value. */
    void enterArray(String what) throws MalformedFrame {
        require(JsonToken.START_ARRAY, what, "an array");
    }

    /** Steps to the next element of the current array; false at the array's end. */
    boolean nextElement() throws MalformedFrame {
        return advance() != JsonToken.END_ARRAY;
    }

    /** The current value, a string without lone surrogates. */
    String string(String what) throws MalformedFrame {
        require(JsonToken.VALUE_STRING, what, "a string");
        try {
            String text = parser.getText();
            if (!Utf8.isWellFormed(text)) throw new MalformedFrame(what + " holds half a character");
            return text;
        } catch (IOException e) {
            throw fault(e);
        }
    }

    boolean bool(String what) throws MalformedFrame {
        JsonToken token = parser.currentToken();
        if (token != JsonToken.VALUE_TRUE && token != JsonToken.VALUE_FALSE)
            throw new MalformedFrame(what + " is not a boolean");
        return token == JsonToken.VALUE_TRUE;
    }

    /** A whole number from 0 to 4294967295. */
    long u32(String what) throws MalformedFrame {
        return integer(what, 0, Numbers.MAX_U32);
    }

    /** A whole number from 0 to 2147483647: codes and counts are small, whatever their type says. */
    int u31(String what) throws MalformedFrame {
        return (int) integer(what, 0, Integer.MAX_VALUE);
    }

    /** A whole number from 0 to 2^63-1: the upper half of the protocol's range has no use and no Java type. */
    long u63(String what) throws MalformedFrame {
        return integer(what, 0, Long.MAX_VALUE);
    }

    /** A whole number from -2^31 to 2^31-1. */
    int i32(String what) throws MalformedFrame {
        return (int) integer(what, Integer.MIN_VALUE, Integer.MAX_VALUE);
    }

    /** A whole number from -2^63 to 2^63-1. */
    long i64(String what) throws MalformedFrame {
        return integer(what, Long.MIN_VALUE, Long.MAX_VALUE);
    }

    private long integer(String what, long min, long max) throws MalformedFrame {
        require(JsonToken.VALUE_NUMBER_INT, what, "a whole number");
        long value;
        try {
            value = parser.getLongValue();
        } catch (IOException e) {
            throw new MalformedFrame(what + " is out of range");
        }
        if (value < min || value > max) throw new MalformedFrame(what + " is out of range");
        return value;
    }

    /** The current value as it was sent, without raw line breaks, which JSON allows only between its tokens. */
    Payload payload() throws MalformedFrame {
        int start = from + (int) parser.currentTokenLocation().getByteOffset();
        pass();
        int end = from + (int) parser.currentLocation().getByteOffset();
        while (isBlank(bytes[end - 1])) end--; // a number outside of everything is read with the blank behind it
        return Payload.wrapJson(LineBreaks.cutOut(bytes, start, end));
    }

    /** Steps over the current value, as {@link #payload} does. */
    void pass() throws MalformedFrame {
        skip();
        try {
            parser.finishToken();
        } catch (IOException e) {
            throw fault(e);
        }
    }

    static boolean isBlank(byte b) {
        return b == ' ' || b == '\t' || b == '\r' || b == '\n';
    }

    /** Steps over the current value, to its last token, looking only at its form. */
    void skip() throws MalformedFrame {
        int open = 0;
        for (JsonToken token = parser.currentToken(); ; token = advance()) {
            if (token == null) throw new MalformedFrame("not JSON");
            if (token.isStructStart() && ++open > JsonLimits.MAX_PAYLOAD_DEPTH)
                throw new MalformedFrame("nested deeper than " + JsonLimits.MAX_PAYLOAD_DEPTH);
            if (token.isStructEnd()) open--;
            if (open == 0) return;
        }
    }

    /** An object whose members are all strings. */
    Map<String, String> strings(String what) throws MalformedFrame {
        enterObject(what);
        Map<String, String> map = new LinkedHashMap<>();
        for (String name = nextMember(); name != null; name = nextMember()) map.put(name, string(what));
        return map;
    }

    /** An array of strings. */
    List<String> stringList(String what) throws MalformedFrame {
        enterArray(what);
        List<String> list = new ArrayList<>();
        while (nextElement()) list.add(string(what));
        return list;
    }

    private String currentName() throws MalformedFrame {
        try {
            return parser.currentName();
        } catch (IOException e) {
            throw fault(e);
        }
    }

    private @Nullable JsonToken advance() throws MalformedFrame {
        try {
            return parser.nextToken();
        } catch (IOException e) {
            throw fault(e);
        }
    }

    private void require(JsonToken token, String what, String kind) throws MalformedFrame {
        if (parser.currentToken() != token) throw new MalformedFrame(what + " is not " + kind);
    }

    private static MalformedFrame fault(IOException e) {
        return new MalformedFrame(e instanceof StreamConstraintsException ? "JSON beyond a limit" : "not JSON");
    }

    @Override
    public void close() {
        try {
            parser.close();
        } catch (IOException e) {
            throw new AssertionError("closing a reader of bytes in memory", e);
        }
    }
}
