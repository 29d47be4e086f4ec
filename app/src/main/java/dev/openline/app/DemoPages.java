package dev.openline.app;

import dev.openline.net.HttpFile;
import dev.openline.net.HttpHandler;
import dev.openline.net.HttpRequest;
import dev.openline.net.HttpResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The pages of the live examples, and the few plain requests they make. */
final class DemoPages implements HttpHandler {
    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "svg", "image/svg+xml");

    /** All that a page may be made of; a request for anything else never becomes a path. */
    static final Map<String, String> FILES = Map.ofEntries(
            page("index.html"),
            page("demo.css"),
            page("main.js"),
            page("chat.js"),
            page("ticker.js"),
            page("auction.js"),
            page("line-panel.js"),
            page("element.js"),
            page("server-clock.js"),
            page("strip.js"),
            page("scroll-end.js"),
            page("icon.svg"),
            Map.entry("/", "/dev/openline/app/demo/index.html"),
            Map.entry(
                    "/webjars/chart.js/chart.umd.js", "/META-INF/resources/webjars/chart.js/4.4.9/dist/chart.umd.js"));

    private final Auction auction;
    private final Predicate<String> cut;
    private final Map<String, HttpFile> files;
    private final HttpResponse symbols;

    /** @param cut cuts the line of the client with this id, and tells whether there was one */
    DemoPages(Auction auction, Predicate<String> cut) {
        this.auction = auction;
        this.cut = cut;
        this.files =
                FILES.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, file -> load(file.getValue())));
        this.symbols = fresh(HttpResponse.json(
                200,
                Ticker.SYMBOLS.stream().map(symbol -> '"' + symbol + '"').collect(Collectors.joining(",", "[", "]"))));
    }

    @Override
    public CompletionStage<HttpResponse> handle(HttpRequest request) {
        return CompletableFuture.completedStage(answer(request));
    }

    private HttpResponse answer(HttpRequest request) {
        if (request.path().equals("/demo/cut")) return cut(request);
        if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
            return HttpResponse.text(405, "only GET and HEAD\n").with("allow", "GET, HEAD");
        }
        return switch (request.path()) {
            case "/demo/auction" -> auction(request);
            case "/demo/symbols" -> symbols;
            case "/demo/time" ->
                fresh(HttpResponse.json(
                        200,
                        Json.object().number("now", System.currentTimeMillis()).toString()));
            default -> file(request);
        };
    }

    private HttpResponse file(HttpRequest request) {
        HttpFile file = files.get(request.path());
        return file == null ? HttpResponse.text(404, "nothing here\n") : file.answer(request);
    }

    /** A page of another site must not cut lines; the id can't be guessed, but it is told to others on the channel. */
    private HttpResponse cut(HttpRequest request) {
        if (!request.method().equals("POST"))
            return HttpResponse.text(405, "only POST\n").with("allow", "POST");
        String site = request.headers().first("sec-fetch-site");
        if (site != null && !site.equals("same-origin")) return HttpResponse.text(403, "only from this page\n");
        String client = request.query("client");
        if (client == null) return HttpResponse.text(400, "which client?\n");
        return cut.test(client) ? HttpResponse.empty(204) : HttpResponse.text(404, "no such client\n");
    }

    private HttpResponse auction(HttpRequest request) {
        Auction.Said said = auction.said();
        if (said == null) return fresh(HttpResponse.empty(204));
        String tag = '"' + Long.toString(said.version()) + '"';
        if (tag.equals(request.headers().first("if-none-match")))
            return fresh(HttpResponse.empty(304)).with("etag", tag);
        String json = said.json();
        String versioned = json.substring(0, json.length() - 1) + ",\"version\":" + said.version() + "}";
        return fresh(HttpResponse.json(200, versioned)).with("etag", tag);
    }

    private static HttpResponse fresh(HttpResponse response) {
        return response.with("cache-control", "no-store");
    }

    private static Map.Entry<String, String> page(String name) {
        return Map.entry("/" + name, "/dev/openline/app/demo/" + name);
    }

    private static HttpFile load(String resource) {
        try (InputStream file = DemoPages.class.getResourceAsStream(resource)) {
            if (file == null) throw new IllegalStateException("not on the class path: " + resource);
            @Nullable String type = TYPES.get(resource.substring(resource.lastIndexOf('.') + 1));
            return HttpFile.of(HttpResponse.of(
                            200, type == null ? "application/octet-stream" : type, file.readAllBytes())
                    .with("cache-control", "no-cache")
                    .with("x-content-type-options", "nosniff")
                    .with("referrer-policy", "no-referrer")
                    .with("x-frame-options", "DENY")
                    .with("content-security-policy", "default-src 'self'; frame-ancestors 'none'; base-uri 'none'"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
