package dev.openline.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.DefaultHttp2WindowUpdateFrame;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection that speaks HTTP/2 (RFC 9113, and RFC 8441 for lines): keeps its streams, each of which is one request or one line, and
 * ends it when it has had none for a while. Requests are read by {@link StreamFront}.
 *
 * <p>A line that isn't read, by us or by the peer, must not hold up the others. So a peer may send each stream a window of data and all of
 * them together as much as all windows take: the window of the connection never closes before those of the streams do.
 */
final class Http2Front extends LineClock.Timed implements Seat.Occupant {
    private static final Logger log = LoggerFactory.getLogger(WebSocketServer.class);

    /** What a peer may send on one stream before we have taken it; RFC 9113 §6.9.2 begins with that. */
    private static final int STREAM_WINDOW_BYTES = 65_535;

    /** Streams that the peer may reset, or make us reset, in {@value #RESET_SECONDS} seconds (CVE-2023-44487, CVE-2025-8671). */
    private static final int MAX_RESETS = 200;

    private static final int RESET_SECONDS = 30;

    /** Answers to pings and settings that may wait for a peer that asks and doesn't read. */
    private static final int MAX_QUEUED_CONTROL_FRAMES = 1_000;

    /** Frames that carry nothing, and end nothing, one after the other. */
    private static final int MAX_EMPTY_FRAMES = 10;

    /** Pieces of one head that are too small to come near its bound (CVE-2024-27316). */
    private static final int MAX_SMALL_CONTINUATIONS = 16;

    private final ServerOptions options;
    private final Seat seat;
    private final SocketChannel channel;
    private final int maxStreams;
    private final Set<Channel> streams = new HashSet<>();
    private long deadline;
    private boolean leaving;

    /** Of request bodies that have not come whole, on all streams together. */
    private int unfinishedBytes;

    /** Lines it carries; the connection itself counts for the first of them. */
    private int lines;

    /** Those for the network that the connection counts for; again it counts for the first of them. */
    private int ownLines;

    private Http2Front(ServerOptions options, Seat seat, SocketChannel channel, long deadline) {
        this.options = options;
        this.seat = seat;
        this.channel = channel;
        this.deadline = deadline;
        this.maxStreams = options.maxStreamsPerConnection();
    }

    /** The first request must have come by the deadline, a time of {@link Surroundings#nanoTime}. */
    static void install(SocketChannel channel, ServerOptions options, Seat seat, long deadline) {
        Http2Front front = new Http2Front(options, seat, channel, deadline);
        Http2Settings settings = new Http2Settings()
                .connectProtocolEnabled(true)
                .maxConcurrentStreams(front.maxStreams)
                .initialWindowSize(STREAM_WINDOW_BYTES)
                .maxHeaderListSize(options.maxHttpHeaderBytes());
        channel.pipeline()
                .addLast(
                        "http2",
                        Http2FrameCodecBuilder.forServer()
                                .initialSettings(settings)
                                .decoderEnforceMaxRstFramesPerWindow(MAX_RESETS, RESET_SECONDS)
                                .encoderEnforceMaxRstFramesPerWindow(MAX_RESETS, RESET_SECONDS)
                                .encoderEnforceMaxQueuedControlFrames(MAX_QUEUED_CONTROL_FRAMES)
                                .decoderEnforceMaxConsecutiveEmptyDataFrames(MAX_EMPTY_FRAMES)
                                .decoderEnforceMaxSmallContinuationFrames(MAX_SMALL_CONTINUATIONS)
                                .gracefulShutdownTimeoutMillis(0)
                                .build());
        channel.pipeline().addLast("streams", new Http2MultiplexHandler(new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel stream) {
                front.opened(stream);
            }
        }));
        channel.pipeline().addLast("front", front);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        LineClock.of(channel.eventLoop()).watch(this);
        int more = (maxStreams - 1) * STREAM_WINDOW_BYTES;
        if (more > 0) ctx.writeAndFlush(new DefaultHttp2WindowUpdateFrame(more));
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        LineClock.of(channel.eventLoop()).unwatch(this);
    }

    private void opened(Channel stream) {
        LineOptions line = options.line();
        stream.config()
                .setWriteBufferWaterMark(new WriteBufferWaterMark(line.writableLowBytes(), line.writableHighBytes()));
        streams.add(stream);
        stream.closeFuture().addListener(closed -> left(stream));
        stream.pipeline().addLast("front", new StreamFront(options, seat, this));
    }

    private void left(Channel stream) {
        streams.remove(stream);
        if (!streams.isEmpty() || !channel.isActive()) return;
        deadline = Surroundings.nanoTime() + options.keepAliveTimeout().toNanos();
        LineClock.of(channel.eventLoop()).watch(this);
        if (leaving) channel.close();
    }

    /** Whether so many bytes of an unfinished request may be kept; all streams of a connection share what one request may have. */
    boolean keep(int bytes) {
        if (unfinishedBytes + bytes > options.maxHttpBodyBytes()) return false;
        unfinishedBytes += bytes;
        return true;
    }

    void give(int bytes) {
        unfinishedBytes -= bytes;
    }

    /**
     * A line that is asked for on a stream counts as one on a connection of its own would, from now until its stream has closed.
     *
     * @param client whose line it is: the peer, or whom a trusted proxy names
     * @return why it may not come in, or null
     */
    @Nullable
    String carries(Channel stream, @Nullable InetAddress client) {
        Admission admission = seat.admission();
        Network from = admission.counted(client);
        boolean own = from.equals(seat.network());
        boolean covered = own && ownLines == 0;
        if (lines > 0 && !admission.addFurtherLine()) return Admission.MAX_CONNECTIONS_ARE_OPEN;
        if (!covered && !admission.addresses().add(from)) {
            if (lines > 0) admission.removeFurtherLine();
            return "maxConnectionsPerAddress are open";
        }
        lines++;
        if (own) ownLines++;
        stream.closeFuture().addListener(closed -> {
            if (--lines > 0) admission.removeFurtherLine();
            if (own) ownLines--;
            if (!own || ownLines > 0) admission.addresses().remove(from);
        });
        return null;
    }

    @Override
    long nextDeadline() {
        return streams.isEmpty() ? deadline : Long.MAX_VALUE;
    }

    @Override
    void onTime(long nowNanos) {
        log.debug("closed the connection of {}: it has no streams", channel.remoteAddress());
        channel.close();
    }

    // --- from the server, when it goes away
    // --------------------------------------------------------------------------------------

    @Override
    public void leave() {
        leaving = true;
        channel.pipeline().writeAndFlush(new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR));
        if (streams.isEmpty()) channel.close();
        for (Seat.Occupant occupant : occupants()) occupant.leave();
    }

    @Override
    public void cut(String why) {
        for (Seat.Occupant occupant : occupants()) occupant.cut(why);
        channel.close();
    }

    /** A copy, because who leaves is taken out. */
    private List<Seat.Occupant> occupants() {
        List<Seat.Occupant> all = new ArrayList<>(streams.size());
        for (Channel stream : streams) {
            Seat.Occupant occupant = stream.pipeline().get(Seat.Occupant.class);
            if (occupant != null) all.add(occupant);
        }
        return all;
    }

    // --- what concerns the connection
    // --------------------------------------------------------------------------------------------

    /** Settings, pings and goodbyes of the peer: the codec has acted on them. */
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ReferenceCountUtil.release(message);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        log.debug("connection of {} broke: {}", channel.remoteAddress(), cause.toString());
        // For a rule of HTTP/2 that the peer broke, the codec says goodbye with the code of that rule, and closes.
        if (Http2CodecUtil.getEmbeddedHttp2Exception(cause) == null) ctx.close();
    }
}
