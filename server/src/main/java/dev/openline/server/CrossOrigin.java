package dev.openline.server;

import dev.openline.net.HttpRequest;
import dev.openline.net.HttpResponse;
import dev.openline.net.OriginRule;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What pages of other origins may ask, by the very rule that says whose pages may open lines. */
final class CrossOrigin {
    private final OriginRule rule;

    CrossOrigin(OriginRule rule) {
        this.rule = rule;
    }

    /**
     * Answers a request if its method is one of {@code methods} and its page's origin is allowed; and the question that browsers ask before
     * (the preflight).
     */
    CompletionStage<HttpResponse> answer(
            HttpRequest request, String methods, Function<HttpRequest, CompletionStage<HttpResponse>> answer) {
        if (!rule.allows(request))
            return CompletableFuture.completedStage(HttpResponse.text(403, "origin not allowed\n"));
        if (request.method().equals("OPTIONS"))
            return CompletableFuture.completedStage(shared(request, preflight(request, methods)));
        if (!List.of(methods.split(", ")).contains(request.method()))
            return CompletableFuture.completedStage(
                    HttpResponse.text(405, "only " + methods + "\n").with("allow", methods + ", OPTIONS"));
        return answer.apply(request).thenApply(response -> shared(request, response));
    }

    private static HttpResponse preflight(HttpRequest request, String methods) {
        HttpResponse may = HttpResponse.empty(204)
                .with("access-control-allow-methods", methods)
                .with("access-control-max-age", "600");
        String asked = request.headers().first("access-control-request-headers");
        return asked == null ? may : may.with("access-control-allow-headers", asked);
    }

    private static HttpResponse shared(HttpRequest request, HttpResponse response) {
        @Nullable String origin = request.headers().first("origin");
        if (origin == null) return response;
        return response.with("access-control-allow-origin", origin)
                .with("access-control-allow-credentials", "true")
                .with("vary", "Origin");
    }
}
