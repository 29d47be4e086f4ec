package dev.openline.net;

import io.netty.channel.Channel;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslHandler;

/** Ends our half of a connection and lets the peer end its own: closing with unread bytes would make TCP reset, and the peer lose what we sent last. */
final class HalfClose {
    private HalfClose() {}

    /** After all that was written before. Whatever still comes is read and dropped by the line. */
    static void of(Channel channel) {
        StreamBytes stream = channel.pipeline().get(StreamBytes.class);
        if (stream != null) {
            channel.config().setAutoRead(true);
            stream.end();
            return;
        }
        if (!(channel instanceof SocketChannel socket) || !socket.isActive()) {
            channel.close();
            return;
        }
        // Reading must go on for the end of the peer's half to be seen, also when the application had paused it.
        socket.config().setAutoRead(true);
        SslHandler tls = socket.pipeline().get(SslHandler.class);
        if (tls == null) {
            socket.shutdownOutput();
            return;
        }
        tls.closeOutbound().addListener(saidGoodbye -> {
            // RFC 8446 §6.1: nothing may follow our close_notify, and nothing that comes needs to be understood.
            if (tls == socket.pipeline().get(SslHandler.class))
                socket.pipeline().remove(tls);
            if (socket.isActive()) socket.shutdownOutput();
        });
    }
}
