package dev.openline.server;

import dev.openline.protocol.Publication;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Publications that lines of one event loop catch up with, encoded, for the next line that comes to them: many lag together, when they were cut together or are all
 * too slow. Bounded, and empty when nobody has caught up for a while. On that loop only.
 */
final class CatchUpFrames {
    /** How many are kept; several pages. */
    private static final int MOST = 512;

    private static final int MOST_BYTES = 1 << 20;

    /** A publication, and the one that the line has been given before it. Entries of a log are the same objects for all that read them. */
    private static final class Key {
        private final Publication publication;
        private final @Nullable Publication previous;

        Key(Publication publication, @Nullable Publication previous) {
            this.publication = publication;
            this.previous = previous;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Key key && key.publication == publication && key.previous == previous;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(publication);
        }
    }

    private final Map<Key, EncodedPush> frames = new LinkedHashMap<>(16, 0.75f, true);
    private int bytes;
    private boolean used;

    /** The frame of a publication; one reference to it is the caller's. */
    EncodedPush of(String channel, Publication publication, @Nullable Publication previous) {
        used = true;
        Key key = new Key(publication, previous);
        EncodedPush known = frames.get(key);
        if (known != null) return known.retain();
        EncodedPush made = EncodedPush.of(channel, "", publication, previous);
        int size = publication.data().size();
        if (size > MOST_BYTES / 16) return made;
        frames.put(key, made.retain());
        bytes += size;
        while (frames.size() > MOST || bytes > MOST_BYTES)
            drop(frames.keySet().iterator().next());
        return made;
    }

    private void drop(Key key) {
        EncodedPush frame = frames.remove(key);
        if (frame == null) return;
        bytes -= key.publication.data().size();
        frame.release();
    }

    /** To be called now and then: lets go of what nobody has come to since the last call. */
    void tick() {
        if (!used) clear();
        used = false;
    }

    void clear() {
        frames.values().forEach(EncodedPush::release);
        frames.clear();
        bytes = 0;
    }
}
