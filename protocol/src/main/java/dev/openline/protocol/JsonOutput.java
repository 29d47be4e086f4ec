package dev.openline.protocol;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * JSON text in a growing array, written straight as bytes. Commas are set by looking back: a member or element that does not follow an
 * opening bracket follows another one. Knows no more of JSON than that; the encoders call it in the right order.
 */
final class JsonOutput {
    private static final byte[] TRUE = ascii("true");
    private static final byte[] MIN_LONG = ascii("-9223372036854775808");
    private static final byte[] HEX = ascii("0123456789abcdef");

    private byte[] bytes;
    private int size;

    JsonOutput(int capacity) {
        bytes = new byte[capacity];
    }

    /** A member's name as it stands in the text, with its quotes and colon. */
    static byte[] name(String name) {
        return ascii('"' + name + "\":");
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    int size() {
        return size;
    }

    /** Forgets what was written after the first {@code size} bytes. */
    void truncate(int size) {
        this.size = size;
    }

    ByteBuffer buffer() {
        return ByteBuffer.wrap(bytes, 0, size).slice();
    }

    /** A copy of what was written. */
    byte[] copy() {
        return Arrays.copyOf(bytes, size);
    }

    /** What was written, without copying it when the capacity was guessed right. To be called once, at the end. */
    byte[] finish() {
        return size == bytes.length ? bytes : copy();
    }

    JsonOutput open() {
        return separate().put('{');
    }

    JsonOutput close() {
        return put('}');
    }

    JsonOutput openArray() {
        return put('[');
    }

    JsonOutput closeArray() {
        return put(']');
    }

    /** Begins a member whose value follows. */
    JsonOutput member(byte[] name) {
        return separate().put(name);
    }

    /** Begins a member with a name that is not ours. */
    JsonOutput member(String name) {
        return separate().quoted(name).put(':');
    }

    /** A member that is left out when empty. */
    JsonOutput text(byte[] name, String value) {
        return value.isEmpty() ? this : member(name).quoted(value);
    }

    /** A member that is left out when 0. */
    JsonOutput number(byte[] name, long value) {
        return value == 0 ? this : member(name).digits(value);
    }

    /** A member that is left out when false. */
    JsonOutput flag(byte[] name, boolean value) {
        return value ? member(name).put(TRUE) : this;
    }

    /**
     * A member that is spliced in as it is but for raw line breaks. Left out when absent, empty, or no JSON: whoever chose those bytes would
     * write the rest of the frame.
     */
    JsonOutput payload(byte[] name, @Nullable Payload value) {
        return value == null || !value.isJson() ? this : member(name).put(LineBreaks.cutOut(value.raw()));
    }

    /** A string that is an element of an array. */
    JsonOutput element(String value) {
        return separate().quoted(value);
    }

    JsonOutput put(char ascii) {
        reserve(1);
        bytes[size++] = (byte) ascii;
        return this;
    }

    JsonOutput put(byte[] raw) {
        reserve(raw.length);
        System.arraycopy(raw, 0, bytes, size, raw.length);
        size += raw.length;
        return this;
    }

    JsonOutput digits(long value) {
        if (value == Long.MIN_VALUE) return put(MIN_LONG);
        if (value < 0) put('-');
        long rest = Math.abs(value);
        int count = digitCount(rest);
        reserve(count);
        size += count;
        for (int at = size - 1; at >= size - count; at--, rest /= 10) bytes[at] = (byte) ('0' + rest % 10);
        return this;
    }

    /** How many digits a number that is not negative has. */
    static int digitCount(long value) {
        int count = 1;
        for (long rest = value / 10; rest > 0; rest /= 10) count++;
        return count;
    }

    /**
     * A string with its quotes. Escaped is only what must be (RFC 8259 §7).
     *
     * @throws IllegalArgumentException if it has a surrogate without its other half, for which UTF-8 has no bytes
     */
    JsonOutput quoted(String value) {
        reserve(value.length() + 2);
        bytes[size++] = '"';
        int length = value.length();
        for (int i = 0; i < length; i++) {
            char c = value.charAt(i);
            if (c >= 0x80 || c < 0x20 || c == '"' || c == '\\') return quotedRest(value, i);
            bytes[size++] = (byte) c;
        }
        return put('"');
    }

    /** The UTF-8 text that a payload is, as a string with its quotes. */
    JsonOutput quoted(Payload text) {
        byte[] raw = text.raw();
        reserve(raw.length + 2);
        bytes[size++] = '"';
        int length = raw.length;
        for (int i = 0; i < length; i++) {
            byte b = raw[i];
            reserve(6 + length - i);
            if (b < 0) bytes[size++] = b;
            else ascii(b);
        }
        return put('"');
    }

    private JsonOutput quotedRest(String value, int from) {
        int i = from;
        while (i < value.length()) {
            int c = value.codePointAt(i);
            i += Character.charCount(c);
            reserve(6 + value.length() - i);
            if (c < 0x80) ascii(c);
            else multibyte(c);
        }
        return put('"');
    }

    private void ascii(int c) {
        if (c >= 0x20 && c != '"' && c != '\\') {
            bytes[size++] = (byte) c;
            return;
        }
        bytes[size++] = '\\';
        switch (c) {
            case '"', '\\' -> bytes[size++] = (byte) c;
            case '\n' -> bytes[size++] = 'n';
            case '\r' -> bytes[size++] = 'r';
            case '\t' -> bytes[size++] = 't';
            default -> {
                bytes[size++] = 'u';
                bytes[size++] = '0';
                bytes[size++] = '0';
                bytes[size++] = HEX[c >> 4];
                bytes[size++] = HEX[c & 0xF];
            }
        }
    }

    private void multibyte(int c) {
        if (c < 0x800) {
            bytes[size++] = (byte) (0xC0 | (c >> 6));
        } else if (c < 0x10000) {
            if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)
                throw new IllegalArgumentException("a string holds half a character");
            bytes[size++] = (byte) (0xE0 | (c >> 12));
            continuation(c >> 6);
        } else {
            bytes[size++] = (byte) (0xF0 | (c >> 18));
            continuation(c >> 12);
            continuation(c >> 6);
        }
        continuation(c);
    }

    private void continuation(int c) {
        bytes[size++] = (byte) (0x80 | (c & 0x3F));
    }

    private JsonOutput separate() {
        if (size == 0) return this;
        byte last = bytes[size - 1];
        return last == '{' || last == '[' || last == ':' || last == '\n' ? this : put(',');
    }

    private void reserve(int more) {
        if (bytes.length - size >= more) return;
        bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(size, more), (int) Math.min(bytes.length * 2L, 1 << 30)));
    }
}
