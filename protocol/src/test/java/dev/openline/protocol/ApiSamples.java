package dev.openline.protocol;

import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;

/** Random calls of the HTTP API and replies to them, the same ones for the same seed. */
final class ApiSamples {
    private static final Payload[] UNUSUAL = {
        Payload.wrap(new byte[0]),
        Payload.wrap(new byte[] {-1, 0, 10}),
        Payload.of("null"),
        Payload.of(" 1"),
        Payload.of("1\t"),
        Payload.of("{\n}"),
        Payload.of("[1,\r2]"),
        Payload.of("{"),
        Payload.of("1 1"),
        Payload.of("[".repeat(300) + "]".repeat(300))
    };

    private final Samples of;

    ApiSamples(long seed) {
        of = new Samples(seed);
    }

    ApiCall call() {
        return call(of.oneOf(ApiMethod.values()));
    }

    private ApiCall call(ApiMethod method) {
        return switch (method) {
            case PUBLISH -> new ApiCall.Publish(of.text(), message());
            case BROADCAST -> new ApiCall.Broadcast(of.list(of::text), message());
            case SUBSCRIBE ->
                new ApiCall.Subscribe(
                        target(),
                        of.text(),
                        of.maybe(this::payload),
                        of.maybe(this::payload),
                        of.maybe(of::position),
                        of.offset(),
                        override());
            case UNSUBSCRIBE -> new ApiCall.Unsubscribe(target(), of.text());
            case DISCONNECT -> new ApiCall.Disconnect(target(), of.list(of::text), count(), of.text());
            case REFRESH ->
                new ApiCall.Refresh(
                        target(), of.oneOf(ApiCall.Lifetime.values()), of.offset(), of.maybe(this::payload));
            case PRESENCE -> new ApiCall.Presence(of.text());
            case PRESENCE_STATS -> new ApiCall.PresenceStats(of.text());
            case HISTORY ->
                new ApiCall.History(of.text(), number(), of.maybe(of::position), of.oneOf(Direction.values()));
            case HISTORY_REMOVE -> new ApiCall.HistoryRemove(of.text());
            case CHANNELS -> new ApiCall.Channels(of.text());
            case INFO -> new ApiCall.Info();
            case CONNECTIONS -> new ApiCall.Connections(of.maybe(of::text), of.text(), number(), of.text());
            case REVOKE_TOKEN -> new ApiCall.RevokeToken(of.text(), of.offset());
            case INVALIDATE_USER_TOKENS -> new ApiCall.InvalidateUserTokens(of.text(), of.offset(), of.offset());
            case BATCH -> new ApiCall.Batch(of.list(this::command), of.oneOf(ApiCall.Order.values()));
            case RPC -> new ApiCall.Rpc(of.text(), of.maybe(of::payload));
        };
    }

    private ApiCall command() {
        ApiMethod method = of.oneOf(ApiMethod.values());
        return call(method == ApiMethod.BATCH ? ApiMethod.PUBLISH : method);
    }

    private ApiCall.Target target() {
        return new ApiCall.Target(of.text(), of.text(), of.text());
    }

    private ApiMessage message() {
        return new ApiMessage(
                payload(),
                of.map(of::text),
                of.text(),
                of.oneOf(ApiMessage.Logging.values()),
                of.oneOf(ApiMessage.Delta.values()),
                of.maybe(() -> new ApiMessage.Version(of.oneOf(1L, 7L, Long.MAX_VALUE), of.text())));
    }

    private Map<ApiCall.Overridable, Boolean> override() {
        Map<ApiCall.Overridable, Boolean> override = new EnumMap<>(ApiCall.Overridable.class);
        for (ApiCall.Overridable each : of.list(() -> of.oneOf(ApiCall.Overridable.values())))
            override.put(each, of.oneOf(true, false));
        return override;
    }

    private Payload payload() {
        return of.oneOf(true, false) ? of.payload() : of.oneOf(UNUSUAL);
    }

    ApiReply<ApiResult.Nothing> nothing() {
        return reply(new ApiResult.Nothing());
    }

    ApiReply<ApiResult.Channels> channels() {
        return reply(new ApiResult.Channels(of.map(this::count)));
    }

    ApiReply<ApiResult.Info> info() {
        return reply(new ApiResult.Info(of.list(this::node)));
    }

    ApiReply<ApiResult.Connections> connections() {
        return reply(new ApiResult.Connections(of.list(this::connection), of.text()));
    }

    private <R extends ApiResult> ApiReply<R> reply(R result) {
        if (of.oneOf(1, 2, 3, 4) > 1) return new ApiReply.Done<>(result);
        return new ApiReply.Failed<>(of.oneOf(
                ErrorReply.INTERNAL,
                ErrorReply.TOO_MANY_REQUESTS,
                ErrorReply.BAD_REQUEST,
                new ErrorReply(ErrorReply.INTERNAL.code(), of.text(), true),
                new ErrorReply(of.oneOf(0, 400, Integer.MAX_VALUE), of.text(), false)));
    }

    private ApiResult.Node node() {
        return new ApiResult.Node(
                of.text(),
                of.text(),
                of.text(),
                count(),
                count(),
                count(),
                count(),
                of.offset(),
                new TreeMap<>(of.map(() -> of.oneOf(0L, 1L, Long.MAX_VALUE, Long.MIN_VALUE))));
    }

    private ApiResult.Connection connection() {
        return new ApiResult.Connection(of.text(), of.text(), of.text(), of.text(), of.text(), count(), of.offset());
    }

    private int count() {
        return of.oneOf(0, 1, 10, 4000, Integer.MAX_VALUE);
    }

    private int number() {
        return of.oneOf(0, 1, -1, Integer.MIN_VALUE, Integer.MAX_VALUE);
    }
}
