package dev.openline.protocol;

import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The JSON of the server's HTTP API: one object in, one object with {@code result} or {@code error} out; and both the other way round, for
 * who asks a server. Reads as {@link JsonCodec} does; stateless, safe for any number of threads. How large a body may be is for the one who carries it, and bounds everything in it.
 */
public final class ApiCodec {
    private ApiCodec() {}

    /**
     * A call of {@code method}, whose parameters are the one object that remains in {@code body}.
     *
     * @throws MalformedFrame if it is something else, or a member has another type than the API says
     */
    public static ApiCall call(ApiMethod method, ByteBuffer body) throws MalformedFrame {
        return ApiDecoder.call(method, body);
    }

    /**
     * What remains in {@code body} as commands of the legacy endpoint: one object with {@code method} and {@code params} on each line. A
     * method of another name than those of {@link ApiMethod} is a call of it by {@code rpc}.
     *
     * @return at least one
     * @throws MalformedFrame as for {@link #call}, for the whole body
     */
    public static List<ApiCall> lines(ByteBuffer body) throws MalformedFrame {
        return ApiDecoder.lines(body);
    }

    /**
     * The parameters of a call, one object: {@link #call} reads them, with {@link ApiMethod#of} the call, to an equal one. Payloads come as
     * base64 where JSON would change them.
     *
     * @throws IllegalArgumentException if the API can't say that: a negative code or time, half a character in a text, or an rpc's params
     *     that JSON would change
     */
    public static byte[] encode(ApiCall call) {
        JsonOutput out = new JsonOutput(256);
        new ApiCallEncoder(out).call(call);
        return out.finish();
    }

    /**
     * The reply that is the one object in {@code body}, to a call that results in nothing. Reads what {@link #encode(ApiReply)} writes to an
     * equal value, but that an error is temporary only if its code is 100 or 111, for that is not written.
     *
     * @throws MalformedFrame if it is something else, has no result and no error or has both, or a member has another type than the API says
     */
    public static ApiReply<ApiResult.Nothing> nothingReply(ByteBuffer body) throws MalformedFrame {
        return ApiReplyDecoder.reply(body, ApiReplyDecoder::nothing);
    }

    /** The reply to {@code channels}, as {@link #nothingReply} reads that to others. */
    public static ApiReply<ApiResult.Channels> channelsReply(ByteBuffer body) throws MalformedFrame {
        return ApiReplyDecoder.reply(body, ApiReplyDecoder::channels);
    }

    /** The reply to {@code info}, as {@link #nothingReply} reads that to others. */
    public static ApiReply<ApiResult.Info> infoReply(ByteBuffer body) throws MalformedFrame {
        return ApiReplyDecoder.reply(body, ApiReplyDecoder::info);
    }

    /** The reply to {@code connections}, as {@link #nothingReply} reads that to others. */
    public static ApiReply<ApiResult.Connections> connectionsReply(ByteBuffer body) throws MalformedFrame {
        return ApiReplyDecoder.reply(body, ApiReplyDecoder::connections);
    }

    /** The answer to a call: an object with its {@code result} or {@code error}; of a batch, one with {@code replies}. */
    public static byte[] encode(ApiReply<?> reply) {
        JsonOutput out = new JsonOutput(128);
        new ApiEncoder(out).reply(reply);
        return out.finish();
    }

    /** A position without the envelope of a reply: empty for a channel without a log. */
    public static Payload position(@Nullable StreamPosition position) {
        JsonOutput out = new JsonOutput(64).open();
        if (position != null) out.number(Names.OFFSET, position.offset()).text(Names.EPOCH, position.epoch());
        return Payload.wrap(out.close().finish());
    }

    /**
     * The answer to who asks for a channel now and then.
     *
     * @param since where to go on from, in the server's own words
     * @param complete whether nothing is missing before the publications
     */
    public static byte[] poll(List<Publication> publications, String since, boolean complete) {
        JsonOutput out = new JsonOutput(256).open();
        ValueEncoder.publications(out.member(Names.PUBLICATIONS), publications);
        return out.text(Names.SINCE, since)
                .flag(Names.COMPLETE, complete)
                .close()
                .finish();
    }

    /** The answers to the commands of the legacy endpoint, each on a line of its own. */
    public static byte[] encode(List<ApiReply<?>> replies) {
        JsonOutput out = new JsonOutput(128);
        ApiEncoder encoder = new ApiEncoder(out);
        for (ApiReply<?> reply : replies) {
            encoder.reply(reply);
            out.put('\n');
        }
        return out.finish();
    }

    /** An error by itself: what is answered where the status of HTTP says that it is one. */
    public static byte[] encode(ErrorReply error) {
        JsonOutput out = new JsonOutput(64);
        new ApiEncoder(out).error(error);
        return out.finish();
    }
}
