package dev.openline.protocol;

import dev.openline.protocol.Result.SubscribeResult.Recovery;

/** Writes a result as the field of a reply, back to front. */
final class ProtoResultEncoder implements Result.Cases<Void> {
    private final ProtoOutput out;

    ProtoResultEncoder(ProtoOutput out) {
        this.out = out;
    }

    private Void done(int field, int before) {
        out.message(field, before);
        return null;
    }

    @Override
    public Void connect(Result.ConnectResult result) {
        int before = out.size();
        connected(result);
        subs(result, 6);
        out.payload(5, result.data());
        ProtoValueWriter.expiry(out, 3, 4, result.expiry());
        out.text(2, result.version());
        out.text(1, result.client());
        return done(5, before);
    }

    /** The same as a push has it, whose fields have other numbers. */
    static void connectPush(ProtoOutput out, Result.ConnectResult result) {
        ProtoResultEncoder encoder = new ProtoResultEncoder(out);
        encoder.connected(result);
        ProtoValueWriter.expiry(out, 5, 6, result.expiry());
        encoder.subs(result, 4);
        out.payload(3, result.data());
        out.text(2, result.version());
        out.text(1, result.client());
    }

    /** Fields 7 to 11, which are the same in a result and in a push. */
    private void connected(Result.ConnectResult result) {
        out.number(11, result.timeMillis());
        Result.ConnectResult.Emulation emulation = result.emulation();
        if (emulation != null) {
            out.text(10, emulation.node());
            out.text(9, emulation.session());
        }
        Heartbeat heartbeat = result.heartbeat();
        if (heartbeat == null) return;
        out.flag(8, heartbeat.answered());
        out.number(7, heartbeat.pingSeconds());
    }

    private void subs(Result.ConnectResult result, int field) {
        result.subs().forEach((channel, sub) -> {
            int entry = out.size();
            subscribed(sub);
            out.message(2, entry);
            out.text(1, channel);
            out.message(field, entry);
        });
    }

    @Override
    public Void subscribe(Result.SubscribeResult result) {
        int before = out.size();
        subscribed(result);
        return done(6, before);
    }

    private void subscribed(Result.SubscribeResult result) {
        out.flag(13, result.delta());
        out.flag(12, result.recovery() != Recovery.NOT_ASKED);
        out.payload(11, result.data());
        out.flag(10, result.tracking() != Tracking.NONE);
        StreamPosition position = result.position();
        if (position != null) out.number(9, position.offset());
        out.flag(8, result.recovery() == Recovery.RECOVERED);
        ProtoValueWriter.publications(out, 7, result.missed());
        if (position != null) out.text(6, position.epoch());
        out.flag(3, result.tracking() == Tracking.RECOVERABLE);
        ProtoValueWriter.expiry(out, 1, 2, result.expiry());
    }

    @Override
    public Void unsubscribe(Result.UnsubscribeResult result) {
        return done(7, out.size());
    }

    @Override
    public Void publish(Result.PublishResult result) {
        return done(8, out.size());
    }

    @Override
    public Void presence(Result.PresenceResult result) {
        int before = out.size();
        result.clients().forEach((client, info) -> {
            int entry = out.size();
            ProtoValueWriter.info(out, 2, info);
            out.text(1, client);
            out.message(1, entry);
        });
        return done(9, before);
    }

    @Override
    public Void presenceStats(Result.PresenceStatsResult result) {
        int before = out.size();
        out.number(2, result.users());
        out.number(1, result.clients());
        return done(10, before);
    }

    @Override
    public Void history(Result.HistoryResult result) {
        int before = out.size();
        out.number(3, result.position().offset());
        out.text(2, result.position().epoch());
        ProtoValueWriter.publications(out, 1, result.publications());
        return done(11, before);
    }

    @Override
    public Void rpc(Result.RpcResult result) {
        int before = out.size();
        out.payload(1, result.data());
        return done(13, before);
    }

    @Override
    public Void refresh(Result.RefreshResult result) {
        int before = out.size();
        ProtoValueWriter.expiry(out, 3, 4, result.expiry());
        return done(14, before);
    }

    @Override
    public Void subRefresh(Result.SubRefreshResult result) {
        int before = out.size();
        ProtoValueWriter.expiry(out, 1, 2, result.expiry());
        return done(15, before);
    }
}
