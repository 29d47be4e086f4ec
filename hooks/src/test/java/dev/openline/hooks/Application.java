package dev.openline.hooks;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** An application that answers questions, by path, with what a test says; it is there for one test. */
final class Application implements BeforeEachCallback, AfterEachCallback {
    /** What was asked. */
    record Asked(String path, String body, Map<String, String> headers) {}

    /** What is answered. */
    record Answer(int status, byte[] body, String location) {
        Answer(int status, byte[] body) {
            this(status, body, "");
        }

        Answer(int status, String body) {
            this(status, body.getBytes(StandardCharsets.UTF_8));
        }

        Answer leadingTo(String elsewhere) {
            return new Answer(status, body, elsewhere);
        }
    }

    private final Map<String, Function<Asked, Answer>> answers = new ConcurrentHashMap<>();
    final BlockingQueue<Asked> asked = new LinkedBlockingQueue<>();
    private ExecutorService threads;
    private HttpServer server;

    @Override
    public void beforeEach(ExtensionContext test) throws IOException {
        threads = Executors.newCachedThreadPool();
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    URI at(String path) {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
    }

    /** One with time enough. */
    HookEndpoint endpoint(String path) {
        return HookEndpoint.at(at(path)).within(Duration.ofSeconds(10));
    }

    void answers(String path, String body) {
        answers(path, question -> new Answer(200, body));
    }

    void answers(String path, Function<Asked, Answer> answer) {
        answers.put(path, answer);
    }

    Asked next() throws InterruptedException {
        Asked next = asked.poll(20, TimeUnit.SECONDS);
        if (next == null) throw new AssertionError("nothing was asked");
        return next;
    }

    private void answer(HttpExchange exchange) throws IOException {
        Map<String, String> headers = new ConcurrentHashMap<>();
        exchange.getRequestHeaders().forEach((name, values) -> headers.put(name.toLowerCase(), values.get(0)));
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        Asked question = new Asked(exchange.getRequestURI().getPath(), body, headers);
        asked.add(question);
        Answer answer =
                answers.getOrDefault(question.path, q -> new Answer(404, "")).apply(question);
        if (!answer.location.isEmpty()) exchange.getResponseHeaders().set("Location", answer.location);
        exchange.sendResponseHeaders(answer.status, answer.body.length == 0 ? -1 : answer.body.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(answer.body);
        }
    }

    @Override
    public void afterEach(ExtensionContext test) {
        server.stop(0);
        threads.shutdownNow();
    }
}
