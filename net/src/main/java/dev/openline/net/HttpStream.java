package dev.openline.net;

import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The body of an answer that is sent as it comes, for as long as the peer stays. All methods may be called from any thread, and none blocks.
 * What one thread writes leaves in the order of its calls, each write whole and never mixed with another's; a write after another was seen to
 * be done leaves after it.
 *
 * <p>Each write becomes a chunk of its own (HTTP/1.1) or whole DATA (HTTP/2) and leaves with the others of its turn of the event loop. What
 * the peer has not taken is bounded by {@link LineOptions#maxQueuedBytes} of the server's lines. A peer that takes nothing for
 * {@link LineOptions#writeTimeout}, while the stream is not writable or ending, loses its connection, or on HTTP/2 its stream. No other time
 * runs: a stream may be silent for as long as it likes.
 */
public interface HttpStream {
    /** The request that is being answered, without its body: {@link HttpHandler#handle} has had that. */
    HttpRequest request();

    /**
     * Sends what is between the buffer's position and limit. The buffer is copied and its position left alone.
     *
     * @return {@code QUEUE_FULL} if nothing was taken because too much is waiting; {@link HttpStreamHandler#onWritable} tells when there is
     *     room. While the stream is writable a write of any size is taken. {@code CLOSED} after {@link #end} and when the stream is over
     */
    SendResult write(ByteBuffer bytes);

    /**
     * Sends bytes that other streams may be sent too; by reference, the caller keeps its own.
     *
     * @return as for {@link #write(ByteBuffer)}
     */
    SendResult write(SharedBytes bytes);

    /** Whether more should be written: false from the high mark of the queue until it is below the low mark, and when the stream is over. */
    boolean isWritable();

    /** Bytes handed to the operating system, those that frame the body included: while it grows, the peer is reading. */
    long sentBytes();

    /**
     * Ends the body behind what was written. {@link HttpStreamHandler#onClosed} comes when all has been handed to the operating system; the
     * connection then goes on to the peer's next request where it can. A second call changes nothing.
     */
    void end();

    /** Drops what waits and tells the peer that the body is not whole: its connection is closed, or on HTTP/2 its stream reset. */
    void abort();

    /** Runs tasks on the thread that calls this stream's handler. */
    Executor executor();

    /** The other end of the socket, or null once that is closed. Behind a proxy the client is {@code request().remoteAddress()}. */
    @Nullable
    SocketAddress remoteAddress();
}
