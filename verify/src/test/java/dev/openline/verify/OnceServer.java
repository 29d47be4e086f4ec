package dev.openline.verify;

import dev.openline.net.HttpResponse;
import dev.openline.server.OpenlineServer;
import dev.openline.server.PublishHook;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/** A server with a bare page and the channel {@code news}, which remembers what its clients asked it to publish. */
final class OnceServer implements AutoCloseable {
    private static final String PAGE = "<!doctype html><link rel=icon href=data:,><title>a page</title>";

    private final List<Asked> asked = new CopyOnWriteArrayList<>();
    private final OpenlineServer server;

    /** One attempt to publish: who made it, and under which key. */
    record Asked(String client, String key) {}

    private OnceServer() throws IOException {
        byte[] page = PAGE.getBytes(StandardCharsets.UTF_8);
        server = OpenlineServer.create(o -> o.insecure()
                        .port(0)
                        .channel("news", c -> c.history(10_000, Duration.ofMinutes(10)))
                        .pages(request -> CompletableFuture.completedStage(HttpResponse.of(200, "text/html", page)))
                        .onPublish((client, request) -> {
                            asked.add(new Asked(client.id(), Objects.toString(request.idempotencyKey())));
                            return CompletableFuture.completedStage(PublishHook.Decision.BY_PERMISSIONS);
                        }))
                .start();
    }

    static OnceServer start() throws IOException {
        return new OnceServer();
    }

    List<Asked> asked() {
        return List.copyOf(asked);
    }

    OpenlineServer server() {
        return server;
    }

    /** The address of the page. */
    String page() {
        return "http://localhost:" + server.port() + "/";
    }

    @Override
    public void close() {
        server.close();
    }
}
