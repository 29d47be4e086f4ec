package dev.openline.wire;

/**
 * Hears of every frame, for a wire log that somebody asked for: previews show payloads, so a tap is never attached on
 * its own account. Frames written past the wire, as by {@link Frames}, are not heard. Called on the driver's thread.
 */
public interface FrameTap {
    /** A frame was written; the preview is as {@link FrameLine#preview} makes it. */
    void frameSent(FrameHead head, String payloadPreview);

    /** A valid frame came whole; called before the wire acts on it. */
    void frameReceived(FrameHead head, String payloadPreview);
}
