package dev.openline.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A response that goes on, read line by line on a thread of its own. */
final class LiveResponse implements AutoCloseable {
    private static final String END = "(the end)";

    final HttpResponse<InputStream> response;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

    LiveResponse(HttpClient http, HttpRequest request) throws Exception {
        response = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
        Thread reader = new Thread(this::read, "live response");
        reader.setDaemon(true);
        reader.start();
    }

    private void read() {
        try (var text = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
            for (String line = text.readLine(); line != null; line = text.readLine()) lines.add(line);
        } catch (IOException broken) {
            // The end, too.
        }
        lines.add(END);
    }

    /** The next line that says something. */
    String next() throws InterruptedException {
        while (true) {
            String line = lines.poll(10, TimeUnit.SECONDS);
            if (line == null) throw new AssertionError("nothing came within ten seconds");
            if (!line.isBlank() && !line.startsWith(":")) return line;
        }
    }

    boolean hasEnded() throws InterruptedException {
        return next().equals(END);
    }

    /** Goes away without a word. */
    @Override
    public void close() throws IOException {
        response.body().close();
    }
}
