package dev.openline.protocol;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The commands of one JSON frame. Keeps a copy of the frame. */
final class JsonCommandReader implements CommandReader {
    private final Lines lines;

    JsonCommandReader(ByteBuffer frame) {
        lines = new Lines(frame);
    }

    @Override
    public @Nullable Command next() throws MalformedFrame {
        if (!lines.hasNext()) return null;
        try (JsonInput in = lines.next()) {
            return new CommandDecoder(in).command();
        } catch (MalformedFrame fault) {
            lines.stop();
            throw fault;
        }
    }
}
