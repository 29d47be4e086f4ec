package dev.openline.protocol;

import static dev.openline.protocol.CommandDraft.present;

import dev.openline.protocol.CommandDraft.Body;
import dev.openline.protocol.CommandDraft.Kind;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads one command. When a member comes twice the last one counts. */
final class CommandDecoder {
    private final JsonInput in;
    private final ValueDecoder values;
    private final CommandDraft draft = new CommandDraft();

    CommandDecoder(JsonInput in) {
        this.in = in;
        this.values = new ValueDecoder(in);
    }

    Command command() throws MalformedFrame {
        in.begin();
        in.enterObject("command");
        for (String name = in.nextMember(); name != null; name = in.nextMember()) {
            if (name.equals("id")) draft.id(in.u32("id"));
            else body(name);
        }
        in.end();
        return draft.command();
    }

    /** A connect request that stands alone, as a unidirectional client says it. */
    Command connectRequest() throws MalformedFrame {
        in.begin();
        draft.id(1);
        draft.offer(Kind.CONNECT, connect());
        in.end();
        return draft.command();
    }

    private void body(String name) throws MalformedFrame {
        switch (name) {
            case "connect" -> draft.offer(Kind.CONNECT, connect());
            case "subscribe" -> draft.offer(Kind.SUBSCRIBE, subscribe());
            case "unsubscribe" -> draft.offer(Kind.UNSUBSCRIBE, onChannel(name, Command.Unsubscribe::new));
            case "publish" -> draft.offer(Kind.PUBLISH, publish());
            case "presence" -> draft.offer(Kind.PRESENCE, onChannel(name, Command.Presence::new));
            case "presence_stats" -> draft.offer(Kind.PRESENCE_STATS, onChannel(name, Command.PresenceStats::new));
            case "history" -> draft.offer(Kind.HISTORY, history());
            case "rpc" -> draft.offer(Kind.RPC, rpc());
            case "send" -> draft.offer(Kind.SEND, send());
            case "refresh" -> draft.offer(Kind.REFRESH, refresh());
            case "sub_refresh" -> draft.offer(Kind.SUB_REFRESH, subRefresh());
            default -> in.skip();
        }
    }

    private Body connect() throws MalformedFrame {
        in.enterObject("connect");
        String token = "";
        Payload data = null;
        Map<String, SubscribeRequest> subs = Map.of();
        String name = "";
        String version = "";
        Map<String, String> headers = Map.of();
        for (String member = in.nextMember(); member != null; member = in.nextMember()) {
            switch (member) {
                case "token" -> token = in.string("token");
                case "data" -> data = in.payload();
                case "subs" -> subs = subs();
                case "name" -> name = in.string("name");
                case "version" -> version = in.string("version");
                case "headers" -> headers = in.strings("headers");
                default -> in.skip();
            }
        }
        Command.Connect draft = new Command.Connect(1, token, data, subs, name, version, headers);
        return id -> new Command.Connect(
                id, draft.token(), draft.data(), draft.subs(), draft.name(), draft.version(), draft.headers());
    }

    private Map<String, SubscribeRequest> subs() throws MalformedFrame {
        in.enterObject("subs");
        Map<String, SubscribeRequest> subs = new LinkedHashMap<>();
        for (String name = in.nextMember(); name != null; name = in.nextMember()) {
            String channel = present(name, "subs");
            subs.put(channel, SubscribeDecoder.request(in, "subs").to(channel));
        }
        return subs;
    }

    private Body subscribe() throws MalformedFrame {
        SubscribeMembers request = SubscribeDecoder.request(in, "subscribe");
        return id -> new Command.Subscribe(id, request.to(present(request.channel, "subscribe")));
    }

    /** A command on a channel that has nothing else to say. */
    private interface OnChannel {
        Command on(long id, String channel);
    }

    private Body onChannel(String what, OnChannel command) throws MalformedFrame {
        in.enterObject(what);
        String channel = "";
        for (String member = in.nextMember(); member != null; member = in.nextMember()) {
            if (member.equals("channel")) channel = in.string("channel");
            else in.skip();
        }
        String found = channel;
        return id -> command.on(id, present(found, what));
    }

    private Body publish() throws MalformedFrame {
        in.enterObject("publish");
        String channel = "";
        Payload data = null;
        for (String member = in.nextMember(); member != null; member = in.nextMember()) {
            switch (member) {
                case "channel" -> channel = in.string("channel");
                case "data" -> data = in.payload();
                default -> in.skip();
            }
        }
        String found = channel;
        Payload said = data;
        return id -> new Command.Publish(id, present(found, "publish"), said);
    }

    private Body history() throws MalformedFrame {
        HistoryMembers asked = HistoryMembers.read(in);
        return id -> new Command.History(
                id, present(asked.channel(), "history"), asked.limit(), asked.since(), asked.direction());
    }

    private Body rpc() throws MalformedFrame {
        in.enterObject("rpc");
        String method = "";
        Payload data = null;
        for (String member = in.nextMember(); member != null; member = in.nextMember()) {
            switch (member) {
                case "method" -> method = in.string("method");
                case "data" -> data = in.payload();
                default -> in.skip();
            }
        }
        String called = method;
        Payload argument = data;
        return id -> new Command.Rpc(id, called, argument);
    }

    private Body send() throws MalformedFrame {
        Payload data = values.onlyPayload("send");
        return id -> new Command.Send(data);
    }

    private Body refresh() throws MalformedFrame {
        in.enterObject("refresh");
        String token = "";
        for (String member = in.nextMember(); member != null; member = in.nextMember()) {
            if (member.equals("token")) token = in.string("token");
            else in.skip();
        }
        String found = token;
        return id -> new Command.Refresh(id, found);
    }

    private Body subRefresh() throws MalformedFrame {
        in.enterObject("sub_refresh");
        String channel = "";
        String token = "";
        for (String member = in.nextMember(); member != null; member = in.nextMember()) {
            switch (member) {
                case "channel" -> channel = in.string("channel");
                case "token" -> token = in.string("token");
                default -> in.skip();
            }
        }
        String found = channel;
        String handed = token;
        return id -> new Command.SubRefresh(id, present(found, "sub_refresh"), handed);
    }
}
