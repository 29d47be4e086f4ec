package dev.openline.tokens;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * A revocation as a journal keeps it: one entry for each user, each token, and everybody. The key is a letter for the kind, and the user or the token; the value
 * is the time from which on tokens are not covered, and the one at which the revocation ends, in seconds.
 *
 * @param key UTF-8
 * @param value 16 bytes
 */
@SuppressWarnings("ArrayRecordComponent") // On its way into a store, never compared.
public record RevocationEntry(byte[] key, byte[] value) {
    private static final char OF_USER = 'u';
    private static final char OF_TOKEN = 't';
    private static final char OF_ALL = 'a';

    public static RevocationEntry of(Revocation revocation) {
        String text;
        Instant before = Instant.EPOCH;
        if (revocation instanceof Revocation.OfUser user) {
            text = OF_USER + user.user();
            before = user.issuedBefore();
        } else if (revocation instanceof Revocation.OfToken token) {
            text = OF_TOKEN + token.id();
        } else {
            text = String.valueOf(OF_ALL);
            before = ((Revocation.OfAll) revocation).issuedBefore();
        }
        byte[] value = ByteBuffer.allocate(16)
                .putLong(before.getEpochSecond())
                .putLong(fullSecond(revocation.until()))
                .array();
        return new RevocationEntry(text.getBytes(StandardCharsets.UTF_8), value);
    }

    /** A revocation may last a part of a second longer, never shorter. */
    private static long fullSecond(Instant until) {
        long second = until.getEpochSecond();
        return until.getNano() == 0 || second == Instant.MAX.getEpochSecond() ? second : second + 1;
    }

    /** @throws RuntimeException if it is none */
    public Revocation revocation() {
        String text = new String(key, StandardCharsets.UTF_8);
        ByteBuffer times = ByteBuffer.wrap(value);
        Instant before = Instant.ofEpochSecond(times.getLong());
        Instant until = Instant.ofEpochSecond(times.getLong());
        return switch (text.charAt(0)) {
            case OF_USER -> new Revocation.OfUser(text.substring(1), before, until);
            case OF_TOKEN -> new Revocation.OfToken(text.substring(1), until);
            case OF_ALL -> new Revocation.OfAll(before, until);
            default -> throw new IllegalStateException("there is no such kind of revocation");
        };
    }
}
