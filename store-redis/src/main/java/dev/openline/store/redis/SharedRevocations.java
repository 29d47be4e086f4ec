package dev.openline.store.redis;

import dev.openline.tokens.Revocation;
import dev.openline.tokens.RevocationEntry;
import dev.openline.tokens.RevocationJournal;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** Revocations in one hash, as {@link RevocationEntry} has them. All servers put there what they are told, so one that starts knows them. */
final class SharedRevocations implements RevocationJournal {
    private final RedisStore store;

    SharedRevocations(RedisStore store) {
        this.store = store;
    }

    private byte[][] where() {
        return new byte[][] {Keys.revocations(store.options().prefix())};
    }

    @Override
    public CompletionStage<Void> append(Revocation revocation) {
        RevocationEntry entry = RevocationEntry.of(revocation);
        return store.run(Script.REVOKE, where(), entry.key(), entry.value()).thenApply(done -> null);
    }

    /** Another server may know a later end of it: then it stays. */
    @Override
    public void forget(Revocation revocation) {
        RevocationEntry entry = RevocationEntry.of(revocation);
        store.run(Script.FORGET, where(), entry.key(), entry.value());
    }

    /** @throws IllegalStateException if they can't be read */
    @Override
    public void replay(Consumer<Revocation> into) {
        try {
            List<Object> all = store.run(Script.REVOCATIONS, where())
                    .toCompletableFuture()
                    .get(2 * store.options().timeout().toMillis(), TimeUnit.MILLISECONDS);
            for (int i = 0; i + 1 < all.size(); i += 2)
                into.accept(new RevocationEntry((byte[]) all.get(i), (byte[]) all.get(i + 1)).revocation());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("revocations can't be read from Redis", e);
        }
    }
}
