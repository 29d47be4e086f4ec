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
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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

    private static final Logger log = LoggerFactory.getLogger(WebSocketServer.class);
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(2);

    private final EventLoops loops;
    private final boolean ownsLoops;
    private final Channel listening;
    private final Admission admission;
    private final Duration drainNotice;
    private final @Nullable ServerTls tls;
    private @Nullable Drain drain;

    // More than 4 parameters because a server is these five things.
    private WebSocketServer(
            EventLoops loops, Channel listening, Admission admission, ServerOptions options, @Nullable ServerTls tls) {
        this.loops = loops;
        this.ownsLoops = options.sharedLoops() == null;
        this.listening = listening;
        this.admission = admission;
        this.drainNotice = options.drainNotice();
        this.tls = tls;
    }

    /**
     * Opens the port and starts serving.
     *
     * @throws IOException if the port can't be opened or a file of {@link ServerOptions#tls} is no good, with a sentence that says why
     * @throws IllegalArgumentException for an option out of its bounds
     */
    public static WebSocketServer listen(Consumer<ServerOptions> configure) throws IOException {
        ServerOptions options = new ServerOptions();
        configure.accept(options);
        TlsOptions secured = options.tls();
        ServerTls tls = secured == null ? null : ServerTls.load(secured);
        EventLoops shared = options.sharedLoops();
        EventLoops loops = shared != null
                ? shared
                : EventLoops.start(options.transport(), Runtime.getRuntime().availableProcessors());
        Admission admission = new Admission(options, loops);
        ChannelFuture bound =
                loops.await(bootstrap(loops, options, admission, tls).bind(options.host(), options.port()));
        if (!bound.isSuccess()) {
            if (shared == null) loops.close();
            if (tls != null) tls.close();
            throw cannotListen(options, bound.cause());
        }
        if (tls != null) tls.watch();
        return new WebSocketServer(loops, bound.channel(), admission, options, tls);
    }

    private static ServerBootstrap bootstrap(
            EventLoops loops, ServerOptions options, Admission admission, @Nullable ServerTls tls) {
        LineOptions line = options.line();
        // Netty turns Nagle's algorithm off by itself; asking for it would be one more system call for each connection.
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loops.group())
                .handler(new Doorkeeper())
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .childOption(
                        ChannelOption.WRITE_BUFFER_WATER_MARK,
                        new WriteBufferWaterMark(line.writableLowBytes(), line.writableHighBytes()))
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        Seat seat = admission.enter(channel);
                        if (seat == null) return;
                        ProxyHeader.install(channel, options);
                        if (tls == null) HttpFront.install(channel, options, seat);
                        else TlsFront.install(channel, options, seat, tls);
                    }
                });
        loops.apply(bootstrap);
        return bootstrap;
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

    Admission admission() {
        return admission;
    }

    /** Connections that are open, lines and plain HTTP; those that are only being refused are not counted. */
    public int connections() {
        return admission.connections();
    }

    /**
     * Goes away without a spike. {@linkplain ServerOptions#readiness Readiness} goes off at once and, after {@link ServerOptions#drainNotice},
     * the port is closed; answers to plain requests are then the last of their connections. Each line hears {@link
     * WebSocketHandler#onGoingAway}, which closes it with 1001: a few at a time, jittered, spread over three quarters of the time at most
     * and at no less than a hundred a second. What is left when the time is over is cut. Then the server's own loops end.
     *
     * <p>A second call changes nothing; {@link #close} cuts it short.
     *
     * @param within how long all of it may take
     * @return done when no connection is left
     * @throws IllegalArgumentException if the time is not positive
     */
    public CompletableFuture<Drained> drain(Duration within) {
        if (within.isNegative() || within.isZero()) {
            throw new IllegalArgumentException("a drain within " + within + " is no drain: close() is");
        }
        Duration longest = within.dividedBy(2);
        return begin(within, drainNotice.compareTo(longest) < 0 ? drainNotice : longest)
                .done();
    }

    /** Whether a drain has begun, or the server was closed. */
    public synchronized boolean isGoingAway() {
        return drain != null;
    }

    private synchronized Drain begin(Duration within, Duration notice) {
        Drain going = drain;
        if (going != null) return going;
        going = new Drain(admission, listening, within);
        drain = going;
        going.begin(notice);
        if (ownsLoops) going.done().thenRun(loops::end);
        if (tls != null) going.done().thenRun(tls::close);
        return going;
    }

    /**
     * Reads the files of {@link ServerOptions#tls} again. New connections get the new certificate, open lines live on with the old one.
     * Blocks while it reads.
     *
     * @throws IOException if the files are no good, with a sentence that says why; the certificate stays as it was
     * @throws IllegalStateException if the server speaks no TLS
     */
    public void reloadTls() throws IOException {
        if (tls == null) throw new IllegalStateException("this server speaks no TLS");
        tls.reload();
    }

    /**
     * Closes the port, says 1001 on every line and ends it without waiting for an answer; ends the server's own loops. Waits for it at most
     * a few seconds, and not at all on a loop of its own. {@link #drain} is the kinder way.
     */
    @Override
    public void close() {
        Drain going = begin(CLOSE_WITHIN, Duration.ZERO);
        going.cutNow();
        if (loops.current() >= 0) {
            if (ownsLoops) going.done().thenRun(loops::end);
            return;
        }
        try {
            going.done().get(CLOSE_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException late) {
            log.warn("connections are still open after {}", CLOSE_WITHIN);
        }
        if (ownsLoops) loops.close();
    }
}
