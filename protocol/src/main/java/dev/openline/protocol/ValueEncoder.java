package dev.openline.protocol;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes the values that several messages share. */
final class ValueEncoder {
    private ValueEncoder() {}

    static void publication(JsonOutput out, Publication publication) {
        out.open();
        if (publication.coding() == Publication.Coding.PLAIN) out.payload(Names.DATA, publication.data());
        else out.member(Names.DATA).quoted(publication.data());
        ClientInfo info = publication.info();
        if (info != null) info(out.member(Names.INFO), info);
        out.number(Names.OFFSET, publication.offset());
        strings(out, Names.TAGS, publication.tags());
        out.flag(Names.DELTA, publication.coding() == Publication.Coding.PATCH);
        out.text(Names.CHANNEL, publication.channel()).close();
    }

    static void publications(JsonOutput out, List<Publication> publications) {
        out.openArray();
        for (Publication publication : publications) publication(out, publication);
        out.closeArray();
    }

    /** User and client are written even when empty: the official clients read them unasked. */
    static void info(JsonOutput out, ClientInfo info) {
        out.open().member(Names.USER).quoted(info.user());
        out.member(Names.CLIENT).quoted(info.client());
        out.payload(Names.CONN_INFO, info.connectionInfo());
        out.payload(Names.CHAN_INFO, info.channelInfo()).close();
    }

    static void expiry(JsonOutput out, @Nullable Expiry expiry) {
        if (expiry != null) out.flag(Names.EXPIRES, true).number(Names.TTL, expiry.ttlSeconds());
    }

    static void tracking(JsonOutput out, Tracking tracking) {
        out.flag(Names.RECOVERABLE, tracking == Tracking.RECOVERABLE);
        out.flag(Names.POSITIONED, tracking != Tracking.NONE);
    }

    /** A map that is left out when empty. */
    static void strings(JsonOutput out, byte[] name, Map<String, String> map) {
        if (map.isEmpty()) return;
        out.member(name).open();
        map.forEach((key, value) -> out.member(key).quoted(value));
        out.close();
    }
}
