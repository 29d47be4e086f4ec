package dev.openline.protocol;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the values that several messages share. */
final class ValueDecoder {
    private final JsonInput in;

    ValueDecoder(JsonInput in) {
        this.in = in;
    }

    StreamPosition position(String what) throws MalformedFrame {
        in.enterObject(what);
        long offset = 0;
        String epoch = "";
        for (String member = in.nextMember(); member != null; member = in.nextMember()) {
            switch (member) {
                case "offset" -> offset = in.u63("offset");
                case "epoch" -> epoch = in.string("epoch");
                default -> in.skip();
            }
        }
        return new StreamPosition(offset, epoch);
    }

    /** The {@code data} of an object that has nothing else to say. */
    @Nullable
    Payload onlyPayload(String what) throws MalformedFrame {
        in.enterObject(what);
        Payload data = null;
        for (String member = in.nextMember(); member != null; member = in.nextMember()) {
            if (member.equals("data")) data = in.payload();
            else in.skip();
        }
        return data;
    }

    /** The lifetime that an object with nothing else tells; null: no end. */
    @Nullable
    Expiry onlyExpiry(String what) throws MalformedFrame {
        in.enterObject(what);
        boolean expires = false;
        long ttl = 0;
        for (String member = in.nextMember(); member != null; member = in.nextMember()) {
            switch (member) {
                case "expires" -> expires = in.bool("expires");
                case "ttl" -> ttl = in.u32("ttl");
                default -> in.skip();
            }
        }
        return expires ? new Expiry(ttl) : null;
    }

    /** What a code and a reason make. */
    interface Coded<T> {
        T of(int code, String reason) throws MalformedFrame;
    }

    /** An object with a code and a reason. */
    <T> T coded(String what, Coded<T> make) throws MalformedFrame {
        in.enterObject(what);
        int code = 0;
        String reason = "";
        for (String member = in.nextMember(); member != null; member = in.nextMember()) {
            switch (member) {
                case "code" -> code = in.u31("code");
                case "reason" -> reason = in.string("reason");
                default -> in.skip();
            }
        }
        return make.of(code, reason);
    }

    ErrorReply error(String what) throws MalformedFrame {
        in.enterObject(what);
        int code = 0;
        String message = "";
        boolean temporary = false;
        for (String member = in.nextMember(); member != null; member = in.nextMember()) {
            switch (member) {
                case "code" -> code = in.u31("code");
                case "message" -> message = in.string("message");
                case "temporary" -> temporary = in.bool("temporary");
                default -> in.skip();
            }
        }
        return new ErrorReply(code, message, temporary);
    }

    /** An object that has nothing to say. */
    void nothing(String what) throws MalformedFrame {
        in.enterObject(what);
        for (String member = in.nextMember(); member != null; member = in.nextMember()) in.skip();
    }

    ClientInfo info(String what) throws MalformedFrame {
        in.enterObject(what);
        String user = "";
        String client = "";
        Payload connectionInfo = null;
        Payload channelInfo = null;
        for (String member = in.nextMember(); member != null; member = in.nextMember()) {
            switch (member) {
                case "user" -> user = in.string("user");
                case "client" -> client = in.string("client");
                case "conn_info" -> connectionInfo = in.payload();
                case "chan_info" -> channelInfo = in.payload();
                default -> in.skip();
            }
        }
        return new ClientInfo(user, client, connectionInfo, channelInfo);
    }

    /**
     * A publication. Whether its data is a payload or the text of one is known only to who asked for patches, so a string stays one;
     * the text of a patch is taken out of it.
     */
    Publication publication(String what) throws MalformedFrame {
        in.enterObject(what);
        Payload data = null;
        ClientInfo info = null;
        long offset = 0;
        Map<String, String> tags = Map.of();
        boolean patch = false;
        String channel = "";
        for (String member = in.nextMember(); member != null; member = in.nextMember()) {
            switch (member) {
                case "data" -> data = in.payload();
                case "info" -> info = info("info");
                case "offset" -> offset = in.u63("offset");
                case "tags" -> tags = in.strings("tags");
                case "delta" -> patch = in.bool("delta");
                case "channel" -> channel = in.string("channel");
                default -> in.skip();
            }
        }
        Payload said = data == null ? Payload.NULL : data;
        if (!patch) return new Publication(offset, said, info, tags, Publication.Coding.PLAIN, channel);
        return new Publication(offset, JsonCodec.textOf(said), info, tags, Publication.Coding.PATCH, channel);
    }

    List<Publication> publications() throws MalformedFrame {
        in.enterArray("publications");
        List<Publication> list = new ArrayList<>();
        while (in.nextElement()) list.add(publication("publication"));
        return list;
    }
}
