package dev.openline.protocol;

/** Reads one push. */
final class PushDecoder {
    private final JsonInput in;
    private final ValueDecoder values;
    private final PushDraft draft = new PushDraft();

    private PushDecoder(JsonInput in) {
        this.in = in;
        this.values = new ValueDecoder(in);
    }

    /** Reads the object that is the current value. */
    static PushDraft read(JsonInput in) throws MalformedFrame {
        PushDecoder decoder = new PushDecoder(in);
        in.enterObject("push");
        for (String member = in.nextMember(); member != null; member = in.nextMember()) decoder.member(member);
        return decoder.draft;
    }

    private void member(String member) throws MalformedFrame {
        switch (member) {
            case "channel" -> draft.channel(in.string("channel"));
            case "pub" -> {
                Publication publication = values.publication("pub");
                draft.offer(name -> new Push.PublicationPush(name, publication));
            }
            case "join" -> {
                ClientInfo info = onlyInfo("join");
                draft.offer(name -> new Push.Join(name, info));
            }
            case "leave" -> {
                ClientInfo info = onlyInfo("leave");
                draft.offer(name -> new Push.Leave(name, info));
            }
            case "unsubscribe" -> {
                Unsubscribed why = values.coded("unsubscribe", Unsubscribed::new);
                draft.offer(name -> new Push.UnsubscribePush(name, why));
            }
            case "subscribe" -> draft.offer(SubscribedDecoder.read(in, "subscribe")::push);
            case "message" -> draft.offer(new Push.MessagePush(values.onlyPayload("message")));
            case "connect" -> draft.offer(new Push.ConnectPush(new ResultDecoder(in).connect()));
            case "disconnect" ->
                draft.offer(new Push.DisconnectPush(values.coded("disconnect", PushDraft::disconnect)));
            case "refresh" -> draft.offer(new Push.RefreshPush(values.onlyExpiry("refresh")));
            default -> in.skip();
        }
    }

    private ClientInfo onlyInfo(String what) throws MalformedFrame {
        in.enterObject(what);
        ClientInfo info = null;
        for (String member = in.nextMember(); member != null; member = in.nextMember()) {
            if (member.equals("info")) info = values.info("info");
            else in.skip();
        }
        return PushDraft.present(info, what);
    }
}
