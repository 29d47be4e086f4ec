package dev.openline.wire;

/** What a frame carries, by its opcode (RFC 6455 §5.2). */
public enum FrameType {
    CONTINUATION(0x0),
    TEXT(0x1),
    BINARY(0x2),
    CLOSE(0x8),
    PING(0x9),
    PONG(0xA);

    private final int opcode;

    FrameType(int opcode) {
        this.opcode = opcode;
    }

    /** The four bits on the wire. */
    public int opcode() {
        return opcode;
    }

    /** Whether this is a control frame: at most 125 bytes, never in pieces (RFC 6455 §5.5). */
    public boolean isControl() {
        return opcode >= 0x8;
    }

    /** The type of a frame that opens a message of this kind. */
    static FrameType of(MessageKind kind) {
        return kind == MessageKind.TEXT ? TEXT : BINARY;
    }

    /** The type behind an opcode that was already found valid. */
    static FrameType ofOpcode(int opcode) {
        return switch (opcode) {
            case 0x0 -> CONTINUATION;
            case 0x1 -> TEXT;
            case 0x2 -> BINARY;
            case 0x8 -> CLOSE;
            case 0x9 -> PING;
            case 0xA -> PONG;
            default -> throw new AssertionError("opcode " + opcode + " was never checked");
        };
    }
}
