package dev.openline.protocol;

/**
 * Writes one reply, push or ping. On a unidirectional connection there are only pushes, which stand there bare, without the member {@code push} around
 * them; the reply to the connect is one of them.
 */
final class ServerMessageEncoder
        implements ServerMessage.Cases<JsonOutput>, Reply.Outcome<JsonOutput>, Push.Kinds<JsonOutput> {
    private final JsonOutput out;
    private final boolean bare;

    ServerMessageEncoder(JsonOutput out, boolean bare) {
        this.out = out;
        this.bare = bare;
    }

    @Override
    public JsonOutput reply(Reply reply) {
        return reply.with((Reply.Outcome<JsonOutput>) this);
    }

    @Override
    public JsonOutput push(Push push) {
        return push.with((Push.Kinds<JsonOutput>) this);
    }

    @Override
    public JsonOutput ping() {
        return out.open().close();
    }

    @Override
    public JsonOutput done(Reply.Done reply) {
        if (bare && reply.result() instanceof Result.ConnectResult result) return connect(new Push.ConnectPush(result));
        out.open().number(Names.ID, reply.id());
        return reply.result().with(new ResultEncoder(out)).close();
    }

    @Override
    public JsonOutput failed(Reply.Failed reply) {
        ErrorReply error = reply.error();
        out.open().number(Names.ID, reply.id()).member(Names.ERROR).open();
        out.number(Names.CODE, error.code()).text(Names.MESSAGE, error.message());
        return out.flag(Names.TEMPORARY, error.temporary()).close().close();
    }

    @Override
    public JsonOutput publication(Push.PublicationPush push) {
        ValueEncoder.publication(on(push.channel(), Names.PUB), push.publication());
        return end();
    }

    @Override
    public JsonOutput join(Push.Join push) {
        ValueEncoder.info(on(push.channel(), Names.JOIN).open().member(Names.INFO), push.info());
        out.close();
        return end();
    }

    @Override
    public JsonOutput leave(Push.Leave push) {
        ValueEncoder.info(on(push.channel(), Names.LEAVE).open().member(Names.INFO), push.info());
        out.close();
        return end();
    }

    @Override
    public JsonOutput unsubscribe(Push.UnsubscribePush push) {
        on(push.channel(), Names.UNSUBSCRIBE).open();
        out.number(Names.CODE, push.why().code()).text(Names.REASON, push.why().reason());
        out.close();
        return end();
    }

    @Override
    public JsonOutput subscribe(Push.SubscribePush push) {
        on(push.channel(), Names.SUBSCRIBE).open();
        ValueEncoder.tracking(out, push.tracking());
        StreamPosition position = push.position();
        if (position != null) out.text(Names.EPOCH, position.epoch()).number(Names.OFFSET, position.offset());
        out.payload(Names.DATA, push.data()).close();
        return end();
    }

    @Override
    public JsonOutput message(Push.MessagePush push) {
        alone(Names.MESSAGE).open().payload(Names.DATA, push.data()).close();
        return end();
    }

    @Override
    public JsonOutput connect(Push.ConnectPush push) {
        alone(Names.CONNECT);
        ResultEncoder.connected(out, push.result());
        return end();
    }

    @Override
    public JsonOutput disconnect(Push.DisconnectPush push) {
        alone(Names.DISCONNECT).open().number(Names.CODE, push.why().code());
        out.text(Names.REASON, push.why().reason()).close();
        return end();
    }

    @Override
    public JsonOutput refresh(Push.RefreshPush push) {
        ValueEncoder.expiry(alone(Names.REFRESH).open(), push.expiry());
        out.close();
        return end();
    }

    private JsonOutput on(String channel, byte[] body) {
        return begin().text(Names.CHANNEL, channel).member(body);
    }

    private JsonOutput alone(byte[] body) {
        return begin().member(body);
    }

    private JsonOutput begin() {
        return bare ? out.open() : out.open().member(Names.PUSH).open();
    }

    private JsonOutput end() {
        return bare ? out.close() : out.close().close();
    }
}
