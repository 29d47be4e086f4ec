package dev.openline.store.disk;

import dev.openline.hub.LogStore.Outcome;
import dev.openline.tokens.Revocation;
import dev.openline.tokens.RevocationJournal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * Revocations beside the logs, written by the same thread. A key is a letter for the kind, and the user or the token; a value is the time from which on tokens
 * are not covered, and the one at which the revocation ends, in seconds.
 */
final class KeptRevocations implements RevocationJournal {
    private static final char OF_USER = 'u';
    private static final char OF_TOKEN = 't';
    private static final char OF_ALL = 'a';

    private final Writer writer;

    KeptRevocations(Writer writer) {
        this.writer = writer;
    }

    @Override
    public CompletionStage<Void> append(Revocation revocation) {
        CompletableFuture<Void> kept = new CompletableFuture<>();
        writer.add(new Writer.Keep(key(revocation), value(revocation), outcome -> {
            if (outcome == Outcome.KEPT) kept.complete(null);
            else kept.completeExceptionally(new IOException("the disk did not take it"));
        }));
        return kept;
    }

    @Override
    public void forget(Revocation revocation) {
        writer.add(new Writer.Keep(key(revocation), null, outcome -> {}));
    }

    @Override
    public void replay(Consumer<Revocation> into) {
        writer.revocations((key, value) -> into.accept(of(key, value)));
    }

    private static byte[] key(Revocation revocation) {
        String text;
        if (revocation instanceof Revocation.OfUser user) text = OF_USER + user.user();
        else if (revocation instanceof Revocation.OfToken token) text = OF_TOKEN + token.id();
        else text = String.valueOf(OF_ALL);
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] value(Revocation revocation) {
        Instant before = Instant.EPOCH;
        if (revocation instanceof Revocation.OfUser user) before = user.issuedBefore();
        else if (revocation instanceof Revocation.OfAll all) before = all.issuedBefore();
        return ByteBuffer.allocate(16)
                .putLong(before.getEpochSecond())
                .putLong(fullSecond(revocation.until()))
                .array();
    }

    /** A revocation may last a part of a second longer, never shorter. */
    private static long fullSecond(Instant until) {
        long second = until.getEpochSecond();
        return until.getNano() == 0 || second == Instant.MAX.getEpochSecond() ? second : second + 1;
    }

    static Revocation of(byte[] key, byte[] value) {
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
