package dev.openline.store.disk;

import dev.openline.hub.LogStore.Outcome;
import dev.openline.tokens.Revocation;
import dev.openline.tokens.RevocationEntry;
import dev.openline.tokens.RevocationJournal;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** Revocations beside the logs, written by the same thread, as {@link RevocationEntry} has them. */
final class KeptRevocations implements RevocationJournal {
    private final Writer writer;

    KeptRevocations(Writer writer) {
        this.writer = writer;
    }

    @Override
    public CompletionStage<Void> append(Revocation revocation) {
        CompletableFuture<Void> kept = new CompletableFuture<>();
        RevocationEntry entry = RevocationEntry.of(revocation);
        writer.add(new Writer.Keep(entry.key(), entry.value(), outcome -> {
            if (outcome == Outcome.KEPT) kept.complete(null);
            else kept.completeExceptionally(new IOException("the disk did not take it"));
        }));
        return kept;
    }

    @Override
    public void forget(Revocation revocation) {
        writer.add(new Writer.Keep(RevocationEntry.of(revocation).key(), null, outcome -> {}));
    }

    @Override
    public void replay(Consumer<Revocation> into) {
        writer.revocations((key, value) -> into.accept(new RevocationEntry(key, value).revocation()));
    }
}
