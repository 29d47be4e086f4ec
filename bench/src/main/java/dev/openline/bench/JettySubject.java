package dev.openline.bench;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.server.ServerWebSocketContainer;
import org.eclipse.jetty.websocket.server.WebSocketUpgradeHandler;

/** Jetty 12.1 with its own WebSocket API. Its pool keeps its usual size: a selector that may not hand over work stalls. */
final class JettySubject {
    private JettySubject() {}

    static int start(SubjectOptions options) throws java.io.IOException {
        org.eclipse.jetty.server.Server server = new org.eclipse.jetty.server.Server(new QueuedThreadPool());
        ConnectionFactory http = new HttpConnectionFactory();
        Identity identity = options.identity();
        ConnectionFactory[] factories = identity == null
                ? new ConnectionFactory[] {http}
                : new ConnectionFactory[] {new SslConnectionFactory(tls(identity), http.getProtocol()), http};
        ServerConnector connector = new ServerConnector(server, 1, options.threads(), factories);
        connector.setHost("127.0.0.1");
        connector.setAcceptQueueSize(4096);
        server.addConnector(connector);
        server.setHandler(WebSocketUpgradeHandler.from(server, JettySubject::paths));
        try {
            server.start();
        } catch (Exception e) {
            throw new java.io.IOException("Jetty did not start: " + e.getMessage(), e);
        }
        return connector.getLocalPort();
    }

    private static SslContextFactory.Server tls(Identity identity) throws java.io.IOException {
        SslContextFactory.Server tls = new SslContextFactory.Server();
        tls.setSslContext(identity.context());
        return tls;
    }

    /** It compresses for clients that ask for it, without being told to. */
    private static void paths(ServerWebSocketContainer container) {
        container.setMaxBinaryMessageSize(SubjectOptions.MAX_MESSAGE_BYTES);
        container.setMaxFrameSize(SubjectOptions.MAX_MESSAGE_BYTES);
        container.setIdleTimeout(Duration.ofMinutes(10));
        Set<Session> audience = ConcurrentHashMap.newKeySet();
        container.addMapping("/echo", (request, response, callback) -> new Endpoint(Session::sendBinary));
        container.addMapping("/broadcast", (request, response, callback) -> new Listening(audience));
        container.addMapping(
                "/publish",
                (request, response, callback) -> new Endpoint((from, payload, done) -> {
                    for (Session each : audience) each.sendBinary(payload.duplicate(), Callback.NOOP);
                    done.succeed();
                }));
    }

    private interface Hearing {
        void heard(Session from, ByteBuffer payload, Callback done);
    }

    /** Public, because Jetty looks its methods up from outside. */
    public static class Endpoint implements Session.Listener.AutoDemanding {
        private final Hearing hearing;
        private Session session;

        private Endpoint(Hearing hearing) {
            this.hearing = hearing;
        }

        @Override
        public void onWebSocketOpen(Session opened) {
            session = opened;
        }

        /** A load that ends hangs up without a close; a warning for each of its lines helps nobody. */
        @Override
        public void onWebSocketError(Throwable cause) {}

        @Override
        public void onWebSocketBinary(ByteBuffer payload, Callback done) {
            hearing.heard(session, payload, done);
        }
    }

    /** One of those that hear what is published. */
    public static final class Listening extends Endpoint {
        private final Set<Session> audience;

        private Listening(Set<Session> audience) {
            super((from, payload, done) -> done.succeed());
            this.audience = audience;
        }

        @Override
        public void onWebSocketOpen(Session opened) {
            super.onWebSocketOpen(opened);
            audience.add(opened);
        }

        @Override
        public void onWebSocketClose(int code, String reason, Callback done) {
            audience.removeIf(each -> !each.isOpen());
            done.succeed();
        }
    }
}
