package dev.openline.net;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.proxy.ProxyConnectException;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to open a line: prepare the plan, look the name up, connect, and hand over to {@link HttpDial} for the upgrade.
 *
 * <p>Two laws. One deadline covers all of it, whichever step hangs. And it ends exactly once, by {@link #opened}: however that is completed,
 * by a step that failed, the deadline or the caller who cancels it, a connection that is not a line by then is closed.
 */
final class Dial extends LineClock.Timed {
    private final ClientOptions options;
    private final ClientTls tls;
    private final EventLoops loops;
    private final EventLoop loop;
    private final WebSocketHandler handler;
    private final CompletableFuture<WebSocket> opened = new CompletableFuture<>();
    private final long deadline;

    // From here on for the loop only.

    private DialFailed.Step step = DialFailed.Step.PREPARE;
    private DialPlan plan;

    /** The connection of the address that is tried now. */
    private @Nullable Channel channel;

    Dial(WebSocketClient client, DialPlan plan, EventLoop loop, WebSocketHandler handler) {
        this.plan = plan;
        this.options = client.options();
        this.tls = client.tls();
        this.loops = client.loops();
        this.loop = loop;
        this.handler = handler;
        this.deadline = Surroundings.nanoTime() + options.dialTimeout().toNanos();
    }

    /** Begins; the stage completes on the loop, after the handler's {@code onOpen}, or fails with {@link DialFailed}. */
    CompletableFuture<WebSocket> begin() {
        opened.whenComplete((line, failure) -> onLoop(() -> over(failure)));
        onLoop(() -> {
            LineClock.of(loop).watch(this);
            prepare();
        });
        return opened;
    }

    private void onLoop(Runnable task) {
        if (loop.inEventLoop()) {
            task.run();
            return;
        }
        try {
            loop.execute(task);
        } catch (RejectedExecutionException ended) {
            fail("cannot dial " + where() + ": the event loops have ended", ended);
        }
    }

    private void over(@Nullable Throwable failure) {
        LineClock.of(loop).unwatch(this);
        Channel connection = channel;
        if (failure != null && connection != null) connection.close();
    }

    @Override
    long nextDeadline() {
        return opened.isDone() ? Long.MAX_VALUE : deadline;
    }

    @Override
    void onTime(long nowNanos) {
        long millis = options.dialTimeout().toMillis();
        fail(
                switch (step) {
                    case PREPARE -> "the dial to " + where() + " was not prepared within " + millis + " ms";
                    case LOOKUP -> "no address for " + nameToLookUp() + " within " + millis + " ms";
                    case PROXY -> "no answer from the proxy " + options.proxy() + " within " + millis + " ms";
                    case CONNECT, UPGRADE -> "no answer from " + where() + " within " + millis + " ms";
                },
                null);
    }

    // --- the steps ---

    private void prepare() {
        CompletionStage<DialPlan> prepared;
        try {
            prepared = options.prepared(plan);
        } catch (RuntimeException fault) {
            notPrepared(fault);
            return;
        }
        prepared.whenComplete((ready, fault) -> onLoop(() -> {
            if (fault != null) notPrepared(fault);
            else lookUp(ready);
        }));
    }

    private void notPrepared(Throwable fault) {
        Throwable cause = fault instanceof CompletionException && fault.getCause() != null ? fault.getCause() : fault;
        fail("the dial to " + where() + " could not be prepared: " + cause.getMessage(), cause);
    }

    private void lookUp(DialPlan ready) {
        if (opened.isDone()) return;
        if (ready.isSecure() != plan.isSecure()) {
            // To wss: the trust anchors would be read on the loop; to ws: a slip would send the token in the clear.
            fail(
                    "the dial to " + where() + " could not be prepared: a plan must not change between ws: and wss:",
                    null);
            return;
        }
        plan = ready;
        step = DialFailed.Step.LOOKUP;
        options.names()
                .lookUp(nameToLookUp())
                .whenComplete((addresses, fault) -> onLoop(() -> {
                    if (fault != null) fail("cannot connect to " + first() + ": " + reason(fault), fault);
                    else connect(addresses, 0);
                }));
    }

    /** Tries one address after the other, each with an equal share of the time that is left. */
    private void connect(List<InetAddress> addresses, int index) {
        if (opened.isDone()) return;
        step = DialFailed.Step.CONNECT;
        long left = TimeUnit.NANOSECONDS.toMillis(deadline - Surroundings.nanoTime());
        long share = Math.max(1, left / (addresses.size() - index));
        HttpDial upgrade = new HttpDial(this);
        Proxy proxy = options.proxy();
        ChannelFuture connecting = proxy == null
                ? bootstrap(share, upgrade::install)
                        .connect(new InetSocketAddress(addresses.get(index), port(plan.address())))
                : throughProxy(proxy, new InetSocketAddress(addresses.get(index), proxy.port()), share, upgrade);
        channel = connecting.channel();
        connecting.addListener(done -> {
            if (done.isSuccess()) step = proxy == null ? DialFailed.Step.UPGRADE : DialFailed.Step.PROXY;
            else if (index + 1 < addresses.size()) connect(addresses, index + 1);
            else fail("cannot connect to " + first() + ": " + reason(done.cause()), done.cause());
        });
    }

    private ChannelFuture throughProxy(Proxy proxy, InetSocketAddress at, long share, HttpDial upgrade) {
        return bootstrap(share, to -> {
                    upgrade.install(to);
                    ProxyStep.install(proxy, at, to.pipeline()).connectFuture().addListener(done -> {
                        if (done.isSuccess()) step = DialFailed.Step.UPGRADE;
                    });
                })
                .connect(server());
    }

    /** Unresolved, unless it is written as an address: the proxy looks it up. */
    private InetSocketAddress server() {
        String host = plain(plan.address().getHost());
        int port = port(plan.address());
        return NetUtil.createByteArrayFromIpAddressString(host) == null
                ? InetSocketAddress.createUnresolved(host, port)
                : new InetSocketAddress(host, port);
    }

    private Bootstrap bootstrap(long timeoutMillis, Consumer<SocketChannel> installer) {
        LineOptions line = options.line();
        Bootstrap bootstrap = new Bootstrap()
                .group(loop)
                .disableResolver()
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) Math.min(Integer.MAX_VALUE, timeoutMillis))
                .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .option(
                        ChannelOption.WRITE_BUFFER_WATER_MARK,
                        new WriteBufferWaterMark(line.writableLowBytes(), line.writableHighBytes()))
                .handler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel connection) {
                        if (plan.isSecure()) {
                            tls.install(connection, plain(plan.address().getHost()), port(plan.address()));
                        }
                        installer.accept(connection);
                    }
                });
        loops.apply(bootstrap);
        return bootstrap;
    }

    // --- for the upgrade ---

    DialPlan plan() {
        return plan;
    }

    ClientOptions options() {
        return options;
    }

    WebSocketHandler handler() {
        return handler;
    }

    /** Whether the server's answer is waited for. */
    boolean isUpgrading() {
        return step == DialFailed.Step.UPGRADE && !opened.isDone();
    }

    void succeed(WebSocket line) {
        if (!opened.complete(line)) line.abort();
    }

    /** Ends the attempt with this sentence, unless it is over. */
    void fail(String sentence, @Nullable Throwable cause) {
        fail(new DialFailed(step, sentence, cause));
    }

    /** The connection failed under way. */
    void broke(Throwable cause) {
        Proxy proxy = options.proxy();
        if (proxy != null && cause instanceof ProxyConnectException) fail(ProxyStep.failure(proxy, where(), cause));
        else fail("the connection to " + first() + " broke: " + cause.getMessage(), cause);
    }

    void fail(DialFailed why) {
        opened.completeExceptionally(why);
    }

    /** The server for people: no path and no query, which may hold a token. */
    String where() {
        return plan.address().getRawAuthority();
    }

    /** Whom the connection is to: the server, or the proxy before it. */
    private String first() {
        Proxy proxy = options.proxy();
        return proxy == null ? where() : "the proxy " + proxy;
    }

    private String nameToLookUp() {
        Proxy proxy = options.proxy();
        return plain(proxy == null ? plan.address().getHost() : proxy.host());
    }

    private static String plain(String host) {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    static int port(URI address) {
        if (address.getPort() >= 0) return address.getPort();
        return "wss".equalsIgnoreCase(address.getScheme()) ? 443 : 80;
    }

    private static String reason(Throwable cause) {
        if (cause instanceof java.net.UnknownHostException) return "no such host";
        String said = String.valueOf(cause.getMessage());
        if (cause instanceof io.netty.channel.ConnectTimeoutException) return "no answer in time";
        if (cause instanceof java.net.ConnectException && said.contains("refused")) return "connection refused";
        return said;
    }
}
