package dev.openline.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.openline.protocol.Encoding;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** A command spelled by hand in either encoding, member by member, so that any of them can be wrong. Shares nothing with the encoders. */
record HandSpelled(String name, int number, long id, List<Member> members) {
    private static final int VARINT = 0;
    private static final int LENGTH_DELIMITED = 2;

    /** A member of a message: its name in JSON and its number in Protobuf. */
    record Member(String name, int number, Value value) {
        Member with(Value other) {
            return new Member(name, number, other);
        }
    }

    /**
     * A value in both encodings.
     *
     * @param type of Protobuf
     * @param wrongJson what a member of this type can't be in JSON
     */
    record Value(String json, int type, byte[] protobuf, String wrongJson) {
        boolean isNumber() {
            return type == VARINT;
        }

        /** A value of another type. */
        Value wrong() {
            Value other = isNumber() ? text("1") : whole(1);
            return new Value(wrongJson, other.type, other.protobuf, json);
        }

        @Override
        public String toString() {
            return json.length() < 100 ? json : json.substring(0, 40) + "… of " + json.length();
        }
    }

    static Value text(String text) {
        return new Value(quoted(text), LENGTH_DELIMITED, delimited(text.getBytes(UTF_8)), "1");
    }

    private static String quoted(String text) {
        return text.chars()
                .mapToObj(c -> c < ' ' ? String.format("\\u%04x", c) : Character.toString(c))
                .collect(Collectors.joining("", "\"", "\""));
    }

    /** A name that ends with half of a surrogate pair. */
    static Value halfACharacter(String before) {
        byte[] bytes = Arrays.copyOf(before.getBytes(UTF_8), before.length() + 3);
        System.arraycopy(new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80}, 0, bytes, before.length(), 3);
        return new Value('"' + before + "\\ud800\"", LENGTH_DELIMITED, delimited(bytes), "1");
    }

    /** Of what JSON takes as a payload nothing is of the wrong type, only no JSON. */
    static Value payload(String json) {
        return new Value(json, LENGTH_DELIMITED, delimited(json.getBytes(UTF_8)), "nul");
    }

    static Value whole(long number) {
        return new Value(Long.toString(number), VARINT, varint(number), "\"1\"");
    }

    static Value flag(boolean flag) {
        return new Value(Boolean.toString(flag), VARINT, varint(flag ? 1 : 0), "1");
    }

    /** More than any number can be. */
    static Value tooLarge() {
        byte[] eleven = new byte[11];
        Arrays.fill(eleven, (byte) 0xff);
        return new Value("9".repeat(20), VARINT, eleven, "{}");
    }

    static Value message(Member... members) {
        List<Member> all = List.of(members);
        return new Value(json(all), LENGTH_DELIMITED, delimited(protobuf(all)), "1");
    }

    /** A map of one entry. */
    static Value entry(Value key, Value value) {
        List<Member> entry = List.of(new Member("", 1, key), new Member("", 2, value));
        return new Value('{' + key.json + ':' + value.json + '}', LENGTH_DELIMITED, delimited(protobuf(entry)), "1");
    }

    HandSpelled with(Member... other) {
        return new HandSpelled(name, number, id, List.of(other));
    }

    HandSpelled without(Member unwanted) {
        return with(members.stream().filter(member -> member != unwanted).toArray(Member[]::new));
    }

    HandSpelled and(Member more) {
        List<Member> all = new ArrayList<>(members);
        all.add(more);
        return with(all.toArray(Member[]::new));
    }

    /** The command as a frame of its own. */
    byte[] frame(Encoding encoding) {
        Member envelope = new Member("id", 1, whole(id));
        Member body = new Member(name, number, message(members.toArray(Member[]::new)));
        return frame(encoding, id == 0 ? List.of(body) : List.of(envelope, body));
    }

    static byte[] frame(Encoding encoding, List<Member> command) {
        return encoding.isText() ? json(command).getBytes(UTF_8) : delimited(protobuf(command));
    }

    private static String json(List<Member> members) {
        return members.stream()
                .map(member -> '"' + member.name + "\":" + member.value.json)
                .collect(Collectors.joining(",", "{", "}"));
    }

    private static byte[] protobuf(List<Member> members) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (Member member : members) {
            out.writeBytes(varint((long) member.number << 3 | member.value.type));
            out.writeBytes(member.value.protobuf);
        }
        return out.toByteArray();
    }

    private static byte[] delimited(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(varint(bytes.length));
        out.writeBytes(bytes);
        return out.toByteArray();
    }

    private static byte[] varint(long number) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        long left = number;
        for (; (left & ~0x7fL) != 0; left >>>= 7) out.write((int) (left & 0x7f | 0x80));
        out.write((int) left);
        return out.toByteArray();
    }
}
