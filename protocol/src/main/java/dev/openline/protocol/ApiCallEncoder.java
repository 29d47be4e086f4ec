package dev.openline.protocol;

import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes the parameters of a call as {@link ApiDecoder} reads them. Left out is what reads the same when it was not sent. */
final class ApiCallEncoder implements ApiCall.Cases<ApiCallEncoder> {
    private final JsonOutput out;

    ApiCallEncoder(JsonOutput out) {
        this.out = out;
    }

    void call(ApiCall call) {
        out.open();
        call.with(this);
        out.close();
    }

    private ApiCallEncoder text(String name, String value) {
        out.text(JsonOutput.name(name), value);
        return this;
    }

    private ApiCallEncoder flag(String name, boolean value) {
        out.flag(JsonOutput.name(name), value);
        return this;
    }

    private ApiCallEncoder number(String name, long value) {
        out.number(JsonOutput.name(name), value);
        return this;
    }

    private ApiCallEncoder unsigned(String name, long value) {
        if (value < 0) throw new IllegalArgumentException(name + " is negative, which the API can't say");
        return number(name, value);
    }

    private ApiCallEncoder list(String name, List<String> values) {
        if (values.isEmpty()) return this;
        out.member(name).openArray();
        values.forEach(out::element);
        out.closeArray();
        return this;
    }

    private ApiCallEncoder position(String name, @Nullable StreamPosition position) {
        if (position == null) return this;
        out.member(name).open().number(Names.OFFSET, position.offset());
        out.text(Names.EPOCH, position.epoch()).close();
        return this;
    }

    /** As it is where it comes back unchanged, else as base64. */
    private ApiCallEncoder payload(String name, @Nullable Payload payload) {
        if (payload == null) return this;
        if (comesBack(payload)) out.payload(JsonOutput.name(name), payload);
        else out.member("b64" + name).quoted(Base64.getEncoder().encodeToString(payload.raw()));
        return this;
    }

    /** Whether reading gives the same bytes: it leaves out line breaks and blanks around the value, and takes null for nothing. */
    private static boolean comesBack(Payload payload) {
        if (!payload.isJson() || payload.equals(Payload.NULL)) return false;
        byte[] raw = payload.raw();
        return !JsonInput.isBlank(raw[0])
                && !JsonInput.isBlank(raw[raw.length - 1])
                && LineBreaks.cutOut(raw).length == raw.length;
    }

    private ApiCallEncoder target(ApiCall.Target target) {
        return text("user", target.user()).text("client", target.client()).text("session", target.session());
    }

    private ApiCallEncoder message(ApiMessage message) {
        payload("data", message.data().size() == 0 ? null : message.data());
        flag("skip_history", message.logging() == ApiMessage.Logging.UNLOGGED);
        ValueEncoder.strings(out, Names.TAGS, message.tags());
        text("idempotency_key", message.idempotencyKey());
        flag("delta", message.delta() == ApiMessage.Delta.ALLOWED);
        ApiMessage.Version version = message.version();
        return version == null ? this : number("version", version.number()).text("version_epoch", version.epoch());
    }

    @Override
    public ApiCallEncoder publish(ApiCall.Publish call) {
        return text("channel", call.channel()).message(call.message());
    }

    @Override
    public ApiCallEncoder broadcast(ApiCall.Broadcast call) {
        return list("channels", call.channels()).message(call.message());
    }

    @Override
    public ApiCallEncoder subscribe(ApiCall.Subscribe call) {
        return text("channel", call.channel())
                .target(call.target())
                .payload("info", call.info())
                .payload("data", call.data())
                .position("recover_since", call.recoverSince())
                .unsigned("expire_at", call.expireAt())
                .override(call.override());
    }

    private ApiCallEncoder override(Map<ApiCall.Overridable, Boolean> override) {
        if (override.isEmpty()) return this;
        out.member("override").open();
        for (ApiCall.Overridable overridable : ApiCall.Overridable.values()) {
            Boolean value = override.get(overridable);
            if (value == null) continue;
            out.member(overridable.name().toLowerCase(Locale.ROOT)).open();
            flag("value", value).out.close();
        }
        out.close();
        return this;
    }

    @Override
    public ApiCallEncoder unsubscribe(ApiCall.Unsubscribe call) {
        return text("channel", call.channel()).target(call.target());
    }

    @Override
    public ApiCallEncoder disconnect(ApiCall.Disconnect call) {
        target(call.target()).list("whitelist", call.whitelist());
        if (call.code() == 0 && call.reason().isEmpty()) return this;
        out.member(Names.DISCONNECT).open();
        unsigned("code", call.code()).text("reason", call.reason()).out.close();
        return this;
    }

    @Override
    public ApiCallEncoder refresh(ApiCall.Refresh call) {
        return target(call.target())
                .flag("expired", call.lifetime() == ApiCall.Lifetime.IS_OVER)
                .unsigned("expire_at", call.expireAt())
                .payload("info", call.info());
    }

    @Override
    public ApiCallEncoder presence(ApiCall.Presence call) {
        return text("channel", call.channel());
    }

    @Override
    public ApiCallEncoder presenceStats(ApiCall.PresenceStats call) {
        return text("channel", call.channel());
    }

    @Override
    public ApiCallEncoder history(ApiCall.History call) {
        return text("channel", call.channel())
                .number("limit", call.limit())
                .position("since", call.since())
                .flag("reverse", call.direction() == Direction.NEWEST_FIRST);
    }

    @Override
    public ApiCallEncoder historyRemove(ApiCall.HistoryRemove call) {
        return text("channel", call.channel());
    }

    @Override
    public ApiCallEncoder channels(ApiCall.Channels call) {
        return text("pattern", call.pattern());
    }

    @Override
    public ApiCallEncoder info(ApiCall.Info call) {
        return this;
    }

    @Override
    public ApiCallEncoder connections(ApiCall.Connections call) {
        // Anonymous connections are not everybody's: an empty user is written too.
        if (call.user() != null) out.member(Names.USER).quoted(call.user());
        return text("pattern", call.pattern()).number("limit", call.limit()).text("cursor", call.cursor());
    }

    @Override
    public ApiCallEncoder revokeToken(ApiCall.RevokeToken call) {
        return text("uid", call.uid()).unsigned("expire_at", call.expireAt());
    }

    @Override
    public ApiCallEncoder invalidateUserTokens(ApiCall.InvalidateUserTokens call) {
        return text("user", call.user())
                .unsigned("issued_before", call.issuedBefore())
                .unsigned("expire_at", call.expireAt());
    }

    @Override
    public ApiCallEncoder batch(ApiCall.Batch call) {
        return commands(call.commands()).flag("parallel", call.order() == ApiCall.Order.AT_ONCE);
    }

    private ApiCallEncoder commands(List<ApiCall> commands) {
        if (commands.isEmpty()) return this;
        out.member("commands").openArray();
        for (ApiCall command : commands) {
            out.open().member(ApiMethod.of(command).methodName());
            call(command);
            out.close();
        }
        out.closeArray();
        return this;
    }

    @Override
    public ApiCallEncoder rpc(ApiCall.Rpc call) {
        // There is no b64params.
        if (call.params() != null && !comesBack(call.params()))
            throw new IllegalArgumentException("params are not JSON that the API can carry unchanged");
        return text("method", call.name()).payload("params", call.params());
    }
}
