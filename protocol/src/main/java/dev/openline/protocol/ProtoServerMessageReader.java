package dev.openline.protocol;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The replies, pushes and pings of one Protobuf frame. Keeps a copy of the frame. */
final class ProtoServerMessageReader implements ServerMessageReader {
    private final ProtoFrames frames;

    ProtoServerMessageReader(ByteBuffer frame) {
        frames = new ProtoFrames(frame);
    }

    @Override
    public @Nullable ServerMessage next() throws MalformedFrame {
        try {
            while (frames.hasNext()) {
                ServerMessage message = ProtoServerMessageDecoder.message(frames.next());
                if (message != null) return message;
            }
            return null;
        } catch (MalformedFrame fault) {
            frames.stop();
            throw fault;
        }
    }
}
