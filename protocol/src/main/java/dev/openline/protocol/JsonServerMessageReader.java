package dev.openline.protocol;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The messages of one JSON frame from a server. Keeps a copy of the frame. */
final class JsonServerMessageReader implements ServerMessageReader {
    private final Lines lines;

    JsonServerMessageReader(ByteBuffer frame) {
        lines = new Lines(frame);
    }

    @Override
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
