package dev.openline.protocol;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The commands of one Protobuf frame. Keeps a copy of the frame. */
final class ProtoCommandReader implements CommandReader {
    private final ProtoFrames frames;

    ProtoCommandReader(ByteBuffer frame) {
        frames = new ProtoFrames(frame);
    }

    @Override
    public @Nullable Command next() throws MalformedFrame {
        if (!frames.hasNext()) return null;
        try {
            return ProtoCommandDecoder.command(frames.next());
        } catch (MalformedFrame fault) {
            frames.stop();
            throw fault;
        }
    }
}
