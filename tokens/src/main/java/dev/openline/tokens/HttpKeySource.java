package dev.openline.tokens;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Fetches a JWK set over HTTP. Redirects are not followed: they could lead to where nobody meant to trust. */
final class HttpKeySource implements KeySource {
    private final JwksOptions options;
    private final HttpClient client;

    HttpKeySource(JwksOptions options) {
        this.options = options;
        this.client = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(options.timeout())
                .build();
    }

    @Override
    public CompletionStage<byte[]> fetch() {
        HttpRequest request = HttpRequest.newBuilder(options.endpoint())
                .timeout(options.timeout())
                .header("accept", "application/jwk-set+json, application/json")
                .build();
        CompletableFuture<HttpResponse<byte[]>> exchange =
                client.sendAsync(request, response -> new Body(response.statusCode(), options.maxBytes()));
        // The request's own timeout ends with the response's head; a body that trickles is cut off by this one.
        CompletableFuture<byte[]> body = exchange.thenApply(HttpResponse::body)
                .orTimeout(options.timeout().toMillis(), TimeUnit.MILLISECONDS);
        return body.whenComplete((bytes, fault) -> exchange.cancel(true));
    }

    /** Collects the body of a 200, up to a size; ends the exchange at anything else. */
    private static final class Body implements HttpResponse.BodySubscriber<byte[]> {
        private final int status;
        private final int maxBytes;
        private final CompletableFuture<byte[]> whole = new CompletableFuture<>();
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private Flow.@Nullable Subscription subscription;

        Body(int status, int maxBytes) {
            this.status = status;
            this.maxBytes = maxBytes;
        }

        @Override
        public CompletionStage<byte[]> getBody() {
            return whole;
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            this.subscription = subscription;
            if (status == 200) subscription.request(Long.MAX_VALUE);
            else refuse("status " + status);
        }

        @Override
        public void onNext(List<ByteBuffer> buffers) {
            for (ByteBuffer buffer : buffers) {
                if (whole.isDone()) return;
                if (buffer.remaining() > maxBytes - bytes.size()) {
                    refuse("more than " + maxBytes + " bytes");
                    return;
                }
                byte[] piece = new byte[buffer.remaining()];
                buffer.get(piece);
                bytes.writeBytes(piece);
            }
        }

        private void refuse(String why) {
            Flow.Subscription current = subscription;
            if (current != null) current.cancel();
            whole.completeExceptionally(new IOException(why));
        }

        @Override
        public void onError(Throwable fault) {
            whole.completeExceptionally(fault);
        }

        @Override
        public void onComplete() {
            whole.complete(bytes.toByteArray());
        }
    }
}
