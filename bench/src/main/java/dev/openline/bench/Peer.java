package dev.openline.bench;

import dev.openline.net.Transport;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

/** The kinds of servers that this module can start beside each other. */
enum Peer {
    OPENLINE(List.of(Transport.IO_URING, Transport.EPOLL, Transport.NIO), OpenlineSubject::start),
    NETTY(List.of(Transport.EPOLL, Transport.IO_URING, Transport.NIO), StockNetty::start),
    /** Undertow's core, without servlets, on its own selectors. */
    UNDERTOW(List.of(Transport.NIO), UndertowSubject::start),
    JETTY(List.of(Transport.NIO), JettySubject::start),
    JAVA_WEBSOCKET(List.of(Transport.NIO), JavaWebSocketSubject::start),
    VERTX(List.of(Transport.EPOLL, Transport.NIO), VertxSubject::start),
    /** No WebSocket at all: bytes back as they came, by the JDK's selector. What is left then is the kernel. */
    BARE_TCP(List.of(Transport.NIO), BareTcp::start);

    /** Starts the server inside this process and answers its port. */
    interface Start {
        int start(SubjectOptions options) throws IOException;
    }

    private final List<Transport> transports;
    private final Start start;

    Peer(List<Transport> transports, Start start) {
        this.transports = transports;
        this.start = start;
    }

    /** What it can run on, the usual choice first. */
    List<Transport> transports() {
        return transports;
    }

    /** Whether a name needs a transport to say which one is meant. */
    boolean hasChoice() {
        return transports.size() > 1;
    }

    /** Whether it can send one message to many lines, and closes as RFC 6455 wants it. */
    boolean speaksWebSocket() {
        return this != BARE_TCP;
    }

    int start(SubjectOptions options) throws IOException {
        return start.start(options);
    }

    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
