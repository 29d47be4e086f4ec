package dev.openline.net;

/**
 * What became of a message, as far as this side can know. None of these says that the peer has read it, or that it will: only an answer of
 * the peer does.
 */
public enum SendOutcome {
    /** Every byte was handed to the operating system. It may still be lost with the line. */
    WRITTEN,
    /** The line was over before that was known. The peer may have got all of the message, a part of it, or nothing. */
    LOST,
    /** Nothing of it was taken, because the outbound queue was at its bound; see {@link SendResult#QUEUE_FULL}. */
    QUEUE_FULL,
    /** Nothing of it was taken, because the line was closing or closed; see {@link SendResult#CLOSED}. */
    CLOSED
}
