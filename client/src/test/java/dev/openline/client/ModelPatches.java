package dev.openline.client;

import dev.openline.protocol.FossilDelta;
import dev.openline.protocol.Payload;
import dev.openline.protocol.Publication;
import dev.openline.protocol.Publication.Coding;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** What a model server's session knows of those who take patches: the payload that each has heard last. */
final class ModelPatches {
    private final Map<String, @Nullable Payload> bases = new HashMap<>();

    /** Whether to be right this time. */
    private final BooleanSupplier mood;

    ModelPatches(BooleanSupplier mood) {
        this.mood = mood;
    }

    /** From now on publications on this channel are coded; the first is whole unless the subscriber is known to have {@code base}. */
    void begin(String channel, @Nullable Payload base) {
        bases.put(channel, base);
    }

    void end(String channel) {
        bases.remove(channel);
    }

    List<Publication> coded(String channel, List<Publication> publications) {
        List<Publication> coded = new ArrayList<>();
        for (Publication publication : publications) coded.add(coded(channel, publication));
        return coded;
    }

    Publication coded(String channel, Publication publication) {
        if (!bases.containsKey(channel)) return publication;
        Payload base = bases.put(channel, publication.data());
        Payload patch = base == null ? null : FossilDelta.create(base, publication.data());
        if (patch == null) return publication.coded(Coding.TEXT, publication.data());
        return publication.coded(Coding.PATCH, mood.getAsBoolean() ? patch : Payload.of("nonsense"));
    }
}
