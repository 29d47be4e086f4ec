package dev.openline.server;

import dev.openline.net.HttpFile;
import dev.openline.net.HttpHandler;
import dev.openline.net.HttpRequest;
import dev.openline.net.HttpResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Sends plain HTTP requests where they belong: the API and its description, the browser modules, the application's pages. */
final class FrontDesk implements HttpHandler {
    private static final String API = "/api";
    private static final List<String> MODULES =
            List.of("openline", "openline-outbox", "openline-outbox-centrifuge", "openline-shared");

    /** For who follows the address that a server prints, where there are no pages. Nothing about this very server, for anybody may ask. */
    private static final HttpFile DOOR = HttpFile.of(HttpResponse.text(200, """
                    This is an Openline server: it has channels, and no pages.

                    /connection/websocket   clients of the Centrifuge protocol
                    /feed/CHANNEL           a bare WebSocket; /sse/CHANNEL and /api/poll/CHANNEL without one
                    /openline.js            the module for pages
                    /api/openapi.json       what backends may ask, with a key
                    /ready                  whether it takes lines

                    How to use them is told in the folder docs of its sources, first in protocol.md and http-api.md.
                    """));

    private final HttpApi api;
    private final Part live;
    private final @Nullable HttpHandler pages;
    private final Map<String, HttpFile> files = files();

    /** Answers the requests on some paths. */
    interface Part {
        /** The answer to a request on {@code path}; null if that is none of its paths. */
        @Nullable
        CompletionStage<HttpResponse> answer(String path, HttpRequest request);
    }

    FrontDesk(HttpApi api, Part live, @Nullable HttpHandler pages) {
        this.api = api;
        this.live = live;
        this.pages = pages;
    }

    @Override
    public CompletionStage<HttpResponse> handle(HttpRequest request) {
        String path = request.path();
        HttpFile file = files.get(path);
        if (file != null) return CompletableFuture.completedStage(onlyRead(request, file));
        CompletionStage<HttpResponse> answer = live.answer(path, request);
        if (answer != null) return answer;
        if (path.equals(API)) return api.legacy(request);
        if (path.startsWith(API + "/")) return api.call(path.substring(API.length() + 1), request);
        if (pages != null) return pages.handle(request);
        if (path.equals("/")) return CompletableFuture.completedStage(onlyRead(request, DOOR));
        return CompletableFuture.completedStage(HttpResponse.text(404, "nothing here\n"));
    }

    private static HttpResponse onlyRead(HttpRequest request, HttpFile file) {
        boolean reads = request.method().equals("GET") || request.method().equals("HEAD");
        return reads
                ? file.answer(request)
                : HttpResponse.text(405, "only GET and HEAD\n").with("allow", "GET, HEAD");
    }

    private static Map<String, HttpFile> files() {
        Map<String, HttpFile> files = new HashMap<>();
        for (String name : MODULES) {
            files.put("/" + name + ".js", module(name + ".js", "text/javascript; charset=utf-8"));
            files.put("/" + name + ".d.ts", module(name + ".d.ts", "application/typescript; charset=utf-8"));
        }
        files.put(API + "/openapi.json", HttpFile.of(file("openapi.json", "application/json")));
        files.put("/health", HttpFile.of(HttpResponse.json(200, "{}").with("cache-control", "no-store")));
        return Map.copyOf(files);
    }

    /** The modules have no secrets, and pages of other hosts that may open lines here need them too. */
    private static HttpFile module(String name, String type) {
        return HttpFile.of(file("/dev/openline/js/" + name, type).with("access-control-allow-origin", "*"));
    }

    private static HttpResponse file(String name, String type) {
        try (InputStream file = FrontDesk.class.getResourceAsStream(name)) {
            if (file == null) throw new IllegalStateException("not on the class path: " + name);
            return HttpResponse.of(200, type, file.readAllBytes())
                    .with("cache-control", "no-cache")
                    .with("x-content-type-options", "nosniff");
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
    }
}
