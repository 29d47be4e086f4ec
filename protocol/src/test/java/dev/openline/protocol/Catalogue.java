package dev.openline.protocol;

import dev.openline.protocol.Result.SubscribeResult.Recovery;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * The protocol's catalogue of messages once more, slow and plain: what each record is as a tree of maps, lists, strings, numbers and
 * {@link Payload}s. Shares nothing with the encoders, so that one can be held against the other.
 */
final class Catalogue
        implements Command.Cases<Map<String, Object>>,
                Result.Cases<Map<String, Object>>,
                Push.Kinds<Map<String, Object>> {
    /** Zero values are left out, unless a member is set with {@link #always}. */
    private static final class Members extends LinkedHashMap<String, Object> {
        Members and(String name, @Nullable Object value) {
            boolean zero = value == null
                    || value.equals("")
                    || value.equals(false)
                    || (value instanceof Number number && number.longValue() == 0)
                    || (value instanceof Map<?, ?> map && map.isEmpty())
                    || (value instanceof List<?> list && list.isEmpty());
            return zero ? this : always(name, value);
        }

        Members always(String name, @Nullable Object value) {
            put(name, value instanceof Number number ? new BigDecimal(number.toString()) : value);
            return this;
        }

        Members all(Map<String, Object> more) {
            putAll(more);
            return this;
        }
    }

    private static Members of() {
        return new Members();
    }

    static Map<String, Object> tree(Command command) {
        Members body = of().all(command.with(new Catalogue()));
        return command instanceof Command.Numbered numbered
                ? of().always("id", numbered.id()).all(body)
                : body;
    }

    static Map<String, Object> tree(ServerMessage message) {
        Catalogue catalogue = new Catalogue();
        if (message instanceof Push push)
            return of().always("push", push.with((Push.Kinds<Map<String, Object>>) catalogue));
        if (message instanceof Reply.Failed failed) {
            ErrorReply e = failed.error();
            return of().always("id", failed.id())
                    .always(
                            "error",
                            of().and("code", e.code())
                                    .and("message", e.message())
                                    .and("temporary", e.temporary()));
        }
        if (message instanceof Reply.Done done)
            return of().always("id", done.id()).all(done.result().with(catalogue));
        return of();
    }

    @Override
    public Map<String, Object> connect(Command.Connect c) {
        return of().always(
                        "connect",
                        of().and("token", c.token())
                                .and("data", c.data())
                                .and("subs", each(c.subs(), (channel, request) -> request(request)))
                                .and("name", c.name())
                                .and("version", c.version())
                                .and("headers", c.headers()));
    }

    @Override
    public Map<String, Object> subscribe(Command.Subscribe c) {
        return of().always(
                        "subscribe", of().and("channel", c.request().channel()).all(request(c.request())));
    }

    @Override
    public Map<String, Object> unsubscribe(Command.Unsubscribe c) {
        return of().always("unsubscribe", of().and("channel", c.channel()));
    }

    @Override
    public Map<String, Object> publish(Command.Publish c) {
        return of().always("publish", of().and("channel", c.channel()).and("data", c.data()));
    }

    @Override
    public Map<String, Object> presence(Command.Presence c) {
        return of().always("presence", of().and("channel", c.channel()));
    }

    @Override
    public Map<String, Object> presenceStats(Command.PresenceStats c) {
        return of().always("presence_stats", of().and("channel", c.channel()));
    }

    @Override
    public Map<String, Object> history(Command.History c) {
        Members body = of().and("channel", c.channel()).and("limit", c.limit());
        if (c.since() != null) body.always("since", position(c.since()));
        return of().always("history", body.and("reverse", c.direction() == Direction.NEWEST_FIRST));
    }

    @Override
    public Map<String, Object> rpc(Command.Rpc c) {
        return of().always("rpc", of().and("method", c.method()).and("data", c.data()));
    }

    @Override
    public Map<String, Object> send(Command.Send c) {
        return of().always("send", of().and("data", c.data()));
    }

    @Override
    public Map<String, Object> refresh(Command.Refresh c) {
        return of().always("refresh", of().and("token", c.token()));
    }

    @Override
    public Map<String, Object> subRefresh(Command.SubRefresh c) {
        return of().always("sub_refresh", of().and("channel", c.channel()).and("token", c.token()));
    }

    @Override
    public Map<String, Object> pong() {
        return of();
    }

    @Override
    public Map<String, Object> connect(Result.ConnectResult r) {
        return of().always("connect", connected(r));
    }

    private static Members connected(Result.ConnectResult r) {
        Members body = of().and("client", r.client())
                .and("version", r.version())
                .all(expiry(r.expiry()))
                .and("data", r.data())
                .and("subs", each(r.subs(), (channel, sub) -> subscribed(sub)));
        if (r.heartbeat() != null)
            body.and("ping", r.heartbeat().pingSeconds())
                    .and("pong", r.heartbeat().answered());
        if (r.emulation() != null)
            body.and("session", r.emulation().session())
                    .and("node", r.emulation().node());
        return body.and("time", r.timeMillis());
    }

    @Override
    public Map<String, Object> subscribe(Result.SubscribeResult r) {
        return of().always("subscribe", subscribed(r));
    }

    @Override
    public Map<String, Object> unsubscribe(Result.UnsubscribeResult r) {
        return of().always("unsubscribe", of());
    }

    @Override
    public Map<String, Object> publish(Result.PublishResult r) {
        return of().always("publish", of());
    }

    @Override
    public Map<String, Object> presence(Result.PresenceResult r) {
        return of().always("presence", of().always("presence", each(r.clients(), (client, info) -> info(info))));
    }

    @Override
    public Map<String, Object> presenceStats(Result.PresenceStatsResult r) {
        return of().always(
                        "presence_stats",
                        of().always("num_clients", r.clients()).always("num_users", r.users()));
    }

    @Override
    public Map<String, Object> history(Result.HistoryResult r) {
        return of().always(
                        "history",
                        of().always("publications", publications(r.publications()))
                                .always("epoch", r.position().epoch())
                                .always("offset", r.position().offset()));
    }

    @Override
    public Map<String, Object> rpc(Result.RpcResult r) {
        return of().always("rpc", of().and("data", r.data()));
    }

    @Override
    public Map<String, Object> refresh(Result.RefreshResult r) {
        return of().always("refresh", expiry(r.expiry()));
    }

    @Override
    public Map<String, Object> subRefresh(Result.SubRefreshResult r) {
        return of().always("sub_refresh", expiry(r.expiry()));
    }

    @Override
    public Map<String, Object> publication(Push.PublicationPush p) {
        return of().and("channel", p.channel()).always("pub", publication(p.publication()));
    }

    @Override
    public Map<String, Object> join(Push.Join p) {
        return of().and("channel", p.channel()).always("join", of().always("info", info(p.info())));
    }

    @Override
    public Map<String, Object> leave(Push.Leave p) {
        return of().and("channel", p.channel()).always("leave", of().always("info", info(p.info())));
    }

    @Override
    public Map<String, Object> unsubscribe(Push.UnsubscribePush p) {
        return of().and("channel", p.channel())
                .always(
                        "unsubscribe",
                        of().and("code", p.why().code()).and("reason", p.why().reason()));
    }

    @Override
    public Map<String, Object> subscribe(Push.SubscribePush p) {
        Members body = of().all(tracked(p.tracking(), p.position())).and("data", p.data());
        return of().and("channel", p.channel()).always("subscribe", body);
    }

    @Override
    public Map<String, Object> message(Push.MessagePush p) {
        return of().always("message", of().and("data", p.data()));
    }

    @Override
    public Map<String, Object> connect(Push.ConnectPush p) {
        return of().always("connect", connected(p.result()));
    }

    @Override
    public Map<String, Object> disconnect(Push.DisconnectPush p) {
        return of().always(
                        "disconnect",
                        of().and("code", p.why().code()).and("reason", p.why().reason()));
    }

    @Override
    public Map<String, Object> refresh(Push.RefreshPush p) {
        return of().always("refresh", expiry(p.expiry()));
    }

    private static Members request(SubscribeRequest r) {
        Members body = of().and("token", r.token());
        if (r.recover() != null) body.always("recover", true).all(position(r.recover()));
        body.and("data", r.data());
        for (SubscribeRequest.Wish wish : r.wishes()) body.always(wish.name().toLowerCase(Locale.ROOT), true);
        if (r.filter() != null) body.always("tf", filter(r.filter()));
        return body.and("delta", r.delta()).and("type", r.type()).and("flag", r.flags());
    }

    private static Members filter(TagsFilter f) {
        return of().and("op", f.op())
                .and("key", f.key())
                .and("cmp", f.cmp())
                .and("val", f.val())
                .and("vals", f.vals())
                .and("nodes", f.nodes().stream().map(Catalogue::filter).toList());
    }

    private static Members subscribed(Result.SubscribeResult r) {
        return of().all(expiry(r.expiry()))
                .all(tracked(r.tracking(), r.position()))
                .and("was_recovering", r.recovery() != Recovery.NOT_ASKED)
                .and("recovered", r.recovery() == Recovery.RECOVERED)
                .and("publications", publications(r.missed()))
                .and("data", r.data())
                .and("delta", r.delta());
    }

    private static Members tracked(Tracking tracking, @Nullable StreamPosition position) {
        Members members =
                of().and("recoverable", tracking == Tracking.RECOVERABLE).and("positioned", tracking != Tracking.NONE);
        return position == null ? members : members.all(position(position));
    }

    private static Members position(StreamPosition p) {
        return of().and("offset", p.offset()).and("epoch", p.epoch());
    }

    private static Members expiry(@Nullable Expiry e) {
        return e == null ? of() : of().always("expires", true).and("ttl", e.ttlSeconds());
    }

    private static List<Members> publications(List<Publication> all) {
        return all.stream().map(Catalogue::publication).toList();
    }

    private static Members publication(Publication p) {
        boolean patch = p.coding() == Publication.Coding.PATCH;
        Members members = of();
        if (patch) members.always("data", p.data().text()).always("delta", true);
        else members.and("data", p.data());
        members.and("offset", p.offset()).and("tags", p.tags()).and("channel", p.channel());
        return p.info() == null ? members : members.always("info", info(p.info()));
    }

    private static Members info(ClientInfo i) {
        return of().always("user", i.user())
                .always("client", i.client())
                .and("conn_info", i.connectionInfo())
                .and("chan_info", i.channelInfo());
    }

    private static <V> Members each(Map<String, V> map, BiFunction<String, V, Object> spell) {
        Members members = of();
        map.forEach((key, value) -> members.always(key, spell.apply(key, value)));
        return members;
    }
}
