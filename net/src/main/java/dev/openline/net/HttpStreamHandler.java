package dev.openline.net;

/**
 * Hears what becomes of the answer that it streams, see {@link HttpResponse#stream}. All calls for one stream come from the connection's event
 * loop, one after another and never inside of one another; they must not block. An exception thrown here aborts that stream and nothing else.
 *
 * <p>A handler that was given as an answer hears {@link #onOpen} once, and then {@link #onClosed} once and last, whatever happens.
 */
@FunctionalInterface
public interface HttpStreamHandler {
    /**
     * The head of the answer is on its way: the body may be written from now. There are streams without a body, which are closed at once and
     * take nothing: the answer to a HEAD, and those whose peer has left, or whom the server had to refuse, while the answer was made.
     */
    void onOpen(HttpStream stream);

    /** The queue has drained below its low mark, or has room again after a write was refused with {@link SendResult#QUEUE_FULL}. */
    default void onWritable(HttpStream stream) {}

    /**
     * The server is {@linkplain WebSocketServer#drain going away} and it is this stream's turn to leave. By default the body ends here; what
     * has not ended when the time is over is cut.
     */
    default void onGoingAway(HttpStream stream) {
        stream.end();
    }

    /**
     * The stream is over and takes nothing more: all of it was handed to the operating system after {@link HttpStream#end}, it was aborted, or
     * the peer has left.
     */
    default void onClosed(HttpStream stream) {}
}
