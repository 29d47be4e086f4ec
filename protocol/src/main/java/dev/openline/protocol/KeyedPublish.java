package dev.openline.protocol;

import org.jspecify.annotations.Nullable;

/**
 * A publish that may be repeated without publishing twice, as a client calls it: by the {@code rpc} command, because the protocol's own
 * {@code publish} carries no idempotency key. Its argument and its result are those of the HTTP API's {@code publish}.
 */
public final class KeyedPublish {
    /** The method's name. */
    public static final String METHOD = "openline.publish";

    private static final byte[] IDEMPOTENCY_KEY = JsonOutput.name("idempotency_key");

    private KeyedPublish() {}

    /**
     * The method's argument.
     *
     * @param data one JSON value, see {@link Payload#isJson}
     * @throws IllegalArgumentException if a string holds half a character
     */
    public static Payload argument(String channel, Payload data, String idempotencyKey) {
        JsonOutput out = new JsonOutput(64 + channel.length() + idempotencyKey.length() + data.size());
        out.open().text(Names.CHANNEL, channel).payload(Names.DATA, data).text(IDEMPOTENCY_KEY, idempotencyKey);
        return Payload.wrapJson(out.close().finish());
    }

    /**
     * The method's result: where in the log the publication is; null in a channel without a log.
     *
     * @throws MalformedFrame if it is something else
     */
    public static @Nullable StreamPosition position(@Nullable Payload result) throws MalformedFrame {
        if (result == null) return null;
        byte[] bytes = result.raw();
        long offset = 0;
        String epoch = "";
        try (JsonInput in = JsonInput.of(bytes, 0, bytes.length)) {
            in.begin();
            in.enterObject("result");
            for (String member = in.nextMember(); member != null; member = in.nextMember()) {
                switch (member) {
                    case "offset" -> offset = in.u63("offset");
                    case "epoch" -> epoch = in.string("epoch");
                    default -> in.skip();
                }
            }
            in.end();
        }
        return offset == 0 ? null : new StreamPosition(offset, epoch);
    }
}
