package dev.openline.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A frame as one line for a human: {@code > TEXT "hello" [5 bytes]}, {@code < CLOSE 1001 going away}. A compressed message shows what
 * it says when one frame holds it: {@code < TEXT "hello hello …" [1024 bytes, deflated to 23]}; its pieces show their bytes.
 *
 * @param direction who it came from
 * @param head what it says about itself
 * @param preview its payload as {@link #preview} shows it; may be empty
 */
public record FrameLine(Direction direction, FrameHead head, String preview) {
    /** Which way a frame went. */
    public enum Direction {
        /** From this end. */
        SENT(">"),
        /** From the peer. */
        RECEIVED("<");

        private final String arrow;

        Direction(String arrow) {
            this.arrow = arrow;
        }
    }

    /** Characters of payload a preview shows at most. */
    public static final int PREVIEW_CHARS = 64;

    /** The line of a frame that was sent. */
    public static FrameLine sent(FrameHead head, String preview) {
        return new FrameLine(Direction.SENT, head, preview);
    }

    /** The line of a frame that was received. */
    public static FrameLine received(FrameHead head, String preview) {
        return new FrameLine(Direction.RECEIVED, head, preview);
    }

    /** The beginning of a text payload in quotes, with control characters escaped; not consumed. */
    public static String textPreview(ByteBuffer payload) {
        ByteBuffer start = payload.duplicate();
        start.limit(start.position() + Math.min(start.remaining(), 4 * PREVIEW_CHARS + 1));
        String text = StandardCharsets.UTF_8.decode(start).toString();
        int end = end(text);
        return '"' + harmless(text.substring(0, end)) + (end < text.length() ? "\"…" : "\"");
    }

    /** The beginning of a binary payload in hexadecimal; not consumed. */
    public static String binaryPreview(ByteBuffer payload) {
        int shown = Math.min(payload.remaining(), PREVIEW_CHARS / 2);
        StringBuilder hex = new StringBuilder(PREVIEW_CHARS + 1);
        for (int i = 0; i < shown; i++) {
            hex.append(String.format("%02x", payload.get(payload.position() + i)));
        }
        return hex.append(shown < payload.remaining() ? "…" : "").toString();
    }

    /** What a frame of this type shows of its payload; continuations are shown as bytes. */
    static String preview(FrameType type, ByteBuffer payload) {
        return switch (type) {
            case TEXT -> textPreview(payload);
            case CLOSE -> payload.remaining() < 2 ? "" : closePreview(payload);
            case CONTINUATION, BINARY, PING, PONG -> binaryPreview(payload);
        };
    }

    private static String closePreview(ByteBuffer payload) {
        ByteBuffer reason = payload.duplicate().order(ByteOrder.BIG_ENDIAN);
        int code = reason.getShort() & 0xffff;
        String text = StandardCharsets.UTF_8.decode(reason).toString();
        int end = end(text);
        return (code + " " + harmless(text.substring(0, end))).trim() + (end < text.length() ? "…" : "");
    }

    /** Where a preview of a text ends: between two characters. */
    private static int end(String text) {
        return text.codePointCount(0, text.length()) <= PREVIEW_CHARS
                ? text.length()
                : text.offsetByCodePoints(0, PREVIEW_CHARS);
    }

    /** A peer's text must not begin lines of its own in a log, nor talk to the terminal. */
    private static String harmless(String text) {
        StringBuilder shown = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            if (Character.isISOControl(c) || isLayout(c)) {
                shown.append(String.format("\\u%04x", c));
            } else {
                shown.appendCodePoint(c);
            }
        });
        return shown.toString();
    }

    /** Line ends beyond ASCII, and what turns the reading direction of the rest of a line around. */
    private static boolean isLayout(int c) {
        return c >= 0x2028 && c <= 0x202e || c >= 0x2066 && c <= 0x2069 || c == 0x200e || c == 0x200f;
    }

    @Override
    public String toString() {
        StringBuilder line = new StringBuilder(direction.arrow).append(' ').append(head.type());
        if (!preview.isEmpty()) {
            line.append(' ').append(preview);
        }
        if (head.type() == FrameType.CLOSE) {
            return line.toString();
        }
        line.append(" [").append(head.shownBytes()).append(head.shownBytes() == 1 ? " byte" : " bytes");
        if (head.deflated()) {
            line.append(", deflated");
            if (head.fragment() == Fragment.WHOLE) {
                line.append(" to ").append(head.payloadBytes());
            }
        }
        if (head.fragment() != Fragment.WHOLE) {
            line.append(", ")
                    .append(
                            switch (head.fragment()) {
                                case FIRST -> "first piece";
                                case MIDDLE -> "next piece";
                                case LAST, WHOLE -> "last piece";
                            });
        }
        return line.append(']').toString();
    }
}
