package dev.openline.net;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.SocketChannel;
import java.net.URI;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * Dials servers. One client opens any number of lines; it does not redial by itself.
 *
 * <pre>{@code
 * try (var client = WebSocketClient.create(o -> {})) {
 *     client.dial(URI.create("ws://localhost:9001/"), handler).toCompletableFuture().join().sendText("hello");
 * }
 * }</pre>
 */
public final class WebSocketClient implements AutoCloseable {
    private final ClientOptions options;
    private final EventLoops loops;

    private WebSocketClient(ClientOptions options) {
        this.options = options;
        EventLoops shared = options.sharedLoops();
        this.loops = shared != null ? shared : EventLoops.start(Transport.fastest(), 1);
    }

    public static WebSocketClient create(Consumer<ClientOptions> configure) {
        ClientOptions options = new ClientOptions();
        configure.accept(options);
        return new WebSocketClient(options);
    }

    /**
     * Opens a line. Does not block; the stage completes on the line's event loop, after {@link WebSocketHandler#onOpen}, or fails with
     * {@link DialFailed}; then the handler has heard nothing.
     *
     * @param address {@code ws://host[:port][/path][?query]}
     * @throws IllegalArgumentException for any other kind of address
     */
    public CompletionStage<WebSocket> dial(URI address, WebSocketHandler handler) {
        String host = address.getHost();
        if (!"ws".equalsIgnoreCase(address.getScheme()) || host == null) {
            throw new IllegalArgumentException(
                    "'" + address + "' is not of the form ws://host[:port][/path] (wss:// is not supported yet)");
        }
        CompletableFuture<WebSocket> opened = new CompletableFuture<>();
        HttpDial dial = new HttpDial(address, options, handler, opened);
        int port = address.getPort() < 0 ? 80 : address.getPort();
        ChannelFuture connecting = bootstrap(dial).connect(plainHost(host), port);
        connecting.addListener(done -> {
            if (!done.isSuccess()) {
                Throwable cause = done.cause();
                opened.completeExceptionally(
                        new DialFailed("cannot connect to " + host + ":" + port + ": " + reason(cause), cause));
            }
        });
        return opened;
    }

    private Bootstrap bootstrap(HttpDial dial) {
        LineOptions line = options.line();
        return new Bootstrap()
                .group(loops.group())
                .channel(loops.transport().dialling())
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int)
                        Math.min(Integer.MAX_VALUE, options.dialTimeout().toMillis()))
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .option(
                        ChannelOption.WRITE_BUFFER_WATER_MARK,
                        new WriteBufferWaterMark(line.writableLowBytes(), line.writableHighBytes()))
                .handler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        dial.install(channel);
                    }
                });
    }

    private static String plainHost(String host) {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    private static String reason(Throwable cause) {
        if (cause instanceof java.net.UnknownHostException) return "no such host";
        if (cause instanceof java.net.ConnectException refused
                && String.valueOf(refused.getMessage()).contains("refused")) {
            return "connection refused";
        }
        return String.valueOf(cause.getMessage());
    }

    /** The loops that carry this client's lines. */
    public EventLoops loops() {
        return loops;
    }

    /** Ends the client's own loops, cutting its lines; lines on shared loops stay open. */
    @Override
    public void close() {
        if (options.sharedLoops() == null) loops.close();
    }
}
