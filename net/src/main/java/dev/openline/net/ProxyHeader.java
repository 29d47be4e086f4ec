package dev.openline.net;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.handler.codec.haproxy.HAProxyProtocolException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the PROXY protocol header, version 1 or 2, that a connection of a trusted proxy begins with, before TLS and HTTP. The deadline of
 * what comes after it covers it as well.
 */
final class ProxyHeader extends ChannelInboundHandlerAdapter {
    private static final Logger log = LoggerFactory.getLogger(WebSocketServer.class);
    private static final QuietLog peers = QuietLog.of(log);

    /** Of what a proxy may add to the addresses in version 2, such as certificates; it is not looked at. */
    private static final int MAX_EXTRA_BYTES = 4 << 10;

    private ProxyHeader() {}

    /** Called before anything else is in the pipeline; does nothing for connections that are not from such a proxy. */
    static void install(SocketChannel channel, ServerOptions options) {
        if (!options.trustedProxies().expectProxyProtocol(channel.remoteAddress())) return;
        // A part of a header would keep the whole buffer that the loop's connections share for reading.
        channel.pipeline().addLast("proxy-own-copy", OwnCopy.INSTANCE);
        channel.pipeline().addLast("proxy-decoder", new HAProxyMessageDecoder(MAX_EXTRA_BYTES));
        channel.pipeline().addLast("proxy", new ProxyHeader());
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!(message instanceof HAProxyMessage header)) {
            // What the decoder hands on when it goes.
            ctx.fireChannelRead(message);
            return;
        }
        try {
            tell(ctx, header);
        } finally {
            header.release();
        }
        ctx.pipeline().remove("proxy-own-copy");
        ctx.pipeline().remove(this);
    }

    /** A proxy's own check of our health comes as LOCAL, or from an unknown address: then it is itself the client. */
    private static void tell(ChannelHandlerContext ctx, HAProxyMessage header) {
        String source = header.sourceAddress();
        if (header.command() == HAProxyCommand.LOCAL || source == null) return;
        InetAddress address = AddressRange.literal(source);
        if (address != null) Arrival.tell(ctx.channel(), new InetSocketAddress(address, header.sourcePort()));
    }

    /** The decoder closes the connection by itself. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof HAProxyProtocolException) {
            peers.info(
                    "closed the connection of {}: no valid PROXY header",
                    ctx.channel().remoteAddress());
        } else {
            log.debug("connection of {} broke: {}", ctx.channel().remoteAddress(), cause.toString());
        }
        ctx.close();
    }
}
