package dev.openline.protocol;

import dev.openline.protocol.Result.SubscribeResult.Recovery;

/** Writes a result as the member of a reply. */
final class ResultEncoder implements Result.Cases<JsonOutput> {
    private final JsonOutput out;

    ResultEncoder(JsonOutput out) {
        this.out = out;
    }

    @Override
    public JsonOutput connect(Result.ConnectResult result) {
        return connected(out.member(Names.CONNECT), result);
    }

    /** What a server says about the session it opened, in a result or in a push. */
    static JsonOutput connected(JsonOutput out, Result.ConnectResult result) {
        out.open();
        out.text(Names.CLIENT, result.client()).text(Names.VERSION, result.version());
        ValueEncoder.expiry(out, result.expiry());
        out.payload(Names.DATA, result.data());
        if (!result.subs().isEmpty()) {
            out.member(Names.SUBS).open();
            result.subs().forEach((channel, sub) -> subscribed(out.member(channel), sub));
            out.close();
        }
        Heartbeat heartbeat = result.heartbeat();
        if (heartbeat != null) out.number(Names.PING, heartbeat.pingSeconds()).flag(Names.PONG, heartbeat.answered());
        Result.ConnectResult.Emulation emulation = result.emulation();
        if (emulation != null) out.text(Names.SESSION, emulation.session()).text(Names.NODE, emulation.node());
        out.number(Names.TIME, result.timeMillis());
        return out.close();
    }

    @Override
    public JsonOutput subscribe(Result.SubscribeResult result) {
        return subscribed(out.member(Names.SUBSCRIBE), result);
    }

    @Override
    public JsonOutput unsubscribe(Result.UnsubscribeResult result) {
        return out.member(Names.UNSUBSCRIBE).open().close();
    }

    @Override
    public JsonOutput publish(Result.PublishResult result) {
        return out.member(Names.PUBLISH).open().close();
    }

    @Override
    public JsonOutput presence(Result.PresenceResult result) {
        out.member(Names.PRESENCE).open().member(Names.PRESENCE).open();
        result.clients().forEach((client, info) -> ValueEncoder.info(out.member(client), info));
        return out.close().close();
    }

    @Override
    public JsonOutput presenceStats(Result.PresenceStatsResult result) {
        out.member(Names.PRESENCE_STATS).open();
        out.member(Names.NUM_CLIENTS).digits(result.clients());
        return out.member(Names.NUM_USERS).digits(result.users()).close();
    }

    @Override
    public JsonOutput history(Result.HistoryResult result) {
        out.member(Names.HISTORY).open();
        ValueEncoder.publications(out.member(Names.PUBLICATIONS), result.publications());
        out.member(Names.EPOCH).quoted(result.position().epoch());
        return out.member(Names.OFFSET).digits(result.position().offset()).close();
    }

    @Override
    public JsonOutput rpc(Result.RpcResult result) {
        return out.member(Names.RPC).open().payload(Names.DATA, result.data()).close();
    }

    @Override
    public JsonOutput refresh(Result.RefreshResult result) {
        ValueEncoder.expiry(out.member(Names.REFRESH).open(), result.expiry());
        return out.close();
    }

    @Override
    public JsonOutput subRefresh(Result.SubRefreshResult result) {
        ValueEncoder.expiry(out.member(Names.SUB_REFRESH).open(), result.expiry());
        return out.close();
    }

    private static JsonOutput subscribed(JsonOutput out, Result.SubscribeResult result) {
        out.open();
        ValueEncoder.expiry(out, result.expiry());
        ValueEncoder.tracking(out, result.tracking());
        StreamPosition position = result.position();
        if (position != null) out.text(Names.EPOCH, position.epoch());
        if (!result.missed().isEmpty()) ValueEncoder.publications(out.member(Names.PUBLICATIONS), result.missed());
        out.flag(Names.RECOVERED, result.recovery() == Recovery.RECOVERED);
        if (position != null) out.number(Names.OFFSET, position.offset());
        out.payload(Names.DATA, result.data());
        out.flag(Names.WAS_RECOVERING, result.recovery() != Recovery.NOT_ASKED);
        return out.flag(Names.DELTA, result.delta()).close();
    }
}
