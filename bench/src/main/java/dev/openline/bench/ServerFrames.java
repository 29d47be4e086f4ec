package dev.openline.bench;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Reads a message of one frame or several, when it is no matter how long that takes. */
final class ServerFrames {
    private static final int FIN = 0x80;

    private ServerFrames() {}

    /**
     * The payload of the message that these bytes are, masked ones as they came; empty while the message is not whole.
     *
     * @throws IllegalStateException if there is more than one message
     */
    static Optional<byte[]> payload(byte[] bytes) {
        ByteArrayOutputStream payload = new ByteArrayOutputStream();
        ByteBuffer in = ByteBuffer.wrap(bytes);
        while (in.remaining() >= 2) {
            boolean last = (in.get() & FIN) != 0;
            byte second = in.get();
            int length = second & 0x7f;
            int more = (length == 126 ? 2 : length == 127 ? 8 : 0) + (second < 0 ? 4 : 0);
            if (in.remaining() < more) return Optional.empty();
            if (length == 126) length = in.getShort() & 0xffff;
            else if (length == 127) length = Math.toIntExact(in.getLong());
            if (second < 0) in.getInt();
            if (in.remaining() < length) return Optional.empty();
            payload.write(bytes, in.position(), length);
            in.position(in.position() + length);
            if (!last) continue;
            if (in.hasRemaining()) throw new IllegalStateException("the server says more than it was asked");
            return Optional.of(payload.toByteArray());
        }
        return Optional.empty();
    }
}
