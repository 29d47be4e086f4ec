package dev.openline.server;

import dev.openline.hub.HistoryQuery;
import dev.openline.hub.Page;
import dev.openline.hub.PublishRequest;
import dev.openline.hub.Published;
import dev.openline.net.HttpRequest;
import dev.openline.net.HttpResponse;
import dev.openline.protocol.ApiCall;
import dev.openline.protocol.ApiCodec;
import dev.openline.protocol.ErrorReply;
import dev.openline.protocol.MalformedFrame;
import dev.openline.wire.Headers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** What backends say over HTTP: {@code POST /api/publish} and {@code POST /api/history}, opened by an API key. */
final class HttpApi {
    private static final String BEARER = "apikey ";

    private final OpenlineServer server;
    private final List<byte[]> keys;
    private final SessionLimits limits;

    HttpApi(OpenlineServer server, List<String> keys, SessionLimits limits) {
        this.server = server;
        this.keys =
                keys.stream().map(key -> key.getBytes(StandardCharsets.UTF_8)).toList();
        this.limits = limits;
    }

    CompletionStage<HttpResponse> call(String method, HttpRequest request) {
        if (!isOpenedBy(request)) {
            return done(HttpResponse.text(401, "an API key is needed in the header X-API-Key\n")
                    .with("www-authenticate", "apikey"));
        }
        if (!request.method().equals("POST"))
            return done(HttpResponse.text(405, "only POST\n").with("allow", "POST"));
        try {
            return switch (method) {
                case "publish" -> publish(ApiCodec.publish(ByteBuffer.wrap(request.body())));
                case "history" -> history(ApiCodec.history(ByteBuffer.wrap(request.body())));
                default -> done(HttpResponse.text(404, "no such method\n"));
            };
        } catch (MalformedFrame fault) {
            return done(HttpResponse.text(400, fault.getMessage() + "\n"));
        }
    }

    /** Compares with every key, in a time that doesn't tell how much of one was right. */
    private boolean isOpenedBy(HttpRequest request) {
        String given = keyIn(request);
        if (given == null) return false;
        byte[] bytes = given.getBytes(StandardCharsets.UTF_8);
        boolean opens = false;
        for (byte[] key : keys) opens |= MessageDigest.isEqual(key, bytes);
        return opens;
    }

    private static @Nullable String keyIn(HttpRequest request) {
        Headers headers = request.headers();
        String key = headers.first("x-api-key");
        if (key != null) return key;
        String authorization = headers.first("authorization");
        if (authorization != null && authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            return authorization.substring(BEARER.length());
        }
        return request.query("api_key");
    }

    private CompletionStage<HttpResponse> publish(ApiCall.Publish call) {
        if (call.channel().isEmpty() || call.data() == null) return done(failed(ErrorReply.BAD_REQUEST));
        PublishRequest request = PublishRequest.of(call.channel(), call.data())
                .tagged(call.tags())
                .once(call.idempotencyKey())
                .history(
                        call.logging() == ApiCall.Logging.UNLOGGED
                                ? PublishRequest.History.SKIP
                                : PublishRequest.History.KEEP);
        CompletableFuture<HttpResponse> response = new CompletableFuture<>();
        server.onHub(
                call.channel(),
                hub -> hub.publish(request, published -> {
                    if (published instanceof Published.At at) response.complete(ok(ApiCodec.published(at.position())));
                    else if (published instanceof Published.Unlogged) response.complete(ok(ApiCodec.published(null)));
                    else response.complete(failed(((Published.Refused) published).error()));
                }));
        return response;
    }

    private CompletionStage<HttpResponse> history(ApiCall.History call) {
        HistoryQuery query = Asking.queryOf(call.limit(), call.since(), call.direction(), limits.maxHistoryPage());
        if (call.channel().isEmpty() || query == null) return done(failed(ErrorReply.BAD_REQUEST));
        CompletableFuture<HttpResponse> response = new CompletableFuture<>();
        server.onHub(
                call.channel(),
                hub -> hub.history(call.channel(), query, page -> {
                    if (page instanceof Page.Found found)
                        response.complete(ok(ApiCodec.history(found.publications(), found.top())));
                    else response.complete(failed(Asking.errorOf(page)));
                }));
        return response;
    }

    private static HttpResponse ok(byte[] json) {
        return HttpResponse.of(200, "application/json", json);
    }

    private static HttpResponse failed(ErrorReply error) {
        return ok(ApiCodec.failed(error));
    }

    private static CompletionStage<HttpResponse> done(HttpResponse response) {
        return CompletableFuture.completedStage(response);
    }
}
