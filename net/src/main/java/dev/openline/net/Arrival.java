package dev.openline.net;

import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.AttributeKey;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * How a request came here. This is the one place that says who a connection is from.
 *
 * @param peer the other end of the socket; null in tests without one
 * @param client whom the request is from, as far as trusted proxies tell; else the peer
 * @param secure whether the client speaks TLS, with us or with a trusted proxy that says so
 * @param host the host and port that the client asked for, as a trusted proxy tells; null where {@code Host} does
 */
record Arrival(
        @Nullable SocketAddress peer,
        @Nullable SocketAddress client,
        boolean secure,
        @Nullable String host) {
    /** From nowhere, in tests without a socket. */
    static final Arrival NOWHERE = new Arrival(null, null, false, null);

    /** What the PROXY protocol said about a connection. */
    private static final AttributeKey<SocketAddress> TOLD = AttributeKey.valueOf(Arrival.class, "told");

    /** What is known of a connection before its first request. */
    static Arrival of(Channel channel) {
        // Asking for an attribute makes it, and every line would keep an empty one.
        SocketAddress told = channel.hasAttr(TOLD) ? channel.attr(TOLD).get() : null;
        SocketAddress peer = channel.remoteAddress();
        boolean tls = channel.pipeline().get(SslHandler.class) != null;
        return new Arrival(peer, told == null ? peer : told, tls, null);
    }

    /** A trusted proxy has said, in the PROXY protocol, for whom this connection is. */
    static void tell(Channel channel, SocketAddress client) {
        channel.attr(TOLD).set(client);
    }
}
