package dev.openline.protocol;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads one reply, push or ping. */
final class ProtoServerMessageDecoder {
    private ProtoServerMessageDecoder() {}

    /** The message; null for a push of an unknown kind. */
    static @Nullable ServerMessage message(ProtoInput in) throws MalformedFrame {
        ServerMessageDraft draft = new ServerMessageDraft();
        for (int field = in.next(); field != 0; field = in.next()) {
            switch (field) {
                case 1 -> draft.id(in.u32("id"));
                case 2 -> draft.offer(in.message("error", ProtoServerMessageDecoder::error));
                case 4 -> draft.offer(in.message("push", ProtoPushDecoder::push));
                default -> {
                    Result result = result(in, field);
                    if (result != null) draft.offer(result);
                }
            }
        }
        return draft.message();
    }

    private static ErrorReply error(ProtoInput in) throws MalformedFrame {
        int code = 0;
        String message = "";
        boolean temporary = false;
        for (int field = in.next(); field != 0; field = in.next()) {
            switch (field) {
                case 1 -> code = in.code("code");
                case 2 -> message = in.string("message");
                case 3 -> temporary = in.bool("temporary");
                default -> in.skip();
            }
        }
        return new ErrorReply(code, message, temporary);
    }

    private static @Nullable Result result(ProtoInput in, int field) throws MalformedFrame {
        return switch (field) {
            case 5 -> in.message("connect", ProtoServerMessageDecoder::connect);
            case 6 ->
                in.message("subscribe", ProtoServerMessageDecoder::subscribed).result();
            case 7 -> nothing(in, new Result.UnsubscribeResult());
            case 8 -> nothing(in, new Result.PublishResult());
            case 9 -> in.message("presence", ProtoServerMessageDecoder::presence);
            case 10 -> in.message("presence_stats", ProtoServerMessageDecoder::presenceStats);
            case 11 -> in.message("history", ProtoServerMessageDecoder::history);
            case 13 ->
                new Result.RpcResult(in.message("rpc", ProtoServerMessageDecoder::payloadOrNothing)
                        .orNull());
            case 14 ->
                new Result.RefreshResult(
                        in.message("refresh", inside -> lifetime(inside, 3, 4)).orNull());
            case 15 ->
                new Result.SubRefreshResult(in.message("sub_refresh", inside -> lifetime(inside, 1, 2))
                        .orNull());
            default -> {
                in.skip();
                yield null;
            }
        };
    }

    /** A value that may be absent, where null can't be returned. */
    record Maybe<T>(@Nullable T value) {
        @Nullable
        T orNull() {
            return value;
        }
    }

    private static Maybe<Payload> payloadOrNothing(ProtoInput in) throws MalformedFrame {
        return new Maybe<>(ProtoValues.onlyPayload(in));
    }

    private static Result nothing(ProtoInput in, Result result) throws MalformedFrame {
        return in.message("result", inside -> {
            ProtoValues.nothing(inside);
            return result;
        });
    }

    /** The lifetime in these two fields of a message; null: no end. */
    static Maybe<Expiry> lifetime(ProtoInput in, int expiresField, int ttlField) throws MalformedFrame {
        boolean expires = false;
        long ttl = 0;
        for (int field = in.next(); field != 0; field = in.next()) {
            if (field == expiresField) expires = in.bool("expires");
            else if (field == ttlField) ttl = in.u32("ttl");
            else in.skip();
        }
        return new Maybe<>(expires ? new Expiry(ttl) : null);
    }

    private static Result.ConnectResult connect(ProtoInput in) throws MalformedFrame {
        ConnectedMembers members = new ConnectedMembers();
        Map<String, Result.SubscribeResult> subs = new LinkedHashMap<>();
        for (int field = in.next(); field != 0; field = in.next()) {
            switch (field) {
                case 1 -> members.client = in.string("client");
                case 2 -> members.version = in.string("version");
                case 3 -> members.expires = in.bool("expires");
                case 4 -> members.ttl = in.u32("ttl");
                case 5 -> members.data = ProtoValues.sent(in.payload("data"));
                case 6 -> sub(in, subs);
                default -> connected(in, field, members);
            }
        }
        members.subs = subs;
        return members.result();
    }

    /** The same as a push has it, whose fields have other numbers. */
    static Result.ConnectResult connectPush(ProtoInput in) throws MalformedFrame {
        ConnectedMembers members = new ConnectedMembers();
        Map<String, Result.SubscribeResult> subs = new LinkedHashMap<>();
        for (int field = in.next(); field != 0; field = in.next()) {
            switch (field) {
                case 1 -> members.client = in.string("client");
                case 2 -> members.version = in.string("version");
                case 3 -> members.data = ProtoValues.sent(in.payload("data"));
                case 4 -> sub(in, subs);
                case 5 -> members.expires = in.bool("expires");
                case 6 -> members.ttl = in.u32("ttl");
                default -> connected(in, field, members);
            }
        }
        members.subs = subs;
        return members.result();
    }

    /** Fields 7 to 11, which are the same in a result and in a push. */
    private static void connected(ProtoInput in, int field, ConnectedMembers members) throws MalformedFrame {
        switch (field) {
            case 7 -> members.ping = in.u32("ping");
            case 8 -> members.pong = in.bool("pong");
            case 9 -> members.session = in.string("session");
            case 10 -> members.node = in.string("node");
            case 11 -> members.time = in.i64("time");
            default -> in.skip();
        }
    }

    private static void sub(ProtoInput in, Map<String, Result.SubscribeResult> subs) throws MalformedFrame {
        in.entry(
                "subs",
                subs,
                Result.SubscribeResult.untracked(),
                value -> value.message("subs", ProtoServerMessageDecoder::subscribed)
                        .result());
    }

    private static SubscribedMembers subscribed(ProtoInput in) throws MalformedFrame {
        SubscribedMembers members = new SubscribedMembers();
        List<Publication> publications = new ArrayList<>();
        for (int field = in.next(); field != 0; field = in.next()) {
            switch (field) {
                case 1 -> members.expires = in.bool("expires");
                case 2 -> members.ttl = in.u32("ttl");
                case 3 -> members.recoverable = in.bool("recoverable");
                case 6 -> members.epoch = in.string("epoch");
                case 7 -> publications.add(in.message("publications", ProtoValues::publication));
                case 8 -> members.recovered = in.bool("recovered");
                case 9 -> members.offset = in.u63("offset");
                case 10 -> members.positioned = in.bool("positioned");
                case 11 -> members.data = ProtoValues.sent(in.payload("data"));
                case 12 -> members.wasRecovering = in.bool("was_recovering");
                case 13 -> members.delta = in.bool("delta");
                default -> in.skip();
            }
        }
        members.publications = publications;
        return members;
    }

    private static Result.PresenceResult presence(ProtoInput in) throws MalformedFrame {
        Map<String, ClientInfo> clients = new LinkedHashMap<>();
        ClientInfo nobody = new ClientInfo("", "", null, null);
        for (int field = in.next(); field != 0; field = in.next()) {
            if (field == 1)
                in.entry("presence", clients, nobody, value -> value.message("presence", ProtoValues::info));
            else in.skip();
        }
        return new Result.PresenceResult(clients);
    }

    private static Result.PresenceStatsResult presenceStats(ProtoInput in) throws MalformedFrame {
        long clients = 0;
        long users = 0;
        for (int field = in.next(); field != 0; field = in.next()) {
            switch (field) {
                case 1 -> clients = in.u32("num_clients");
                case 2 -> users = in.u32("num_users");
                default -> in.skip();
            }
        }
        return new Result.PresenceStatsResult(clients, users);
    }

    private static Result.HistoryResult history(ProtoInput in) throws MalformedFrame {
        List<Publication> publications = new ArrayList<>();
        String epoch = "";
        long offset = 0;
        for (int field = in.next(); field != 0; field = in.next()) {
            switch (field) {
                case 1 -> publications.add(in.message("publications", ProtoValues::publication));
                case 2 -> epoch = in.string("epoch");
                case 3 -> offset = in.u63("offset");
                default -> in.skip();
            }
        }
        return new Result.HistoryResult(publications, new StreamPosition(offset, epoch));
    }
}
