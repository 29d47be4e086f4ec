package dev.openline.protocol;

import java.util.Arrays;

/**
 * Any bytes as a difference: nothing but {@link MalformedDelta} is thrown, and nothing larger than the bound is made. And any two payloads: their difference
 * makes one of the other.
 *
 * <p>An input is the length of the first part, in two bytes, and both parts.
 */
public final class FuzzDelta {
    private static final int BOUND = 4_096;

    private FuzzDelta() {}

    /** One run, for Jazzer. */
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length < 2) return;
        int length = Math.min(input.length - 2, (input[0] & 0xff) << 8 | input[1] & 0xff);
        byte[] first = Arrays.copyOfRange(input, 2, 2 + length);
        byte[] second = Arrays.copyOfRange(input, 2 + length, input.length);
        try {
            if (FossilDelta.apply(first, second, BOUND).length > BOUND)
                throw new AssertionError("larger than the bound");
        } catch (MalformedDelta refused) {
            if (refused.getMessage() == null) throw new AssertionError("a refusal that says nothing", refused);
        }
        byte[] difference = FossilDelta.create(first, second);
        if (difference == null) return;
        try {
            if (!Arrays.equals(second, FossilDelta.apply(first, difference)))
                throw new AssertionError("a difference that makes something else");
        } catch (MalformedDelta own) {
            throw new AssertionError("our own difference is refused", own);
        }
    }
}
