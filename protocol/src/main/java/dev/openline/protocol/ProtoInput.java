package dev.openline.protocol;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.util.Map;

/**
 * Reads one Protobuf message field by field, in the terms of the protocol: numbers with a range, strict UTF-8, payloads that are not looked
 * into. Unknown fields are passed over. Everything that does not fit is a {@link MalformedFrame} that names the member but quotes nothing.
 */
final class ProtoInput {
    /** Messages inside each other: the deepest is a node of a filter in a subscription in a connect, with some room. */
    private static final int MAX_DEPTH = JsonLimits.MAX_PAYLOAD_DEPTH;

    private final CodedInputStream in;
    private int tag;
    private int depth;

    private ProtoInput(CodedInputStream in) {
        this.in = in;
    }

    /** Reads what {@code bytes} hold from {@code from}, so many. */
    static ProtoInput of(byte[] bytes, int from, int length) {
        return new ProtoInput(CodedInputStream.newInstance(bytes, from, length));
    }

    /** Reads a message that is the value of the current field. */
    interface Reading<T> {
        T from(ProtoInput in) throws MalformedFrame;
    }

    /** Steps to the next field of the current message and answers its number; 0 at the message's end. */
    int next() throws MalformedFrame {
        try {
            tag = in.readTag();
            return WireFormat.getTagFieldNumber(tag);
        } catch (IOException e) {
            throw fault();
        }
    }

    /** Passes over the value of the current field. */
    void skip() throws MalformedFrame {
        try {
            // Groups are of the language's past and in no message here; their ends would end ours.
            if (WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_START_GROUP || !in.skipField(tag)) throw fault();
        } catch (IOException e) {
            throw fault();
        }
    }

    <T> T message(String what, Reading<T> reading) throws MalformedFrame {
        require(WireFormat.WIRETYPE_LENGTH_DELIMITED, what);
        if (++depth > MAX_DEPTH) throw new MalformedFrame("nested deeper than " + MAX_DEPTH);
        try {
            int limit = in.pushLimit(in.readRawVarint32());
            T value = reading.from(this);
            if (!in.isAtEnd()) throw fault();
            in.popLimit(limit);
            depth--;
            return value;
        } catch (IOException e) {
            throw fault();
        }
    }

    String string(String what) throws MalformedFrame {
        require(WireFormat.WIRETYPE_LENGTH_DELIMITED, what);
        try {
            return in.readStringRequireUtf8();
        } catch (IOException e) {
            throw new MalformedFrame(what + " is not a string");
        }
    }

    byte[] bytes(String what) throws MalformedFrame {
        require(WireFormat.WIRETYPE_LENGTH_DELIMITED, what);
        try {
            return in.readByteArray();
        } catch (IOException e) {
            throw fault();
        }
    }

    Payload payload(String what) throws MalformedFrame {
        return Payload.wrap(bytes(what));
    }

    boolean bool(String what) throws MalformedFrame {
        return varint(what) != 0;
    }

    /** A whole number from 0 to 4294967295. */
    long u32(String what) throws MalformedFrame {
        return inRange(what, varint(what), 0, Numbers.MAX_U32);
    }

    /** A whole number from 0 to 2147483647: codes are small, whatever their type says. */
    int code(String what) throws MalformedFrame {
        return (int) inRange(what, varint(what), 0, Integer.MAX_VALUE);
    }

    /** A whole number from 0 to 2^63-1: the upper half of the protocol's range has no use and no Java type. */
    long u63(String what) throws MalformedFrame {
        return inRange(what, varint(what), 0, Long.MAX_VALUE);
    }

    /** A whole number from -2^31 to 2^31-1. */
    int i32(String what) throws MalformedFrame {
        return (int) inRange(what, varint(what), Integer.MIN_VALUE, Integer.MAX_VALUE);
    }

    /** A whole number from -2^63 to 2^63-1. */
    long i64(String what) throws MalformedFrame {
        return varint(what);
    }

    private long varint(String what) throws MalformedFrame {
        require(WireFormat.WIRETYPE_VARINT, what);
        try {
            return in.readRawVarint64();
        } catch (IOException e) {
            throw new MalformedFrame(what + " is not a whole number");
        }
    }

    private static long inRange(String what, long value, long min, long max) throws MalformedFrame {
        if (value < min || value > max) throw new MalformedFrame(what + " is out of range");
        return value;
    }

    /** Puts one entry of a map, whose key and value are fields 1 and 2 (and may be left out when they are empty). */
    <V> void entry(String what, Map<String, V> into, V absent, Reading<V> value) throws MalformedFrame {
        message(what, in -> {
            String key = "";
            V found = absent;
            for (int field = in.next(); field != 0; field = in.next()) {
                switch (field) {
                    case 1 -> key = in.string(what);
                    case 2 -> found = value.from(in);
                    default -> in.skip();
                }
            }
            return into.put(key, found);
        });
    }

    private void require(int wireType, String what) throws MalformedFrame {
        if (WireFormat.getTagWireType(tag) != wireType) throw new MalformedFrame(what + " is of another type");
    }

    private static MalformedFrame fault() {
        return new MalformedFrame("not Protobuf");
    }
}
