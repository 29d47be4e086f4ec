package dev.openline.protocol;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The commands of one frame, read one at a time, so that each can be carried out before a fault in the next ends the connection. Not for
 * several threads at once. Keeps a copy of the frame: the rest may be read much later.
 */
public final class CommandReader {
    private final Lines lines;

    CommandReader(ByteBuffer frame) {
        lines = new Lines(frame);
    }

    /**
     * The next command; null when there is none left.
     *
     * @throws MalformedFrame if what comes next is not a command; nothing can be read after it
     */
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
