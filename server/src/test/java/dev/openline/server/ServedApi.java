package dev.openline.server;

import dev.openline.net.EventLoops;
import dev.openline.net.Transport;
import dev.openline.net.WebSocketServer;
import dev.openline.protocol.ApiMethod;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;

/** The API on a port, opened by keys of several scopes, with operations that the test plays. */
final class ServedApi implements AutoCloseable {
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final List<ApiKey> KEYS = List.of(
            new ApiKey("all", ApiScope.ALL),
            new ApiKey("publisher", List.of(ApiScope.PUBLISH)),
            new ApiKey("reader", List.of(ApiScope.READ)),
            new ApiKey("controller", List.of(ApiScope.CONTROL)),
            new ApiKey(
                    "shop",
                    List.of(
                            ApiScope.PUBLISH.inNamespaces("shop").withPrefixes("news"),
                            ApiScope.READ.withPrefixes("shop:eu-"),
                            ApiScope.CONTROL.inNamespaces("shop"))));

    final PlayedOperations operations = new PlayedOperations();
    private final EventLoops loops = EventLoops.start(Transport.NIO, 2);
    private final WebSocketServer listening;

    private ServedApi(ApiErrorMode mode) throws Exception {
        HttpApi api = new HttpApi(operations, new HttpApi.Setup(KEYS, ApiLimits.DEFAULT, mode));
        listening = WebSocketServer.listen(
                o -> o.host("127.0.0.1").port(0).loops(loops).http(new FrontDesk(api, (path, request) -> null, null)));
    }

    static ServedApi start(ApiErrorMode mode) throws Exception {
        return new ServedApi(mode);
    }

    /** Forgets what was asked, and plays what is played otherwise. */
    void begin() {
        operations.takeAsked();
        operations.script = call -> null;
    }

    HttpRequest.Builder to(String target) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + listening.port() + target));
    }

    static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> post(String target, String key, String body) throws Exception {
        return send(to(target).header("X-API-Key", key).POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    /** The least that each method takes. */
    static String least(ApiMethod method) {
        return switch (method) {
            case PUBLISH -> "{\"channel\":\"shop:a\",\"data\":1}";
            case BROADCAST -> "{\"channels\":[\"shop:a\"],\"data\":1}";
            case SUBSCRIBE, PRESENCE, PRESENCE_STATS, HISTORY, HISTORY_REMOVE -> "{\"channel\":\"shop:a\"}";
            case REVOKE_TOKEN -> "{\"uid\":\"t\"}";
            case INVALIDATE_USER_TOKENS -> "{\"user\":\"u\"}";
            case BATCH -> "{\"commands\":[]}";
            case RPC -> "{\"method\":\"m\"}";
            default -> "{}";
        };
    }

    @Override
    public void close() {
        listening.close();
        loops.close();
    }
}
