package dev.openline.wire;

/** The two kinds of message an application exchanges (RFC 6455 §5.6). */
public enum MessageKind {
    /** UTF-8 text; checked when received, the caller's duty when sent. */
    TEXT,
    /** Any bytes. */
    BINARY
}
