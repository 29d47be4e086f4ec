package dev.openline.protocol;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes the values that several messages share, back to front. */
final class ProtoValueWriter {
    private ProtoValueWriter() {}

    static void publication(ProtoOutput out, Publication publication) {
        out.text(10, publication.channel());
        out.flag(8, publication.coding() == Publication.Coding.PATCH);
        out.strings(7, publication.tags());
        out.number(6, publication.offset());
        ClientInfo info = publication.info();
        if (info != null) info(out, 5, info);
        out.payload(4, publication.data());
    }

    static void publications(ProtoOutput out, int field, List<Publication> publications) {
        for (int i = publications.size() - 1; i >= 0; i--) {
            int before = out.size();
            publication(out, publications.get(i));
            out.message(field, before);
        }
    }

    static void info(ProtoOutput out, int field, ClientInfo info) {
        int before = out.size();
        out.payload(4, info.channelInfo());
        out.payload(3, info.connectionInfo());
        out.text(2, info.client());
        out.text(1, info.user());
        out.message(field, before);
    }

    static void expiry(ProtoOutput out, int expiresField, int ttlField, @Nullable Expiry expiry) {
        if (expiry == null) return;
        out.number(ttlField, expiry.ttlSeconds());
        out.flag(expiresField, true);
    }
}
