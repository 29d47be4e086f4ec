package dev.openline.hooks;

import dev.openline.net.HttpRequest;
import dev.openline.server.HookFault;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts questions to one endpoint: so many at once, each within its time, none twice. Any thread. */
final class Asker {
    private static final Logger log = LoggerFactory.getLogger(HttpHooks.class);

    /** Of the whole process. More than a few, because the JDK looks up names in them, which blocks. */
    private static final int MAX_THREADS = 16;

    /** For the whole process: it keeps the connections. */
    private static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(Duration.ofSeconds(10))
            .executor(threads())
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

    private static Executor threads() {
        AtomicInteger made = new AtomicInteger();
        ThreadPoolExecutor threads = new ThreadPoolExecutor(
                MAX_THREADS, MAX_THREADS, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, "openline-hooks-" + made.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }

    HookEndpoint endpoint() {
        return endpoint;
    }

    /** The fields that go with a question about a client: its own words, its request's, and those that always go. */
    Map<String, String> headers(@Nullable HttpRequest request, Map<String, String> emulated) {
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        headers.putAll(endpoint.staticHeaders());
        emulated.forEach((field, value) -> {
            if (endpoint.emulatedHeaders().contains(field.toLowerCase(Locale.ROOT)) && HookEndpoint.canBeSent(value))
                headers.put(field, value);
        });
        if (request != null)
            for (String field : endpoint.httpHeaders()) {
                List<String> values = request.headers().all(field);
                String value = String.join(field.equals("cookie") ? "; " : ", ", values);
                if (!values.isEmpty() && HookEndpoint.canBeSent(value)) headers.put(field, value);
            }
        return headers;
    }

    /** What the application says to a question. Fails with {@link HookFault}, whatever goes wrong. */
    CompletionStage<Reply> ask(byte[] question, Map<String, String> headers) {
        return send(question, headers).thenCompose(this::read);
    }

    /** The answer as it comes, whatever its status. Fails with {@link HookFault} if none comes. */
    CompletionStage<HttpResponse<byte[]>> send(byte[] body, Map<String, String> headers) {
        if (inFlight.incrementAndGet() > endpoint.maxInFlight()) {
            inFlight.decrementAndGet();
            return failed("more than maxInFlight (" + endpoint.maxInFlight() + ") questions wait for an answer");
        }
        CompletableFuture<HttpResponse<byte[]>> sent;
        try {
            sent = HTTP.sendAsync(request(body, headers), head -> new BoundedBody(endpoint.maxAnswerBytes()));
        } catch (RuntimeException e) {
            inFlight.decrementAndGet();
            return failed("the question can't be sent");
        }
        // The request's own time-out ends with the head of the answer. A copy, because only what has no end yet can be
        // cancelled.
        return sent.copy()
                .orTimeout(endpoint.timeout().toMillis(), TimeUnit.MILLISECONDS)
                .handle((response, fault) -> {
                    inFlight.decrementAndGet();
                    if (fault == null) return CompletableFuture.completedStage(response);
                    sent.cancel(true);
                    return this.<HttpResponse<byte[]>>failed(sentence(fault));
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
                    : CompletableFuture.completedStage(Reply.of(meaning));
        }
        try {
            return CompletableFuture.completedStage(Reply.read(response.body()));
        } catch (Reply.Malformed e) {
            return failed(String.valueOf(e.getMessage()));
        }
    }

    /** Not the messages of just any fault: some quote what came over the line. */
    private static String sentence(Throwable fault) {
        Throwable cause = fault instanceof CompletionException && fault.getCause() != null ? fault.getCause() : fault;
        if (cause instanceof TimeoutException || cause instanceof HttpTimeoutException)
            return "it did not answer in time";
        if (cause instanceof BoundedBody.TooLarge || cause instanceof SSLException) return cause.getMessage();
        if (cause instanceof ConnectException) return "it can't be reached";
        return "the connection failed with " + cause.getClass().getSimpleName();
    }

    <T> CompletionStage<T> failed(String sentence) {
        say(sentence);
        return CompletableFuture.failedStage(new HookFault("the " + name + " hook: " + sentence));
    }

    /** At most once a second: what a flood can provoke must not flood the log. */
    void say(String sentence) {
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
}
