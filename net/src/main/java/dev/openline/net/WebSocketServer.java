package dev.openline.net;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.SocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.function.Consumer;

/**
 * Listens on a port and holds lines; plain HTTP goes to the same port.
 *
 * <pre>{@code
 * WebSocketServer.listen(o -> o.port(9001).webSocket("/", request -> new WebSocketHandler() {
 *     public void onText(WebSocket line, String text) { line.sendText(text); }
 * }));
 * }</pre>
 */
public final class WebSocketServer implements AutoCloseable {
    /** Connections the kernel may hold ready while the loops are busy; the kernel's own bound may be lower. */
    private static final int BACKLOG = 4096;

    private final EventLoops loops;
    private final boolean ownsLoops;
    private final Channel listening;

    private WebSocketServer(EventLoops loops, boolean ownsLoops, Channel listening) {
        this.loops = loops;
        this.ownsLoops = ownsLoops;
        this.listening = listening;
    }

    /**
     * Opens the port and starts serving.
     *
     * @throws IOException if the port can't be opened, with a sentence that says why
     * @throws IllegalArgumentException for an option out of its bounds
     */
    public static WebSocketServer listen(Consumer<ServerOptions> configure) throws IOException {
        ServerOptions options = new ServerOptions();
        configure.accept(options);
        EventLoops shared = options.sharedLoops();
        EventLoops loops = shared != null
                ? shared
                : EventLoops.start(options.transport(), Runtime.getRuntime().availableProcessors());
        ChannelFuture bound =
                bootstrap(loops, options).bind(options.host(), options.port()).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            if (shared == null) loops.close();
            throw cannotListen(options, bound.cause());
        }
        return new WebSocketServer(loops, shared == null, bound.channel());
    }

    private static ServerBootstrap bootstrap(EventLoops loops, ServerOptions options) {
        LineOptions line = options.line();
        return new ServerBootstrap()
                .group(loops.group())
                .channel(loops.transport().listening())
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .childOption(
                        ChannelOption.WRITE_BUFFER_WATER_MARK,
                        new WriteBufferWaterMark(line.writableLowBytes(), line.writableHighBytes()))
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        HttpFront.install(channel, options);
                    }
                });
    }

    private static IOException cannotListen(ServerOptions options, Throwable cause) {
        String where = options.host() + ":" + options.port();
        String said = String.valueOf(cause.getMessage());
        if (said.contains("Address already in use") || said.contains("EADDRINUSE")) {
            return new IOException("port " + options.port() + " on " + options.host() + " is already in use", cause);
        }
        return new IOException("cannot listen on " + where + ": " + said, cause);
    }

    /** The port that is open, also when any free one was asked for. */
    public int port() {
        return address().getPort();
    }

    /** The address that is listened on. */
    public InetSocketAddress address() {
        return (InetSocketAddress) listening.localAddress();
    }

    /** The loops that carry this server's lines. */
    public EventLoops loops() {
        return loops;
    }

    /** Closes the port; lines on shared loops stay open, those on the server's own loops are cut. */
    @Override
    public void close() {
        listening.close().awaitUninterruptibly();
        if (ownsLoops) loops.close();
    }
}
