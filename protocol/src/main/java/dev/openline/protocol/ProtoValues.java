package dev.openline.protocol;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the values that several messages share. */
final class ProtoValues {
    private static final Payload NOTHING = Payload.wrap(new byte[0]);

    private ProtoValues() {}

    static StreamPosition position(ProtoInput in) throws MalformedFrame {
        long offset = 0;
        String epoch = "";
        for (int field = in.next(); field != 0; field = in.next()) {
            switch (field) {
                case 1 -> offset = in.u63("offset");
                case 2 -> epoch = in.string("epoch");
                default -> in.skip();
            }
        }
        return new StreamPosition(offset, epoch);
    }

    static ClientInfo info(ProtoInput in) throws MalformedFrame {
        String user = "";
        String client = "";
        Payload connectionInfo = null;
        Payload channelInfo = null;
        for (int field = in.next(); field != 0; field = in.next()) {
            switch (field) {
                case 1 -> user = in.string("user");
                case 2 -> client = in.string("client");
                case 3 -> connectionInfo = sent(in.payload("conn_info"));
                case 4 -> channelInfo = sent(in.payload("chan_info"));
                default -> in.skip();
            }
        }
        return new ClientInfo(user, client, connectionInfo, channelInfo);
    }

    /** No bytes count as not sent: the language can't tell them apart. */
    static @Nullable Payload sent(Payload payload) {
        return payload.size() == 0 ? null : payload;
    }

    static Publication publication(ProtoInput in) throws MalformedFrame {
        Payload data = NOTHING;
        ClientInfo info = null;
        long offset = 0;
        Map<String, String> tags = new LinkedHashMap<>();
        boolean patch = false;
        String channel = "";
        for (int field = in.next(); field != 0; field = in.next()) {
            switch (field) {
                case 4 -> data = in.payload("data");
                case 5 -> info = in.message("info", ProtoValues::info);
                case 6 -> offset = in.u63("offset");
                case 7 -> in.entry("tags", tags, "", value -> value.string("tags"));
                case 8 -> patch = in.bool("delta");
                case 10 -> channel = in.string("channel");
                default -> in.skip();
            }
        }
        var coding = patch ? Publication.Coding.PATCH : Publication.Coding.PLAIN;
        return new Publication(offset, data, info, tags, coding, channel);
    }

    /** The {@code data} of a message that has nothing else to say. */
    static @Nullable Payload onlyPayload(ProtoInput in) throws MalformedFrame {
        Payload data = null;
        for (int field = in.next(); field != 0; field = in.next()) {
            if (field == 1) data = sent(in.payload("data"));
            else in.skip();
        }
        return data;
    }

    static void nothing(ProtoInput in) throws MalformedFrame {
        while (in.next() != 0) in.skip();
    }
}
