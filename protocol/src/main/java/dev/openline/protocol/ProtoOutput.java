package dev.openline.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Protobuf in a growing array, written from its end to its beginning: a message inside another stands behind its length, and back to front
 * the length is known when its turn comes. So the encoders call it in the opposite order of what they write. Zero values are left out.
 */
final class ProtoOutput {
    private static final int VARINT = 0;
    private static final int LENGTH_DELIMITED = 2;

    private byte[] bytes;
    private int start;

    ProtoOutput(int capacity) {
        bytes = new byte[capacity];
        start = capacity;
    }

    /** How much was written; what is written from now on can be wrapped by {@link #message}. */
    int size() {
        return bytes.length - start;
    }

    void clear() {
        start = bytes.length;
    }

    /** A copy of what was written, in an array of just its size. */
    byte[] copy() {
        return Arrays.copyOfRange(bytes, start, bytes.length);
    }

    /** Makes a message of what was written since {@link #size} was {@code before}: the value of a field, be it empty. */
    void message(int field, int before) {
        length(before);
        tag(field, LENGTH_DELIMITED);
    }

    /** Puts the length of what was written since {@link #size} was {@code before} before it. */
    void length(int before) {
        varint(size() - before);
    }

    void number(int field, long value) {
        if (value == 0) return;
        varint(value);
        tag(field, VARINT);
    }

    void flag(int field, boolean value) {
        if (value) number(field, 1);
    }

    void payload(int field, @Nullable Payload value) {
        if (value == null || value.size() == 0) return;
        byte[] raw = value.raw();
        reserve(raw.length);
        start -= raw.length;
        System.arraycopy(raw, 0, bytes, start, raw.length);
        varint(raw.length);
        tag(field, LENGTH_DELIMITED);
    }

    /** A string that is left out when empty. */
    void text(int field, String value) {
        if (!value.isEmpty()) element(field, value);
    }

    /**
     * A string that is there even when empty: one of several, or a key.
     *
     * @throws IllegalArgumentException if it has a surrogate without its other half, for which UTF-8 has no bytes
     */
    void element(int field, String value) {
        int before = size();
        string(value);
        message(field, before);
    }

    private void string(String value) {
        int length = value.length();
        reserve(length);
        for (int i = length - 1; i >= 0; i--) {
            char c = value.charAt(i);
            if (c >= 0x80) {
                start += length - 1 - i;
                multibyte(value);
                return;
            }
            bytes[--start] = (byte) c;
        }
    }

    private void multibyte(String value) {
        if (!Utf8.isWellFormed(value)) throw new IllegalArgumentException("a string holds half a character");
        byte[] encoded = value.getBytes(StandardCharsets.UTF_8);
        reserve(encoded.length);
        start -= encoded.length;
        System.arraycopy(encoded, 0, bytes, start, encoded.length);
    }

    /** A map of texts. */
    void strings(int field, Map<String, String> map) {
        map.forEach((key, value) -> {
            int before = size();
            text(2, value);
            text(1, key);
            message(field, before);
        });
    }

    private void tag(int field, int wireType) {
        varint((long) field << 3 | wireType);
    }

    private void varint(long value) {
        int size = 1;
        for (long rest = value >>> 7; rest != 0; rest >>>= 7) size++;
        reserve(size);
        start -= size;
        int at = start;
        long rest = value;
        for (int i = 1; i < size; i++, rest >>>= 7) bytes[at++] = (byte) (rest & 0x7F | 0x80);
        bytes[at] = (byte) rest;
    }

    private void reserve(int more) {
        if (start >= more) return;
        int size = size();
        byte[] larger = new byte[Math.max(Math.addExact(size, more), (int) Math.min(bytes.length * 2L, 1 << 30))];
        System.arraycopy(bytes, start, larger, larger.length - size, size);
        start = larger.length - size;
        bytes = larger;
    }
}
