package dev.openline.hooks;

import dev.openline.net.HttpRequest;
import dev.openline.server.HookFault;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts questions to one endpoint: so many at once, each within its time, none twice. Any thread. */
final class Asker {
    private static final Logger log = LoggerFactory.getLogger(HttpHooks.class);

    /** For the whole process: it keeps the connections, and has two threads of its own. */
    private static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(Duration.ofSeconds(10))
            .build();

    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final HookEndpoint endpoint;
    private final String name;
    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicLong quietUntil = new AtomicLong(System.nanoTime());
    private final AtomicInteger unsaid = new AtomicInteger();

    /** @param name of the hook, for the log */
    Asker(HookEndpoint endpoint, String name) {
        this.endpoint = endpoint;
        this.name = name;
    }

    HookEndpoint endpoint() {
        return endpoint;
    }

    /** The fields that go with a question about a client: its own words, its request's, and those that always go. */
    Map<String, String> headers(@Nullable HttpRequest request, Map<String, String> emulated) {
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        headers.putAll(endpoint.staticHeaders());
        emulated.forEach((field, value) -> {
            if (endpoint.emulatedHeaders().contains(field.toLowerCase(java.util.Locale.ROOT)) && canBeSent(value))
                headers.put(field, value);
        });
        if (request != null)
            for (String field : endpoint.httpHeaders()) {
                List<String> values = request.headers().all(field);
                if (!values.isEmpty()) headers.put(field, String.join(field.equals("cookie") ? "; " : ", ", values));
            }
        return headers;
    }

    /** The client's own words could be meant to end the field and begin another. */
    private static boolean canBeSent(String value) {
        return value.chars().allMatch(c -> c == '\t' || c >= ' ' && c < 0x7f);
    }

    /** Fails with {@link HookFault}, whatever goes wrong. */
    CompletionStage<Reply> ask(byte[] question, Map<String, String> headers) {
        if (inFlight.incrementAndGet() > endpoint.maxInFlight()) {
            inFlight.decrementAndGet();
            return failed("more than maxInFlight (" + endpoint.maxInFlight() + ") questions wait for an answer");
        }
        CompletableFuture<HttpResponse<byte[]>> sent;
        try {
            sent = HTTP.sendAsync(request(question, headers), info -> new Bounded(endpoint.maxAnswerBytes()));
        } catch (RuntimeException e) {
            inFlight.decrementAndGet();
            return failed("the question can't be sent: " + e.getMessage());
        }
        // The request's own time-out ends with the head of the answer.
        return sent.orTimeout(endpoint.timeout().toMillis(), TimeUnit.MILLISECONDS)
                .handle((response, fault) -> {
                    inFlight.decrementAndGet();
                    if (fault != null) sent.cancel(true);
                    return fault == null ? read(response) : this.<Reply>failed(sentence(fault));
                })
                .thenCompose(stage -> stage);
    }

    private java.net.http.HttpRequest request(byte[] question, Map<String, String> headers) {
        var request = java.net.http.HttpRequest.newBuilder(endpoint.address())
                .timeout(endpoint.timeout())
                .POST(java.net.http.HttpRequest.BodyPublishers.ofByteArray(question));
        headers.forEach(request::setHeader);
        return request.setHeader("Content-Type", "application/json").build();
    }

    private CompletionStage<Reply> read(HttpResponse<byte[]> response) {
        int status = response.statusCode();
        if (status != 200) {
            HookEndpoint.Meaning meaning = endpoint.statuses().get(status);
            return meaning == null
                    ? failed("it answered with status " + status)
                    : CompletableFuture.completedStage(new Reply(null, meaning.error(), meaning.disconnect()));
        }
        try {
            return CompletableFuture.completedStage(Reply.read(response.body()));
        } catch (Reply.Malformed e) {
            return failed(String.valueOf(e.getMessage()));
        }
    }

    private static String sentence(Throwable fault) {
        Throwable cause = fault instanceof CompletionException && fault.getCause() != null ? fault.getCause() : fault;
        if (cause instanceof java.util.concurrent.TimeoutException
                || cause instanceof java.net.http.HttpTimeoutException) return "it did not answer in time";
        String message = cause.getMessage();
        return message == null ? cause.getClass().getSimpleName() : message;
    }

    <T> CompletionStage<T> failed(String sentence) {
        say(sentence);
        return CompletableFuture.failedStage(new HookFault("the " + name + " hook: " + sentence));
    }

    /** At most once a second: what a flood can provoke must not flood the log. */
    private void say(String sentence) {
        long now = System.nanoTime();
        long until = quietUntil.get();
        if (now - until < 0 || !quietUntil.compareAndSet(until, now + QUIET_NANOS)) {
            unsaid.incrementAndGet();
            return;
        }
        int more = unsaid.getAndSet(0);
        log.warn(
                "the {} hook at {}: {}{}", name, endpoint, sentence, more == 0 ? "" : ", and " + more + " more faults");
    }

    /** The body of an answer, as far as it may go. */
    private static final class Bounded implements HttpResponse.BodySubscriber<byte[]> {
        private final CompletableFuture<byte[]> body = new CompletableFuture<>();
        private final List<ByteBuffer> parts = new ArrayList<>();
        private final int most;
        private int bytes;
        private Flow.@Nullable Subscription subscription;

        Bounded(int most) {
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
            for (ByteBuffer part : more) bytes += part.remaining();
            if (bytes <= most) {
                parts.addAll(more);
                return;
            }
            if (subscription != null) subscription.cancel();
            body.completeExceptionally(new IOException("its answer is larger than maxAnswerBytes (" + most + ")"));
        }

        @Override
        public void onError(Throwable fault) {
            body.completeExceptionally(fault);
        }

        @Override
        public void onComplete() {
            ByteBuffer whole = ByteBuffer.allocate(bytes <= most ? bytes : 0);
            if (bytes <= most) parts.forEach(whole::put);
            body.complete(whole.array());
        }
    }
}
