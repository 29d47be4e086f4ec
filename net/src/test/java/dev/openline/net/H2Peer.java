package dev.openline.net;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.DefaultHttp2WindowUpdateFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2SettingsFrame;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayOutputStream;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A client of HTTP/2 over TLS, frame by frame. Every wait gives up after ten seconds. */
final class H2Peer implements AutoCloseable {
    final CompletableFuture<Http2Settings> settings = new CompletableFuture<>();
    final CompletableFuture<Http2Error> goAway = new CompletableFuture<>();
    private final MultiThreadIoEventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    final Channel connection;

    H2Peer(int port, Certificates certificates) throws Exception {
        SslContext tls = SslContextBuilder.forClient()
                .sslProvider(SslProvider.JDK)
                .trustManager(certificates.authority().getRootCertificate())
                .applicationProtocolConfig(new ApplicationProtocolConfig(
                        ApplicationProtocolConfig.Protocol.ALPN,
                        ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                        ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                        "h2"))
                .build();
        connection = new Bootstrap()
                .group(loop)
                .channel(NioSocketChannel.class)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline()
                                .addLast(tls.newHandler(channel.alloc(), "localhost", port))
                                .addLast(Http2FrameCodecBuilder.forClient()
                                        // So that the server's limits are met, not our own.
                                        .encoderIgnoreMaxHeaderListSize(true)
                                        .encoderEnforceMaxConcurrentStreams(false)
                                        .build())
                                .addLast(new Http2MultiplexHandler(new ChannelInboundHandlerAdapter()))
                                .addLast(new Connection());
                    }
                })
                .connect("127.0.0.1", port)
                .sync()
                .channel();
    }

    private final class Connection extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            if (message instanceof Http2SettingsFrame frame) settings.complete(frame.settings());
            if (message instanceof Http2GoAwayFrame frame) goAway.complete(Http2Error.valueOf(frame.errorCode()));
            ReferenceCountUtil.release(message);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }

    Stream open(Http2Headers headers, boolean ends) throws Exception {
        settings.get(10, TimeUnit.SECONDS);
        Stream stream = new Stream();
        stream.channel = new Http2StreamChannelBootstrap(connection)
                .handler(stream)
                .open()
                .get(10, TimeUnit.SECONDS);
        stream.channel
                .writeAndFlush(new DefaultHttp2HeadersFrame(headers, ends))
                .await(10, TimeUnit.SECONDS);
        return stream;
    }

    /** Frames byte by byte, on the connection; lost when it has ended. */
    void raw(byte[] frames) {
        ChannelHandlerContext codec = connection.pipeline().context(Http2FrameCodec.class);
        if (codec != null) codec.writeAndFlush(Unpooled.wrappedBuffer(frames));
    }

    /** Lets the server send more than the first window on all streams together, as browsers do. */
    void widen() {
        connection.writeAndFlush(new DefaultHttp2WindowUpdateFrame(16 << 20));
    }

    static Http2Headers connect(String path) {
        return new DefaultHttp2Headers()
                .method("CONNECT")
                .scheme("https")
                .authority("localhost")
                .path(path)
                .add(":protocol", "websocket")
                .add("sec-websocket-version", "13");
    }

    static Http2Headers get(String path) {
        return new DefaultHttp2Headers()
                .method("GET")
                .scheme("https")
                .authority("localhost")
                .path(path);
    }

    /** A line on {@code /}, open. */
    Stream line() throws Exception {
        Stream stream = open(connect("/"), false);
        String status = String.valueOf(stream.head().status());
        if (!status.equals("200")) throw new AssertionError("no line: " + status);
        return stream;
    }

    @Override
    public void close() {
        connection.close().awaitUninterruptibly(10, TimeUnit.SECONDS);
        loop.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
    }

    /** One stream, as the client sees it. */
    static final class Stream extends ChannelInboundHandlerAdapter {
        /** Stands in the queue for the server's END_STREAM. */
        private static final byte[] END = {};

        final CompletableFuture<Http2Headers> head = new CompletableFuture<>();
        final CompletableFuture<Http2Error> reset = new CompletableFuture<>();
        private final BlockingQueue<byte[]> data = new LinkedBlockingQueue<>();
        private byte[] current = {};
        private int at;
        Channel channel;

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            boolean ends = false;
            if (message instanceof Http2HeadersFrame frame) {
                head.complete(frame.headers());
                ends = frame.isEndStream();
            } else if (message instanceof Http2DataFrame frame) {
                ByteBuf content = frame.content();
                if (content.isReadable()) data.add(ByteBufUtil.getBytes(content));
                ends = frame.isEndStream();
            }
            if (ends) data.add(END);
            ReferenceCountUtil.release(message);
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof Http2ResetFrame frame) {
                reset.complete(Http2Error.valueOf(frame.errorCode()));
                data.add(END);
            }
        }

        Http2Headers head() throws Exception {
            return head.get(10, TimeUnit.SECONDS);
        }

        int status() throws Exception {
            return Integer.parseInt(head().status().toString());
        }

        Http2Error reset() throws Exception {
            return reset.get(10, TimeUnit.SECONDS);
        }

        Stream say(byte[] bytes) {
            channel.writeAndFlush(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(bytes)));
            return this;
        }

        void end() {
            channel.writeAndFlush(new DefaultHttp2DataFrame(Unpooled.EMPTY_BUFFER, true));
        }

        void cancel() {
            channel.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.CANCEL));
        }

        /** The next byte, or -1 at the end of the stream. */
        private int next() throws InterruptedException {
            while (at == current.length) {
                byte[] more = data.poll(10, TimeUnit.SECONDS);
                if (more == null) throw new AssertionError("no data within ten seconds");
                if (more == END) {
                    data.add(END);
                    return -1;
                }
                current = more;
                at = 0;
            }
            return current[at++] & 0xff;
        }

        boolean isEnded() throws InterruptedException {
            return next() < 0;
        }

        String body() throws InterruptedException {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            for (int b = next(); b >= 0; b = next()) all.write(b);
            return all.toString(java.nio.charset.StandardCharsets.UTF_8);
        }

        RawPeer.Frame frame() throws InterruptedException {
            int first = next();
            int length = next();
            long size = length;
            if (length == 126) size = next() << 8 | next();
            if (length == 127) {
                size = 0;
                for (int i = 0; i < 8; i++) size = size << 8 | next();
            }
            byte[] payload = new byte[(int) size];
            for (int i = 0; i < payload.length; i++) payload[i] = (byte) next();
            return new RawPeer.Frame(first, payload);
        }
    }
}
