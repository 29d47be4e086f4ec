package dev.openline.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * Why a connection ended: a code (RFC 6455 §7.4) and a reason for humans, at most {@value #MAX_REASON_BYTES} bytes of
 * UTF-8 so that both fit a control frame.
 *
 * @param code 1000 to 4999
 * @param reason may be empty
 */
public record CloseStatus(int code, String reason) {
    /** A control frame holds 125 bytes (RFC 6455 §5.5), two of which are the code. */
    public static final int MAX_REASON_BYTES = 123;

    /** Both are done. */
    public static final CloseStatus NORMAL = new CloseStatus(1000, "");
    /** A server going down, or a page navigated away from. */
    public static final CloseStatus GOING_AWAY = new CloseStatus(1001, "");
    /** The peer broke the protocol. */
    public static final CloseStatus PROTOCOL_ERROR = new CloseStatus(1002, "");
    /** A kind of message this end does not take. */
    public static final CloseStatus UNSUPPORTED_DATA = new CloseStatus(1003, "");
    /** The peer's Close carried no code. Never on the wire: sent, it becomes a Close without a payload. */
    public static final CloseStatus NO_STATUS = new CloseStatus(1005, "");
    /** The line ended without a Close from the peer. Never on the wire. */
    public static final CloseStatus ABNORMAL = new CloseStatus(1006, "");
    /** A payload that contradicts its type, such as text that is not UTF-8. */
    public static final CloseStatus INVALID_PAYLOAD = new CloseStatus(1007, "");
    /** The peer broke a rule of this end that no other code names. */
    public static final CloseStatus POLICY_VIOLATION = new CloseStatus(1008, "");
    /** A frame or message over this end's limit. */
    public static final CloseStatus MESSAGE_TOO_BIG = new CloseStatus(1009, "");
    /** A client misses an extension the server should have agreed to. */
    public static final CloseStatus MANDATORY_EXTENSION = new CloseStatus(1010, "");
    /** This end cannot go on. */
    public static final CloseStatus INTERNAL_ERROR = new CloseStatus(1011, "");
    /** The server restarts; a redial is welcome. */
    public static final CloseStatus SERVICE_RESTART = new CloseStatus(1012, "");
    /** The server is overloaded; a redial is welcome later. */
    public static final CloseStatus TRY_AGAIN_LATER = new CloseStatus(1013, "");

    /**
     * @throws IllegalArgumentException when the code is outside 1000 to 4999 or the reason needs more than
     *     {@value #MAX_REASON_BYTES} bytes
     */
    public CloseStatus {
        Objects.requireNonNull(reason, "reason");
        if (code < 1000 || code > 4999) {
            throw new IllegalArgumentException("close code " + code + " is outside 1000 to 4999");
        }
        int bytes = reason.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_REASON_BYTES) {
            throw new IllegalArgumentException(
                    "close reason of " + bytes + " bytes, at most " + MAX_REASON_BYTES + " fit");
        }
    }

    /** The same code with another reason; the reason's bound is checked, see {@link #truncated} to cut instead. */
    public CloseStatus withReason(String reason) {
        return new CloseStatus(code, reason);
    }

    /** A status whose reason is cut, between two characters, to what fits. */
    public static CloseStatus truncated(int code, String reason) {
        int bytes = 0;
        int end = 0;
        while (end < reason.length()) {
            int character = reason.codePointAt(end);
            bytes += utf8Bytes(character);
            if (bytes > MAX_REASON_BYTES) {
                break;
            }
            end += Character.charCount(character);
        }
        return new CloseStatus(code, reason.substring(0, end));
    }

    private static int utf8Bytes(int character) {
        boolean halfPair = character >= Character.MIN_SURROGATE && character <= Character.MAX_SURROGATE;
        if (character < 0x80 || halfPair) {
            return 1; // Half a pair is encoded as a question mark.
        }
        if (character < 0x800) {
            return 2;
        }
        return character < 0x10000 ? 3 : 4;
    }

    /** Whether an endpoint may put this code into a Close frame (RFC 6455 §7.4.1, §7.4.2 and the IANA registry). */
    public static boolean maySend(int code) {
        return code >= 1000 && code <= 1003 || code >= 1007 && code <= 1014 || code >= 3000 && code <= 4999;
    }

    /**
     * Whether a Close frame with this code is valid. The same codes as {@link #maySend}: a code that nobody may send, or
     * that nobody registered, is a violation when it comes.
     */
    public static boolean mayReceive(int code) {
        return maySend(code);
    }

    /** Reads the payload of a Close frame, whose code and reason are checked (RFC 6455 §5.5.1, §7.1.5, §7.1.6). */
    static CloseStatus read(ByteBuffer payload) {
        int bytes = payload.remaining();
        if (bytes == 0) {
            return NO_STATUS;
        }
        int at = payload.position();
        if (bytes == 1) {
            throw new ProtocolViolation(PROTOCOL_ERROR, "RFC 6455 §5.5.1", "close payload of one byte");
        }
        int code = (payload.get(at) & 0xff) << 8 | payload.get(at + 1) & 0xff;
        if (!mayReceive(code)) {
            throw new ProtocolViolation(PROTOCOL_ERROR, "RFC 6455 §7.4", "close code " + code + " must not be sent");
        }
        if (Utf8.check(Utf8.BETWEEN, payload, at + 2, at + bytes) != Utf8.BETWEEN) {
            throw new ProtocolViolation(INVALID_PAYLOAD, "RFC 6455 §5.5.1", "close reason is not UTF-8");
        }
        byte[] reason = new byte[bytes - 2];
        payload.get(at + 2, reason);
        return new CloseStatus(code, new String(reason, StandardCharsets.UTF_8));
    }

    /** The payload of the Close frame that says this; empty for {@link #NO_STATUS}. */
    ByteBuffer payload() {
        if (code == NO_STATUS.code) {
            return ByteBuffer.allocate(0);
        }
        byte[] text = reason.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(2 + text.length)
                .putShort((short) code)
                .put(text)
                .flip();
    }

    /** As in a log line: the code, then the reason when there is one. */
    @Override
    public String toString() {
        return reason.isEmpty() ? Integer.toString(code) : code + " " + reason;
    }
}
