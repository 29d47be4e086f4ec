package dev.openline.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.java_websocket.WebSocket;
import org.java_websocket.drafts.Draft;
import org.java_websocket.drafts.Draft_6455;
import org.java_websocket.extensions.permessage_deflate.PerMessageDeflateExtension;
import org.java_websocket.handshake.ClientHandshake;
import org.java_websocket.server.DefaultSSLWebSocketServerFactory;
import org.java_websocket.server.WebSocketServer;

/** Java-WebSocket, with one thread that selects and as many that decode as there are loops. */
final class JavaWebSocketSubject extends WebSocketServer {
    private final Set<WebSocket> audience = ConcurrentHashMap.newKeySet();
    private final CountDownLatch started = new CountDownLatch(1);

    private JavaWebSocketSubject(SubjectOptions options) {
        super(new InetSocketAddress("127.0.0.1", 0), options.threads(), drafts(options));
    }

    private static List<Draft> drafts(SubjectOptions options) {
        return List.of(options.compresses() ? new Draft_6455(new PerMessageDeflateExtension()) : new Draft_6455());
    }

    static int start(SubjectOptions options) throws IOException {
        JavaWebSocketSubject server = new JavaWebSocketSubject(options);
        Identity identity = options.identity();
        if (identity != null) server.setWebSocketFactory(new DefaultSSLWebSocketServerFactory(identity.context()));
        server.setTcpNoDelay(true);
        server.setMaxPendingConnections(4096);
        server.start();
        try {
            if (!server.started.await(10, TimeUnit.SECONDS)) throw new IOException("Java-WebSocket did not start");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
        return server.getPort();
    }

    @Override
    public void onStart() {
        started.countDown();
    }

    @Override
    public void onOpen(WebSocket line, ClientHandshake handshake) {
        if (line.getResourceDescriptor().equals("/broadcast")) audience.add(line);
    }

    @Override
    public void onMessage(WebSocket line, ByteBuffer message) {
        switch (line.getResourceDescriptor()) {
            case "/echo" -> line.send(message);
            case "/publish" -> broadcast(message, audience);
            default -> {}
        }
    }

    @Override
    public void onMessage(WebSocket line, String message) {
        line.send(message);
    }

    @Override
    public void onClose(WebSocket line, int code, String reason, boolean remote) {
        audience.remove(line);
    }

    @Override
    public void onError(WebSocket line, Exception cause) {
        if (line == null) throw new IllegalStateException("Java-WebSocket failed", cause);
    }
}
