package dev.openline.protocol;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The replies, pushes and pings of one frame, read one at a time. Not for several threads at once. Keeps a copy of the frame: the rest
 * may be read later.
 */
public final class ServerMessageReader {
    private final Lines lines;

    ServerMessageReader(ByteBuffer frame) {
        lines = new Lines(frame);
    }

    /**
     * The next message; null when there is none left. Pushes of a kind that did not exist when this was written are passed over.
     *
     * @throws MalformedFrame if what comes next is not a message of a server; nothing can be read after it
     */
    public @Nullable ServerMessage next() throws MalformedFrame {
        try {
            while (lines.hasNext()) {
                ServerMessage message = read();
                if (message != null) return message;
            }
            return null;
        } catch (MalformedFrame fault) {
            lines.stop();
            throw fault;
        }
    }

    private @Nullable ServerMessage read() throws MalformedFrame {
        try (JsonInput in = lines.next()) {
            return new ServerMessageDecoder(in).message();
        }
    }
}
