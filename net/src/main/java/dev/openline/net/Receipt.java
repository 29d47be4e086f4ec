package dev.openline.net;

import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GenericFutureListener;
import java.util.concurrent.CompletableFuture;

/** Tells when what was written before it has left, or that its line ended first. */
final class Receipt extends CompletableFuture<SendOutcome> implements GenericFutureListener<Future<? super Void>> {
    @Override
    public void operationComplete(Future<? super Void> written) {
        complete(written.isSuccess() ? SendOutcome.WRITTEN : SendOutcome.LOST);
    }

    Receipt lost() {
        complete(SendOutcome.LOST);
        return this;
    }
}
