package dev.openline.protocol;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The JSON of the server's HTTP API: one object in, one object with {@code result} or {@code error} out. Reads as {@link JsonCodec} does;
 * stateless, safe for any number of threads.
 */
public final class ApiCodec {
    private ApiCodec() {}

    private interface Reading<T> {
        T from(JsonInput in) throws MalformedFrame;
    }

    /** The body of a publish. */
    public static ApiCall.Publish publish(ByteBuffer body) throws MalformedFrame {
        return read(body, ApiCodec::publish);
    }

    /** The body of a history request. */
    public static ApiCall.History history(ByteBuffer body) throws MalformedFrame {
        return read(body, ApiCodec::history);
    }

    /** The answer to a publish; null for a channel without a log. */
    public static byte[] published(@Nullable StreamPosition position) {
        JsonOutput out = new JsonOutput(64).open().member(Names.RESULT).open();
        if (position != null) out.number(Names.OFFSET, position.offset()).text(Names.EPOCH, position.epoch());
        return out.close().close().finish();
    }

    /** The answer to a history request. */
    public static byte[] history(List<Publication> publications, StreamPosition top) {
        JsonOutput out = new JsonOutput(256).open().member(Names.RESULT).open();
        ValueEncoder.publications(out.member(Names.PUBLICATIONS), publications);
        out.member(Names.EPOCH).quoted(top.epoch());
        return out.member(Names.OFFSET).digits(top.offset()).close().close().finish();
    }

    /** The answer to a call that was understood and refused. */
    public static byte[] failed(ErrorReply error) {
        JsonOutput out = new JsonOutput(64).open().member(Names.ERROR).open();
        return out.number(Names.CODE, error.code())
                .text(Names.MESSAGE, error.message())
                .close()
                .close()
                .finish();
    }

    private static <T> T read(ByteBuffer body, Reading<T> reading) throws MalformedFrame {
        byte[] bytes = new byte[body.remaining()];
        body.duplicate().get(bytes);
        try (JsonInput in = JsonInput.of(bytes, 0, bytes.length)) {
            in.begin();
            T call = reading.from(in);
            in.end();
            return call;
        }
    }

    private static ApiCall.Publish publish(JsonInput in) throws MalformedFrame {
        in.enterObject("publish");
        String channel = "";
        Payload data = null;
        Map<String, String> tags = Map.of();
        String key = null;
        ApiCall.Logging logging = ApiCall.Logging.LOGGED;
        for (String member = in.nextMember(); member != null; member = in.nextMember()) {
            switch (member) {
                case "channel" -> channel = in.string("channel");
                case "data" -> data = in.payload();
                case "b64data" -> data = decoded(in.string("b64data"));
                case "tags" -> tags = in.strings("tags");
                case "idempotency_key" -> key = in.string("idempotency_key");
                case "skip_history" ->
                    logging = in.bool("skip_history") ? ApiCall.Logging.UNLOGGED : ApiCall.Logging.LOGGED;
                default -> in.skip();
            }
        }
        return new ApiCall.Publish(channel, data, tags, key == null || key.isEmpty() ? null : key, logging);
    }

    /** Only JSON is spoken to clients, so what is in the base64 must be one JSON value too. */
    private static Payload decoded(String base64) throws MalformedFrame {
        try {
            return JsonCodec.payload(ByteBuffer.wrap(Base64.getDecoder().decode(base64)));
        } catch (IllegalArgumentException e) {
            throw new MalformedFrame("b64data is not base64");
        }
    }

    private static ApiCall.History history(JsonInput in) throws MalformedFrame {
        HistoryMembers asked = HistoryMembers.read(in);
        return new ApiCall.History(asked.channel(), asked.limit(), asked.since(), asked.direction());
    }
}
