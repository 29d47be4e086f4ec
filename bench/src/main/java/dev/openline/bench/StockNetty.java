package dev.openline.bench;

import dev.openline.net.Transport;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import io.netty.handler.codec.http.websocketx.extensions.WebSocketServerExtensionHandler;
import io.netty.handler.codec.http.websocketx.extensions.compression.PerMessageDeflateServerExtensionHandshaker;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** A server as Netty's own documentation shows it, with {@link WebSocketServerProtocolHandler}. */
final class StockNetty {
    private static final int MAX_BYTES = SubjectOptions.MAX_MESSAGE_BYTES;

    private StockNetty() {}

    static int start(SubjectOptions options) throws IOException {
        SslContext tls = tls(options.identity());
        Transport transport = options.transport();
        ChannelGroup audience = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(new MultiThreadIoEventLoopGroup(options.threads(), handlers(transport)))
                .channel(listening(transport))
                .option(ChannelOption.SO_BACKLOG, 4096)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        if (tls != null) channel.pipeline().addLast(tls.newHandler(channel.alloc()));
                        channel.pipeline().addLast(new HttpServerCodec()).addLast(new HttpObjectAggregator(65_536));
                        if (options.compresses()) channel.pipeline().addLast(compression());
                        channel.pipeline()
                                .addLast(new WebSocketServerProtocolHandler(
                                        "/", null, options.compresses(), SubjectOptions.MAX_MESSAGE_BYTES, false, true))
                                .addLast(new Frames(audience));
                    }
                });
        var bound = bootstrap.bind("127.0.0.1", 0).syncUninterruptibly().channel();
        return ((InetSocketAddress) bound.localAddress()).getPort();
    }

    /** By the JDK's engine, which all servers here use. */
    private static @Nullable SslContext tls(@Nullable Identity identity) throws IOException {
        if (identity == null) return null;
        return SslContextBuilder.forServer(
                        identity.chain().toFile(), identity.key().toFile())
                .sslProvider(SslProvider.JDK)
                .build();
    }

    /** Netty's default declines clients that want no context takeover; this is the default but for that. */
    private static WebSocketServerExtensionHandler compression() {
        return new WebSocketServerExtensionHandler(new PerMessageDeflateServerExtensionHandshaker(
                6, false, PerMessageDeflateServerExtensionHandshaker.MAX_WINDOW_SIZE, true, true, MAX_BYTES));
    }

    private static IoHandlerFactory handlers(Transport transport) {
        return switch (transport) {
            case IO_URING -> IoUringIoHandler.newFactory();
            case EPOLL -> EpollIoHandler.newFactory();
            case NIO -> NioIoHandler.newFactory();
            case KQUEUE -> io.netty.channel.kqueue.KQueueIoHandler.newFactory();
        };
    }

    private static Class<? extends ServerSocketChannel> listening(Transport transport) {
        return switch (transport) {
            case IO_URING -> IoUringServerSocketChannel.class;
            case EPOLL -> EpollServerSocketChannel.class;
            case NIO -> NioServerSocketChannel.class;
            case KQUEUE -> io.netty.channel.kqueue.KQueueServerSocketChannel.class;
        };
    }

    private static final class Frames extends SimpleChannelInboundHandler<WebSocketFrame> {
        private final ChannelGroup audience;
        private String path = "";

        private Frames(ChannelGroup audience) {
            this.audience = audience;
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
            if (event instanceof WebSocketServerProtocolHandler.HandshakeComplete done) {
                path = done.requestUri();
                if (path.equals("/broadcast")) audience.add(ctx.channel());
            }
            super.userEventTriggered(ctx, event);
        }

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, WebSocketFrame frame) {
            if (path.equals("/publish")) audience.writeAndFlush(frame.retain());
            else ctx.writeAndFlush(frame.retain());
        }
    }
}
