package dev.openline.hooks;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import dev.openline.hub.Feature;
import dev.openline.protocol.Disconnect;
import dev.openline.protocol.ErrorReply;
import dev.openline.protocol.Payload;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an application has answered: a result, an error or a disconnect; with none of them it has said nothing. Each is read when it is asked
 * for, because some questions know of no error and of no disconnect.
 */
final class Reply {
    /** The application has broken the rules of the answers. */
    static final class Malformed extends Exception {
        private static final long serialVersionUID = 1;

        Malformed(String rule) {
            super(rule, null, false, false);
        }
    }

    /** Answers are UTF-8 (RFC 8259 §8.1), and positions in them are counted in its bytes. */
    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(JsonFactory.Feature.CHARSET_DETECTION)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();

    private static final Map<String, Feature> OVERRIDES = Map.of(
            "presence", Feature.PRESENCE,
            "join_leave", Feature.JOIN_LEAVE,
            "force_recovery", Feature.FORCE_RECOVERY,
            "force_positioning", Feature.FORCE_POSITIONING,
            "force_push_join_leave", Feature.PUSH_JOIN_LEAVE);

    private final @Nullable Members whole;
    private final HookEndpoint.@Nullable Meaning meaning;

    private Reply(@Nullable Members whole, HookEndpoint.@Nullable Meaning meaning) {
        this.whole = whole;
        this.meaning = meaning;
    }

    static Reply read(byte[] body) throws Malformed {
        try {
            UTF_8.newDecoder().decode(ByteBuffer.wrap(body));
        } catch (CharacterCodingException e) {
            throw new Malformed("the answer is no UTF-8");
        }
        return new Reply(Members.of(body, 0, body.length), null);
    }

    /** The answer that a status stands for. */
    static Reply of(HookEndpoint.Meaning meaning) {
        return new Reply(null, meaning);
    }

    @Nullable
    Members result() throws Malformed {
        return whole == null ? null : whole.object("result");
    }

    @Nullable
    ErrorReply error() throws Malformed {
        if (meaning != null) return meaning.error();
        Members error = whole == null ? null : whole.object("error");
        return error == null ? null : errorOf(error);
    }

    @Nullable
    Disconnect disconnect() throws Malformed {
        if (meaning != null) return meaning.disconnect();
        Members disconnect = whole == null ? null : whole.object("disconnect");
        return disconnect == null ? null : disconnectOf(disconnect);
    }

    private static ErrorReply errorOf(Members members) throws Malformed {
        long code = members.number("code", 0);
        if (code < 400 || code > 1999) throw new Malformed("an error's code is not in 400–1999");
        return new ErrorReply((int) code, members.text("message"), members.flag("temporary"));
    }

    private static Disconnect disconnectOf(Members members) throws Malformed {
        long code = members.number("code", 0);
        if (code < 4000 || code > 4999) throw new Malformed("a disconnect's code is not in 4000–4999");
        return new Disconnect((int) code, members.text("reason"));
    }

    /** The members of one object, each as the bytes that stand there. */
    static final class Members {
        private final byte[] bytes;
        private final Map<String, int[]> places;

        private Members(byte[] bytes, Map<String, int[]> places) {
            this.bytes = bytes;
            this.places = places;
        }

        /** Reads one object; what is null counts as left out. */
        static Members of(byte[] bytes, int from, int length) throws Malformed {
            Map<String, int[]> places = new LinkedHashMap<>();
            try (JsonParser in = JSON.createParser(bytes, from, length)) {
                if (in.nextToken() != JsonToken.START_OBJECT) throw new Malformed("the answer is no JSON object");
                while (in.nextToken() == JsonToken.FIELD_NAME) {
                    String name = whole(in.currentName(), "a name");
                    JsonToken token = in.nextToken();
                    int begin = from + (int) in.currentTokenLocation().getByteOffset();
                    in.skipChildren();
                    // Only then is the end of a text known.
                    in.finishToken();
                    int end = from + (int) in.currentLocation().getByteOffset();
                    if (token != JsonToken.VALUE_NULL) places.put(name, new int[] {begin, end});
                }
                if (in.nextToken() != null) throw new Malformed("something follows the answer");
            } catch (IOException e) {
                throw new Malformed("the answer is no JSON");
            }
            return new Members(bytes, places);
        }

        /** Half a character, as an escape can say it, could be told to no client. */
        private static String whole(String text, String name) throws Malformed {
            if (!UTF_8.newEncoder().canEncode(text)) throw new Malformed(name + " holds half a character");
            return text;
        }

        private @Nullable JsonParser at(String name) throws Malformed {
            int[] place = places.get(name);
            if (place == null) return null;
            try {
                JsonParser in = JSON.createParser(bytes, place[0], place[1] - place[0]);
                in.nextToken();
                return in;
            } catch (IOException e) {
                throw new Malformed(name + " is no JSON");
            }
        }

        boolean has(String name) {
            return places.containsKey(name);
        }

        Iterable<String> names() {
            return places.keySet();
        }

        @Nullable
        Members object(String name) throws Malformed {
            int[] place = places.get(name);
            if (place == null) return null;
            if (bytes[place[0]] != '{') throw new Malformed(name + " is no object");
            return of(bytes, place[0], place[1] - place[0]);
        }

        /** A text; empty if it was left out. */
        String text(String name) throws Malformed {
            JsonParser in = at(name);
            if (in == null) return "";
            try {
                if (in.currentToken() != JsonToken.VALUE_STRING) throw new Malformed(name + " is no text");
                return whole(in.getText(), name);
            } catch (IOException e) {
                throw new Malformed(name + " is no text");
            }
        }

        long number(String name, long otherwise) throws Malformed {
            JsonParser in = at(name);
            if (in == null) return otherwise;
            try {
                if (in.currentToken() != JsonToken.VALUE_NUMBER_INT) throw new Malformed(name + " is no whole number");
                return in.getLongValue();
            } catch (IOException e) {
                throw new Malformed(name + " is no whole number that fits");
            }
        }

        boolean flag(String name) throws Malformed {
            JsonParser in = at(name);
            if (in == null) return false;
            JsonToken token = in.currentToken();
            if (token != JsonToken.VALUE_TRUE && token != JsonToken.VALUE_FALSE)
                throw new Malformed(name + " is neither true nor false");
            return token == JsonToken.VALUE_TRUE;
        }

        List<String> texts(String name) throws Malformed {
            JsonParser in = at(name);
            List<String> texts = new ArrayList<>();
            if (in == null) return texts;
            try {
                if (in.currentToken() != JsonToken.START_ARRAY) throw new Malformed(name + " is no list");
                while (in.nextToken() != JsonToken.END_ARRAY) {
                    if (in.currentToken() != JsonToken.VALUE_STRING) throw new Malformed(name + " is no list of texts");
                    texts.add(whole(in.getText(), name));
                }
                return texts;
            } catch (IOException e) {
                throw new Malformed(name + " is no list of texts");
            }
        }

        Map<String, String> words(String name) throws Malformed {
            Members object = object(name);
            Map<String, String> words = new LinkedHashMap<>();
            if (object != null) for (String key : object.names()) words.put(key, object.text(key));
            return words;
        }

        /** A payload: any JSON value, or with {@code b64} before its name the bytes that a text stands for. */
        @Nullable
        Payload payload(String name) throws Malformed {
            if (has("b64" + name)) {
                try {
                    return Payload.wrap(Base64.getDecoder().decode(text("b64" + name)));
                } catch (IllegalArgumentException e) {
                    throw new Malformed("b64" + name + " is no base64");
                }
            }
            int[] place = places.get(name);
            if (place == null) return null;
            try {
                return Payload.json(new String(bytes, place[0], place[1] - place[0], UTF_8));
            } catch (IllegalArgumentException e) {
                throw new Malformed(name + " is no payload");
            }
        }

        /** Exceptions from a channel's options: {@code {"presence": {"value": true}}}. */
        Map<Feature, Boolean> overrides() throws Malformed {
            Map<Feature, Boolean> overrides = new EnumMap<>(Feature.class);
            Members object = object("override");
            if (object == null) return overrides;
            for (String name : object.names()) {
                Feature feature = OVERRIDES.get(name);
                Members value = object.object(name);
                if (feature != null && value != null) overrides.put(feature, value.flag("value"));
            }
            return overrides;
        }
    }
}
