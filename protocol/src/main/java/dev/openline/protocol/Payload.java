package dev.openline.protocol;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What an application says: opaque bytes that travel unchanged from publisher to subscriber. On JSON connections they are one JSON
 * value, spliced into frames as it is but for raw line breaks between its tokens. From Protobuf connections anything may come:
 * {@link #isJson} tells what can go to JSON connections.
 *
 * <p>Immutable and safe to share between threads.
 */
public final class Payload {
    /** The JSON value {@code null}: what a publication holds that came without data. */
    static final Payload NULL = of("null");

    /** What is known of the bytes. */
    private enum Form {
        UNKNOWN,
        JSON,
        OTHER
    }

    private final byte[] bytes;

    /** Looked at when first asked. Threads that ask at once find the same, so it does not matter who writes it. */
    private Form form;

    private Payload(byte[] bytes, Form form) {
        this.bytes = bytes;
        this.form = form;
    }

    /** Takes ownership of {@code bytes}: the caller must not change them afterwards. Nothing is checked. */
    public static Payload wrap(byte[] bytes) {
        return new Payload(bytes, Form.UNKNOWN);
    }

    /** Takes ownership of bytes that were found to be one JSON value. */
    static Payload wrapJson(byte[] bytes) {
        return new Payload(bytes, Form.JSON);
    }

    /** The UTF-8 bytes of {@code text}, which should be one JSON value if JSON connections will read it. Nothing is checked. */
    public static Payload of(String text) {
        return new Payload(text.getBytes(StandardCharsets.UTF_8), Form.UNKNOWN);
    }

    /**
     * One JSON value, checked: strict UTF-8, nothing before or after it but blanks, inside {@link JsonLimits}, no half characters in names of members (in strings they may be escaped). Raw line breaks, which may
     * stand between its tokens, and the blanks around it are left out; otherwise the bytes stay as they are.
     *
     * @throws IllegalArgumentException if {@code text} is something else
     */
    public static Payload json(String text) {
        if (!Utf8.isWellFormed(text)) throw new IllegalArgumentException("a payload holds half a character");
        try {
            return JsonCodec.payload(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
        } catch (MalformedFrame e) {
            throw new IllegalArgumentException("a payload that is not one JSON value: " + e.getMessage());
        }
    }

    /**
     * Whether this is one JSON value, as {@link #json} wants it. Looks through all bytes when first asked, unless they came over a JSON
     * connection; no bytes are no value.
     */
    public boolean isJson() {
        Form known = form;
        if (known == Form.UNKNOWN) {
            known = JsonCodec.isValue(bytes) ? Form.JSON : Form.OTHER;
            form = known;
        }
        return known == Form.JSON;
    }

    /** Whether this is one JSON object; see {@link #isJson}. */
    public boolean isJsonObject() {
        for (byte b : bytes) {
            if (JsonInput.isBlank(b)) continue;
            return b == '{' && isJson();
        }
        return false;
    }

    /** Number of bytes. */
    public int size() {
        return bytes.length;
    }

    /** A read-only view of the bytes; a new one at each call. */
    public ByteBuffer buffer() {
        return ByteBuffer.wrap(bytes).asReadOnlyBuffer();
    }

    /** The bytes as UTF-8 text. */
    public String text() {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** Copies all bytes into {@code target} at {@code index} and returns the index after them. */
    public int copyTo(byte[] target, int index) {
        System.arraycopy(bytes, 0, target, index, bytes.length);
        return index + bytes.length;
    }

    /** The bytes themselves, for the codecs of this package: never to be changed. */
    byte[] raw() {
        return bytes;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Payload that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** The size only: payloads don't belong in logs. */
    @Override
    public String toString() {
        return "Payload[" + bytes.length + " bytes]";
    }
}
