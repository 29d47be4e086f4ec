package dev.openline.protocol;

import dev.openline.protocol.ProtoServerMessageDecoder.Maybe;
import org.jspecify.annotations.Nullable;

/** Reads one push. */
final class ProtoPushDecoder {
    private ProtoPushDecoder() {}

    static PushDraft push(ProtoInput in) throws MalformedFrame {
        PushDraft draft = new PushDraft();
        for (int field = in.next(); field != 0; field = in.next()) {
            switch (field) {
                case 2 -> draft.channel(in.string("channel"));
                case 4 -> {
                    Publication publication = in.message("pub", ProtoValues::publication);
                    draft.offer(name -> new Push.PublicationPush(name, publication));
                }
                case 5 -> {
                    ClientInfo info = onlyInfo(in, "join");
                    draft.offer(name -> new Push.Join(name, info));
                }
                case 6 -> {
                    ClientInfo info = onlyInfo(in, "leave");
                    draft.offer(name -> new Push.Leave(name, info));
                }
                case 7 -> {
                    Coded why = in.message("unsubscribe", inside -> coded(inside, 2, 3));
                    draft.offer(name -> new Push.UnsubscribePush(name, new Unsubscribed(why.code, why.reason)));
                }
                case 9 -> draft.offer(in.message("subscribe", ProtoPushDecoder::subscribed)::push);
                default -> withoutChannel(in, field, draft);
            }
        }
        return draft;
    }

    private static void withoutChannel(ProtoInput in, int field, PushDraft draft) throws MalformedFrame {
        switch (field) {
            case 8 -> {
                Maybe<Payload> data = in.message("message", inside -> new Maybe<>(ProtoValues.onlyPayload(inside)));
                draft.offer(new Push.MessagePush(data.orNull()));
            }
            case 10 -> draft.offer(new Push.ConnectPush(in.message("connect", ProtoServerMessageDecoder::connectPush)));
            case 11 -> {
                Coded why = in.message("disconnect", inside -> coded(inside, 1, 2));
                draft.offer(new Push.DisconnectPush(PushDraft.disconnect(why.code, why.reason)));
            }
            case 12 -> {
                Maybe<Expiry> expiry =
                        in.message("refresh", inside -> ProtoServerMessageDecoder.lifetime(inside, 1, 2));
                draft.offer(new Push.RefreshPush(expiry.orNull()));
            }
            default -> in.skip();
        }
    }

    private record Coded(int code, String reason) {}

    private static Coded coded(ProtoInput in, int codeField, int reasonField) throws MalformedFrame {
        int code = 0;
        String reason = "";
        for (int field = in.next(); field != 0; field = in.next()) {
            if (field == codeField) code = in.code("code");
            else if (field == reasonField) reason = in.string("reason");
            else in.skip();
        }
        return new Coded(code, reason);
    }

    private static SubscribedMembers subscribed(ProtoInput in) throws MalformedFrame {
        SubscribedMembers members = new SubscribedMembers();
        for (int field = in.next(); field != 0; field = in.next()) {
            switch (field) {
                case 1 -> members.recoverable = in.bool("recoverable");
                case 4 -> members.epoch = in.string("epoch");
                case 5 -> members.offset = in.u63("offset");
                case 6 -> members.positioned = in.bool("positioned");
                case 7 -> members.data = ProtoValues.sent(in.payload("data"));
                default -> in.skip();
            }
        }
        return members;
    }

    private static ClientInfo onlyInfo(ProtoInput in, String what) throws MalformedFrame {
        Maybe<ClientInfo> found = in.message(what, inside -> {
            @Nullable ClientInfo info = null;
            for (int field = inside.next(); field != 0; field = inside.next()) {
                if (field == 1) info = inside.message("info", ProtoValues::info);
                else inside.skip();
            }
            return new Maybe<>(info);
        });
        return PushDraft.present(found.orNull(), what);
    }
}
