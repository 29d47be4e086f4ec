package dev.openline.protocol;

import static dev.openline.protocol.CommandDraft.present;

import dev.openline.protocol.CommandDraft.Body;
import dev.openline.protocol.CommandDraft.Kind;
import dev.openline.protocol.SubscribeRequest.Wish;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads one command. A field that comes twice counts as its last; so does a message, whose parts are not merged. */
final class ProtoCommandDecoder {
    private ProtoCommandDecoder() {}

    static Command command(ProtoInput in) throws MalformedFrame {
        CommandDraft draft = new CommandDraft();
        for (int field = in.next(); field != 0; field = in.next()) {
            switch (field) {
                case 1 -> draft.id(in.u32("id"));
                case 4 -> draft.offer(Kind.CONNECT, in.message("connect", ProtoCommandDecoder::connect));
                case 5 -> draft.offer(Kind.SUBSCRIBE, subscribe(in));
                case 6 -> draft.offer(Kind.UNSUBSCRIBE, onChannel(in, "unsubscribe", Command.Unsubscribe::new));
                case 7 -> draft.offer(Kind.PUBLISH, in.message("publish", ProtoCommandDecoder::publish));
                case 8 -> draft.offer(Kind.PRESENCE, onChannel(in, "presence", Command.Presence::new));
                case 9 -> draft.offer(Kind.PRESENCE_STATS, onChannel(in, "presence_stats", Command.PresenceStats::new));
                case 10 -> draft.offer(Kind.HISTORY, in.message("history", ProtoCommandDecoder::history));
                case 12 -> draft.offer(Kind.SEND, in.message("send", ProtoCommandDecoder::send));
                case 13 -> draft.offer(Kind.RPC, in.message("rpc", ProtoCommandDecoder::rpc));
                case 14 -> draft.offer(Kind.REFRESH, in.message("refresh", ProtoCommandDecoder::refresh));
                case 15 -> draft.offer(Kind.SUB_REFRESH, in.message("sub_refresh", ProtoCommandDecoder::subRefresh));
                default -> in.skip();
            }
        }
        return draft.command();
    }

    /** A payload of no bytes counts as not sent: the language can't tell them apart. */
    private static @Nullable Payload data(ProtoInput in) throws MalformedFrame {
        Payload data = in.payload("data");
        return data.size() == 0 ? null : data;
    }

    private static Body connect(ProtoInput in) throws MalformedFrame {
        String token = "";
        Payload data = null;
        Map<String, SubscribeRequest> subs = new LinkedHashMap<>();
        String name = "";
        String version = "";
        Map<String, String> headers = new LinkedHashMap<>();
        for (int field = in.next(); field != 0; field = in.next()) {
            switch (field) {
                case 1 -> token = in.string("token");
                case 2 -> data = data(in);
                case 3 -> sub(in, subs);
                case 4 -> name = in.string("name");
                case 5 -> version = in.string("version");
                case 6 -> in.entry("headers", headers, "", value -> value.string("headers"));
                default -> in.skip();
            }
        }
        Command.Connect draft = new Command.Connect(1, token, data, subs, name, version, headers);
        return id -> new Command.Connect(
                id, draft.token(), draft.data(), draft.subs(), draft.name(), draft.version(), draft.headers());
    }

    private static void sub(ProtoInput in, Map<String, SubscribeRequest> into) throws MalformedFrame {
        Map<String, SubscribeMembers> one = new LinkedHashMap<>();
        in.entry("subs", one, new SubscribeMembers(), value -> value.message("subs", ProtoCommandDecoder::request));
        for (Map.Entry<String, SubscribeMembers> entry : one.entrySet()) {
            String channel = present(entry.getKey(), "subs");
            into.put(channel, entry.getValue().to(channel));
        }
    }

    private static Body subscribe(ProtoInput in) throws MalformedFrame {
        SubscribeMembers request = in.message("subscribe", ProtoCommandDecoder::request);
        return id -> new Command.Subscribe(id, request.to(present(request.channel, "subscribe")));
    }

    private static SubscribeMembers request(ProtoInput in) throws MalformedFrame {
        SubscribeMembers request = new SubscribeMembers();
        for (int field = in.next(); field != 0; field = in.next()) {
            switch (field) {
                case 1 -> request.channel = in.string("channel");
                case 2 -> request.token = in.string("token");
                case 3 -> request.recover = in.bool("recover");
                case 6 -> request.epoch = in.string("epoch");
                case 7 -> request.offset = in.u63("offset");
                case 8 -> request.data = data(in);
                case 9 -> request.wish(Wish.POSITIONED, in.bool("positioned"));
                case 10 -> request.wish(Wish.RECOVERABLE, in.bool("recoverable"));
                case 11 -> request.wish(Wish.JOIN_LEAVE, in.bool("join_leave"));
                case 12 -> request.delta = in.string("delta");
                case 13 -> request.filter = in.message("tf", ProtoCommandDecoder::filter);
                case 14 -> request.flags = in.i64("flag");
                case 15 -> request.type = in.i32("type");
                default -> in.skip();
            }
        }
        return request;
    }

    /** Recursion is bounded by the reader's nesting limit. */
    private static TagsFilter filter(ProtoInput in) throws MalformedFrame {
        String op = "";
        String key = "";
        String cmp = "";
        String val = "";
        List<String> vals = new ArrayList<>();
        List<TagsFilter> nodes = new ArrayList<>();
        for (int field = in.next(); field != 0; field = in.next()) {
            switch (field) {
                case 1 -> op = in.string("op");
                case 2 -> key = in.string("key");
                case 3 -> cmp = in.string("cmp");
                case 4 -> val = in.string("val");
                case 5 -> vals.add(in.string("vals"));
                case 6 -> nodes.add(in.message("nodes", ProtoCommandDecoder::filter));
                default -> in.skip();
            }
        }
        return new TagsFilter(op, key, cmp, val, vals, nodes);
    }

    /** A command on a channel that has nothing else to say. */
    private interface OnChannel {
        Command on(long id, String channel);
    }

    private static Body onChannel(ProtoInput in, String what, OnChannel command) throws MalformedFrame {
        String channel = in.message(what, inside -> {
            String found = "";
            for (int field = inside.next(); field != 0; field = inside.next()) {
                if (field == 1) found = inside.string("channel");
                else inside.skip();
            }
            return found;
        });
        return id -> command.on(id, present(channel, what));
    }

    private static Body publish(ProtoInput in) throws MalformedFrame {
        String channel = "";
        Payload data = null;
        for (int field = in.next(); field != 0; field = in.next()) {
            switch (field) {
                case 1 -> channel = in.string("channel");
                case 2 -> data = data(in);
                default -> in.skip();
            }
        }
        String found = channel;
        Payload said = data;
        return id -> new Command.Publish(id, present(found, "publish"), said);
    }

    private static Body history(ProtoInput in) throws MalformedFrame {
        String channel = "";
        int limit = 0;
        StreamPosition since = null;
        Direction direction = Direction.OLDEST_FIRST;
        for (int field = in.next(); field != 0; field = in.next()) {
            switch (field) {
                case 1 -> channel = in.string("channel");
                case 7 -> limit = in.i32("limit");
                case 8 -> since = in.message("since", ProtoValues::position);
                case 9 -> direction = in.bool("reverse") ? Direction.NEWEST_FIRST : Direction.OLDEST_FIRST;
                default -> in.skip();
            }
        }
        HistoryMembers asked = new HistoryMembers(channel, limit, since, direction);
        return id -> new Command.History(
                id, present(asked.channel(), "history"), asked.limit(), asked.since(), asked.direction());
    }

    private static Body rpc(ProtoInput in) throws MalformedFrame {
        String method = "";
        Payload data = null;
        for (int field = in.next(); field != 0; field = in.next()) {
            switch (field) {
                case 1 -> data = data(in);
                case 2 -> method = in.string("method");
                default -> in.skip();
            }
        }
        String called = method;
        Payload argument = data;
        return id -> new Command.Rpc(id, called, argument);
    }

    private static Body send(ProtoInput in) throws MalformedFrame {
        Payload data = null;
        for (int field = in.next(); field != 0; field = in.next()) {
            if (field == 1) data = data(in);
            else in.skip();
        }
        Payload said = data;
        return id -> new Command.Send(said);
    }

    private static Body refresh(ProtoInput in) throws MalformedFrame {
        String token = "";
        for (int field = in.next(); field != 0; field = in.next()) {
            if (field == 1) token = in.string("token");
            else in.skip();
        }
        String found = token;
        return id -> new Command.Refresh(id, found);
    }

    private static Body subRefresh(ProtoInput in) throws MalformedFrame {
        String channel = "";
        String token = "";
        for (int field = in.next(); field != 0; field = in.next()) {
            switch (field) {
                case 1 -> channel = in.string("channel");
                case 2 -> token = in.string("token");
                default -> in.skip();
            }
        }
        String found = channel;
        String handed = token;
        return id -> new Command.SubRefresh(id, present(found, "sub_refresh"), handed);
    }
}
