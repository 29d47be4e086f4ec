package dev.openline.hooks;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** The body of an answer, as far as it may go; what goes on beyond is cut off. */
final class BoundedBody implements HttpResponse.BodySubscriber<byte[]> {
    /** The answer goes on beyond its bound. */
    static final class TooLarge extends IOException {
        private static final long serialVersionUID = 1;

        TooLarge(int most) {
            super("its answer is larger than maxAnswerBytes (" + most + ")");
        }
    }

    private final CompletableFuture<byte[]> body = new CompletableFuture<>();
    private final List<ByteBuffer> parts = new ArrayList<>();
    private final int most;
    private int bytes;
    private Flow.@Nullable Subscription subscription;

    BoundedBody(int most) {
        this.most = most;
    }

    @Override
    public CompletionStage<byte[]> getBody() {
        return body;
    }

    @Override
    public void onSubscribe(Flow.Subscription source) {
        subscription = source;
        source.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> more) {
        if (body.isDone()) return;
        for (ByteBuffer part : more) bytes += part.remaining();
        if (bytes <= most) {
            parts.addAll(more);
            return;
        }
        parts.clear();
        if (subscription != null) subscription.cancel();
        body.completeExceptionally(new TooLarge(most));
    }

    @Override
    public void onError(Throwable fault) {
        body.completeExceptionally(fault);
    }

    @Override
    public void onComplete() {
        if (body.isDone()) return;
        ByteBuffer whole = ByteBuffer.allocate(bytes);
        parts.forEach(whole::put);
        body.complete(whole.array());
    }
}
