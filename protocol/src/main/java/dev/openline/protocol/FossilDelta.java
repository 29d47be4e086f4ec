package dev.openline.protocol;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * A payload told as its difference from the one before it, in the patch format of Fossil: the size of the target and a line feed, then
 * {@code count@offset,} for bytes copied from the base and {@code count:} before bytes of its own, at last the target's checksum and a
 * semicolon. Numbers are written in base 64.
 *
 * <p>A patch of UTF-8 text is UTF-8 text, because no character is ever split: it can travel in a JSON string. No state: all methods may be
 * called from any thread, and leave what they are given as it is.
 */
public final class FossilDelta {
    /** How many bytes a target may have where nothing else is said: as many as a WebSocket message by default. */
    public static final int MAX_TARGET_BYTES = 1 << 20;

    static final String DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~";

    private static final VarHandle WORDS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    private FossilDelta() {}

    /**
     * The patch that makes {@code target} of {@code base}; null if it would not be shorter than {@code target}, which is then better sent as it
     * is. Time grows with both sizes, whatever they hold; memory beside the patch is at most one byte for each byte of the base.
     */
    public static byte @Nullable [] create(byte[] base, byte[] target) {
        return new FossilEncoder(base, target).encode();
    }

    /** As {@link #create(byte[], byte[])}, for payloads. */
    public static @Nullable Payload create(Payload base, Payload target) {
        byte[] delta = create(base.raw(), target.raw());
        return delta == null ? null : Payload.wrap(delta);
    }

    /** Whether a patch can be told as text: always so if its target is UTF-8. */
    public static boolean isText(Payload delta) {
        byte[] bytes = delta.raw();
        return Utf8.isValid(bytes, 0, bytes.length);
    }

    /** As {@link #apply(byte[], byte[], int)}, for targets of up to {@link #MAX_TARGET_BYTES}. */
    public static byte[] apply(byte[] base, byte[] delta) throws MalformedDelta {
        return apply(base, delta, MAX_TARGET_BYTES);
    }

    /**
     * What the patch {@code delta} makes of {@code base}. Nothing is allocated before the whole patch was read and found right but for
     * its checksum; then as many bytes as it makes.
     *
     * @param maxTargetBytes how many bytes that may be
     * @throws MalformedDelta if it would be more, if {@code delta} is no patch, or one for another base
     */
    public static byte[] apply(byte[] base, byte[] delta, int maxTargetBytes) throws MalformedDelta {
        if (maxTargetBytes < 0) throw new IllegalArgumentException("maxTargetBytes " + maxTargetBytes + " < 0");
        return new FossilDecoder(base, delta).target(maxTargetBytes);
    }

    /** As {@link #apply(byte[], byte[], int)}, for payloads. */
    public static Payload apply(Payload base, Payload delta, int maxTargetBytes) throws MalformedDelta {
        return Payload.wrap(apply(base.raw(), delta.raw(), maxTargetBytes));
    }

    /** The sum of all words of four bytes, the last one filled up with zeros. */
    static int checksum(byte[] bytes) {
        int sum = 0;
        int at = 0;
        for (; at <= bytes.length - Integer.BYTES; at += Integer.BYTES) sum += (int) WORDS.get(bytes, at);
        for (int shift = 24; at < bytes.length; at++, shift -= 8) sum += (bytes[at] & 0xFF) << shift;
        return sum;
    }
}
