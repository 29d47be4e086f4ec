package dev.openline.net;

/** What became of a message handed to {@link WebSocket#send}: an answer, never an exception, because a full or closed line is ordinary. */
public enum SendResult {
    /** The message is on its way, in the order of the calls. It may still be lost with the line. */
    ACCEPTED,
    /** The outbound queue is at its bound ({@code maxQueuedBytes}); nothing of this message was taken. Wait for {@link WebSocketHandler#onWritable}. */
    QUEUE_FULL,
    /** The line is closing or closed; nothing of this message was taken. */
    CLOSED
}
