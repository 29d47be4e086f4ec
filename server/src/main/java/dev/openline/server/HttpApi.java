package dev.openline.server;

import dev.openline.net.HttpRequest;
import dev.openline.net.HttpResponse;
import dev.openline.protocol.ApiCall;
import dev.openline.protocol.ApiCodec;
import dev.openline.protocol.ApiMethod;
import dev.openline.protocol.ApiReply;
import dev.openline.protocol.ErrorReply;
import dev.openline.protocol.MalformedFrame;
import dev.openline.wire.Headers;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * What backends say over HTTP: {@code POST /api/METHOD} with a JSON object, opened by an API key. An answer of 200 has a result or an
 * error; other statuses say that there was no call to answer. Meant for backends and not for pages, so nothing is said of CORS.
 */
final class HttpApi {
    private static final String SCHEME = "apikey ";
    private static final Map<String, String> JSON = Map.of(
            "content-type", "application/json", "cache-control", "no-store", "x-content-type-options", "nosniff");

    /** What opens the API and bounds it. */
    record Setup(List<ApiKey> keys, ApiLimits limits, ApiErrorMode errorMode) {}

    private final ApiDesk desk;
    private final Setup setup;

    HttpApi(Operations operations, Setup setup) {
        this.desk = new ApiDesk(operations, setup.limits());
        this.setup = setup;
    }

    /** Answers {@code /api/name}. */
    CompletionStage<HttpResponse> call(String name, HttpRequest request) {
        ApiKey key = keyOf(request);
        HttpResponse refusal = refusal(key, request);
        if (key == null || refusal != null) return done(refusal == null ? unauthorized() : refusal);
        ApiMethod method = ApiMethod.named(name);
        if (method == null) return done(HttpResponse.text(404, "no such method\n"));
        ApiCall call;
        try {
            call = ApiCodec.call(method, ByteBuffer.wrap(request.body()));
        } catch (MalformedFrame fault) {
            return done(malformed(fault));
        }
        if (!key.covers(call)) return done(forbidden());
        return desk.carryOut(call).thenApply(reply -> answer(reply, modeOf(request)));
    }

    /** Answers {@code /api}: the way to call in before there was a path for each method. */
    CompletionStage<HttpResponse> legacy(HttpRequest request) {
        ApiKey key = keyOf(request);
        HttpResponse refusal = refusal(key, request);
        if (key == null || refusal != null) return done(refusal == null ? unauthorized() : refusal);
        List<ApiCall> calls;
        try {
            calls = ApiCodec.lines(ByteBuffer.wrap(request.body()));
        } catch (MalformedFrame fault) {
            return done(malformed(fault));
        }
        int max = setup.limits().maxBatchCommands();
        if (calls.size() > max)
            return done(HttpResponse.text(400, calls.size() + " commands, maxBatchCommands is " + max + "\n"));
        if (!calls.stream().allMatch(key::covers)) return done(forbidden());
        return desk.carryOut(calls).thenApply(replies -> new HttpResponse(200, JSON, ApiCodec.encode(replies)));
    }

    private static @Nullable HttpResponse refusal(@Nullable ApiKey key, HttpRequest request) {
        if (key == null) return unauthorized();
        return request.method().equals("POST")
                ? null
                : HttpResponse.text(405, "only POST\n").with("allow", "POST");
    }

    private static HttpResponse unauthorized() {
        return HttpResponse.text(401, "an API key is needed in the header X-API-Key\n")
                .with("www-authenticate", "apikey");
    }

    private static HttpResponse forbidden() {
        return HttpResponse.text(403, "the scopes of this API key do not cover this call\n");
    }

    private static HttpResponse malformed(MalformedFrame fault) {
        return HttpResponse.text(400, fault.getMessage() + "\n");
    }

    /** Compares with every key, so that the time tells nothing of which one it was. */
    private @Nullable ApiKey keyOf(HttpRequest request) {
        String given = keyIn(request);
        if (given == null) return null;
        byte[] digest = ApiKey.digestOf(given);
        ApiKey found = null;
        for (ApiKey key : setup.keys()) if (key.isOf(digest)) found = key;
        return found;
    }

    private static @Nullable String keyIn(HttpRequest request) {
        Headers headers = request.headers();
        String key = headers.first("x-api-key");
        if (key != null) return key;
        String authorization = headers.first("authorization");
        if (authorization != null && authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return authorization.substring(SCHEME.length()).strip();
        }
        return request.query("api_key");
    }

    private ApiErrorMode modeOf(HttpRequest request) {
        boolean asked = "transport".equalsIgnoreCase(request.headers().first("x-centrifugo-error-mode"));
        return asked ? ApiErrorMode.TRANSPORT : setup.errorMode();
    }

    private static HttpResponse answer(ApiReply<?> reply, ApiErrorMode mode) {
        if (mode == ApiErrorMode.TRANSPORT && reply instanceof ApiReply.Failed<?> failed)
            return new HttpResponse(statusOf(failed.error()), JSON, ApiCodec.encode(failed.error()));
        return new HttpResponse(200, JSON, ApiCodec.encode(reply));
    }

    private static int statusOf(ErrorReply error) {
        return switch (error.code()) {
            case 102, 104 -> 404;
            case 107, 108 -> 400;
            case 112 -> 416;
            case 113 -> 409;
            default -> 500;
        };
    }

    private static CompletionStage<HttpResponse> done(HttpResponse response) {
        return CompletableFuture.completedStage(response);
    }
}
