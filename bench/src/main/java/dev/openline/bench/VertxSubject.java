package dev.openline.bench;

import dev.openline.net.Transport;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.ServerWebSocket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Vert.x: one server per event loop on a shared port. */
final class VertxSubject {
    private static final int MOST = SubjectOptions.MAX_MESSAGE_BYTES;

    private final Set<ServerWebSocket> audience = ConcurrentHashMap.newKeySet();

    private VertxSubject() {}

    static int start(SubjectOptions options) {
        boolean epoll = options.transport() == Transport.EPOLL;
        Vertx vertx = Vertx.vertx(
                new VertxOptions().setEventLoopPoolSize(options.threads()).setPreferNativeTransport(epoll));
        if (vertx.isNativeTransportEnabled() != epoll)
            throw new IllegalStateException("Vert.x has no native transport");
        VertxSubject subject = new VertxSubject();
        int port = 0;
        for (int i = 0; i < options.threads(); i++) port = subject.listen(vertx, port);
        return port;
    }

    private int listen(Vertx vertx, int port) {
        HttpServerOptions http = new HttpServerOptions()
                .setHost("127.0.0.1")
                .setPort(port)
                .setAcceptBacklog(4096)
                .setPerMessageWebSocketCompressionSupported(false)
                .setPerFrameWebSocketCompressionSupported(false)
                .setMaxWebSocketFrameSize(MOST)
                .setMaxWebSocketMessageSize(MOST);
        HttpServer server = vertx.createHttpServer(http).webSocketHandler(this::opened);
        return server.listen().await().actualPort();
    }

    private void opened(ServerWebSocket line) {
        switch (line.path()) {
            case "/echo" -> line.binaryMessageHandler(line::writeBinaryMessage);
            case "/broadcast" -> {
                audience.add(line);
                line.closeHandler(closed -> audience.remove(line));
            }
            case "/publish" ->
                line.binaryMessageHandler(message -> {
                    for (ServerWebSocket each : audience) each.writeBinaryMessage(message);
                });
            default -> line.close();
        }
    }
}
