package dev.openline.server;

import dev.openline.protocol.Encoding;
import dev.openline.protocol.FossilDelta;
import dev.openline.protocol.Payload;
import dev.openline.protocol.Publication;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Patches between publications of one channel, in the fossil format. */
final class Deltas {
    /** Larger payloads travel whole: to compare two of a mebibyte that have nothing in common takes tens of milliseconds of an event loop. */
    private static final int MAX_BYTES = 65_536;

    private Deltas() {}

    /** What makes {@code next} of {@code base}; null if there is no base, or no patch that is shorter and can travel in this encoding. */
    static @Nullable Payload between(@Nullable Publication base, Publication next, Encoding encoding) {
        if (base == null || next.data().size() > MAX_BYTES || base.data().size() > MAX_BYTES) return null;
        Payload patch = FossilDelta.create(base.data(), next.data());
        return patch == null || (encoding.isText() && !FossilDelta.isText(patch)) ? null : patch;
    }

    /** A page for a subscriber who takes patches: the first publication whole, the others as patches to the one before. */
    static List<Publication> page(List<Publication> publications, Encoding encoding) {
        List<Publication> coded = new ArrayList<>(publications.size());
        Publication previous = null;
        for (Publication publication : publications) {
            Payload patch = between(previous, publication, encoding);
            coded.add(
                    patch == null
                            ? publication.coded(Publication.Coding.TEXT, publication.data())
                            : publication.coded(Publication.Coding.PATCH, patch));
            previous = publication;
        }
        return coded;
    }
}
