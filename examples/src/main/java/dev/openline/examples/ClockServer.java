package dev.openline.examples;

import static java.util.concurrent.CompletableFuture.completedStage;

import dev.openline.net.HttpResponse;
import dev.openline.server.OpenlineServer;
import java.io.InputStream;
import java.time.Duration;
import java.time.LocalTime;

/** A server with one channel, on which it publishes the time, and the page that shows it. */
public final class ClockServer {
    public static void main(String[] args) throws Exception {
        int port = Integer.getInteger("port", 8000);
        var page = HttpResponse.of(200, "text/html; charset=utf-8", read("clock.html"));
        try (var server = OpenlineServer.create(o -> o.port(port)
                        .insecure()
                        .channel("clock", c -> c.history(60, Duration.ofMinutes(1)))
                        .pages(request -> completedStage(page)))
                .start()) {
            System.out.println("http://localhost:" + server.port() + "/");
            while (true) {
                server.publish("clock", "\"" + LocalTime.now() + "\"");
                Thread.sleep(1000);
            }
        }
    }

    private ClockServer() {}

    private static byte[] read(String resource) throws Exception {
        try (InputStream in = ClockServer.class.getResourceAsStream(resource)) {
            return in.readAllBytes();
        }
    }
}
