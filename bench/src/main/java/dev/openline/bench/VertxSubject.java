package dev.openline.bench;

import dev.openline.net.Transport;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.net.PemKeyCertOptions;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Vert.x: one server per event loop on a shared port. */
final class VertxSubject {
    private static final int MOST = SubjectOptions.MAX_MESSAGE_BYTES;

    private final Set<ServerWebSocket> audience = ConcurrentHashMap.newKeySet();
    private final SubjectOptions options;

    private VertxSubject(SubjectOptions options) {
        this.options = options;
    }

    static int start(SubjectOptions options) {
        boolean epoll = options.transport() == Transport.EPOLL;
        Vertx vertx = Vertx.vertx(
                new VertxOptions().setEventLoopPoolSize(options.threads()).setPreferNativeTransport(epoll));
        if (vertx.isNativeTransportEnabled() != epoll)
            throw new IllegalStateException("Vert.x has no native transport");
        VertxSubject subject = new VertxSubject(options);
        int port = 0;
        for (int i = 0; i < options.threads(); i++) port = subject.listen(vertx, port);
        return port;
    }

    private int listen(Vertx vertx, int port) {
        HttpServerOptions http = new HttpServerOptions()
                .setHost("127.0.0.1")
                .setPort(port)
                .setAcceptBacklog(4096)
                .setPerMessageWebSocketCompressionSupported(options.compresses())
                .setWebSocketAllowServerNoContext(true)
                .setWebSocketPreferredClientNoContext(true)
                .setPerFrameWebSocketCompressionSupported(false)
                .setMaxWebSocketFrameSize(MOST)
                .setMaxWebSocketMessageSize(MOST);
        Identity identity = options.identity();
        if (identity != null) {
            http.setSsl(true)
                    .setKeyCertOptions(new PemKeyCertOptions()
                            .setCertPath(identity.chain().toString())
                            .setKeyPath(identity.key().toString()));
        }
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
