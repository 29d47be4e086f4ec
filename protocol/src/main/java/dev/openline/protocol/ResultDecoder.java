package dev.openline.protocol;

import dev.openline.protocol.Result.ConnectResult;
import dev.openline.protocol.Result.HistoryResult;
import dev.openline.protocol.Result.PresenceResult;
import dev.openline.protocol.Result.PresenceStatsResult;
import dev.openline.protocol.Result.PublishResult;
import dev.openline.protocol.Result.RefreshResult;
import dev.openline.protocol.Result.RpcResult;
import dev.openline.protocol.Result.SubRefreshResult;
import dev.openline.protocol.Result.SubscribeResult;
import dev.openline.protocol.Result.UnsubscribeResult;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads what a command brought. */
final class ResultDecoder {
    private final JsonInput in;
    private final ValueDecoder values;

    ResultDecoder(JsonInput in) {
        this.in = in;
        this.values = new ValueDecoder(in);
    }

    /** The result that the reply's member {@code name} holds; null, and the value is passed over, if it is not one we know. */
    @Nullable
    Result result(String name) throws MalformedFrame {
        return switch (name) {
            case "connect" -> connect();
            case "subscribe" -> SubscribedDecoder.read(in, "subscribe").result();
            case "unsubscribe" -> {
                values.nothing(name);
                yield new UnsubscribeResult();
            }
            case "publish" -> {
                values.nothing(name);
                yield new PublishResult();
            }
            case "presence" -> presence();
            case "presence_stats" -> presenceStats();
            case "history" -> history();
            case "rpc" -> new RpcResult(values.onlyPayload(name));
            case "refresh" -> new RefreshResult(values.onlyExpiry(name));
            case "sub_refresh" -> new SubRefreshResult(values.onlyExpiry(name));
            default -> {
                in.skip();
                yield null;
            }
        };
    }

    /** What a server says about the session it opened, in a result or in a push. */
    ConnectResult connect() throws MalformedFrame {
        in.enterObject("connect");
        ConnectedMembers members = new ConnectedMembers();
        for (String member = in.nextMember(); member != null; member = in.nextMember()) {
            switch (member) {
                case "client" -> members.client = in.string("client");
                case "version" -> members.version = in.string("version");
                case "expires" -> members.expires = in.bool("expires");
                case "ttl" -> members.ttl = in.u32("ttl");
                case "data" -> members.data = in.payload();
                case "subs" -> members.subs = subs();
                case "ping" -> members.ping = in.u32("ping");
                case "pong" -> members.pong = in.bool("pong");
                case "session" -> members.session = in.string("session");
                case "node" -> members.node = in.string("node");
                case "time" -> members.time = in.i64("time");
                default -> in.skip();
            }
        }
        return members.result();
    }

    private Map<String, SubscribeResult> subs() throws MalformedFrame {
        in.enterObject("subs");
        Map<String, SubscribeResult> subs = new LinkedHashMap<>();
        for (String name = in.nextMember(); name != null; name = in.nextMember())
            subs.put(name, SubscribedDecoder.read(in, "subs").result());
        return subs;
    }

    private PresenceResult presence() throws MalformedFrame {
        in.enterObject("presence");
        Map<String, ClientInfo> clients = Map.of();
        for (String member = in.nextMember(); member != null; member = in.nextMember()) {
            if (member.equals("presence")) clients = clients();
            else in.skip();
        }
        return new PresenceResult(clients);
    }

    private Map<String, ClientInfo> clients() throws MalformedFrame {
        in.enterObject("presence");
        Map<String, ClientInfo> clients = new LinkedHashMap<>();
        for (String name = in.nextMember(); name != null; name = in.nextMember())
            clients.put(name, values.info("presence"));
        return clients;
    }

    private PresenceStatsResult presenceStats() throws MalformedFrame {
        in.enterObject("presence_stats");
        long clients = 0;
        long users = 0;
        for (String member = in.nextMember(); member != null; member = in.nextMember()) {
            switch (member) {
                case "num_clients" -> clients = in.u32("num_clients");
                case "num_users" -> users = in.u32("num_users");
                default -> in.skip();
            }
        }
        return new PresenceStatsResult(clients, users);
    }

    private HistoryResult history() throws MalformedFrame {
        in.enterObject("history");
        List<Publication> publications = List.of();
        long offset = 0;
        String epoch = "";
        for (String member = in.nextMember(); member != null; member = in.nextMember()) {
            switch (member) {
                case "publications" -> publications = values.publications();
                case "offset" -> offset = in.u63("offset");
                case "epoch" -> epoch = in.string("epoch");
                default -> in.skip();
            }
        }
        return new HistoryResult(publications, new StreamPosition(offset, epoch));
    }
}
