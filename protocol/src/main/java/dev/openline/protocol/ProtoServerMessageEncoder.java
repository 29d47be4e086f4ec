package dev.openline.protocol;

/** Writes one reply, push or ping, back to front. */
final class ProtoServerMessageEncoder implements ServerMessage.Cases<Void>, Reply.Outcome<Void>, Push.Kinds<Void> {
    private final ProtoOutput out;

    ProtoServerMessageEncoder(ProtoOutput out) {
        this.out = out;
    }

    @Override
    public Void reply(Reply reply) {
        return reply.with((Reply.Outcome<Void>) this);
    }

    @Override
    public Void push(Push push) {
        int before = out.size();
        push.with((Push.Kinds<Void>) this);
        out.message(4, before);
        return null;
    }

    @Override
    public Void ping() {
        return null;
    }

    @Override
    public Void done(Reply.Done reply) {
        reply.result().with(new ProtoResultEncoder(out));
        out.number(1, reply.id());
        return null;
    }

    @Override
    public Void failed(Reply.Failed reply) {
        int before = out.size();
        out.flag(3, reply.error().temporary());
        out.text(2, reply.error().message());
        out.number(1, reply.error().code());
        out.message(2, before);
        out.number(1, reply.id());
        return null;
    }

    /** A body on a channel: what was written since {@code before}. */
    private Void on(String channel, int field, int before) {
        out.message(field, before);
        out.text(2, channel);
        return null;
    }

    @Override
    public Void publication(Push.PublicationPush push) {
        int before = out.size();
        ProtoValueWriter.publication(out, push.publication());
        return on(push.channel(), 4, before);
    }

    @Override
    public Void join(Push.Join push) {
        int before = out.size();
        ProtoValueWriter.info(out, 1, push.info());
        return on(push.channel(), 5, before);
    }

    @Override
    public Void leave(Push.Leave push) {
        int before = out.size();
        ProtoValueWriter.info(out, 1, push.info());
        return on(push.channel(), 6, before);
    }

    @Override
    public Void unsubscribe(Push.UnsubscribePush push) {
        int before = out.size();
        out.text(3, push.why().reason());
        out.number(2, push.why().code());
        return on(push.channel(), 7, before);
    }

    @Override
    public Void subscribe(Push.SubscribePush push) {
        int before = out.size();
        out.payload(7, push.data());
        out.flag(6, push.tracking() != Tracking.NONE);
        StreamPosition position = push.position();
        if (position != null) {
            out.number(5, position.offset());
            out.text(4, position.epoch());
        }
        out.flag(1, push.tracking() == Tracking.RECOVERABLE);
        return on(push.channel(), 9, before);
    }

    @Override
    public Void message(Push.MessagePush push) {
        int before = out.size();
        out.payload(1, push.data());
        out.message(8, before);
        return null;
    }

    @Override
    public Void connect(Push.ConnectPush push) {
        int before = out.size();
        ProtoResultEncoder.connectPush(out, push.result());
        out.message(10, before);
        return null;
    }

    @Override
    public Void disconnect(Push.DisconnectPush push) {
        int before = out.size();
        out.text(2, push.why().reason());
        out.number(1, push.why().code());
        out.message(11, before);
        return null;
    }

    @Override
    public Void refresh(Push.RefreshPush push) {
        int before = out.size();
        ProtoValueWriter.expiry(out, 1, 2, push.expiry());
        out.message(12, before);
        return null;
    }
}
