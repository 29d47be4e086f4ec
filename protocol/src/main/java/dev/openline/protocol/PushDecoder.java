package dev.openline.protocol;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads one push; its channel may stand behind its body. When several bodies are present, the last one counts. */
final class PushDecoder {
    private final JsonInput in;
    private final ValueDecoder values;
    private String channel = "";
    private @Nullable Function<String, Push> onChannel;
    private @Nullable Push withoutChannel;

    PushDecoder(JsonInput in) {
        this.in = in;
        this.values = new ValueDecoder(in);
    }

    PushDecoder read() throws MalformedFrame {
        in.enterObject("push");
        for (String member = in.nextMember(); member != null; member = in.nextMember()) member(member);
        return this;
    }

    /** What was read; null if it is of a kind we don't know. */
    @Nullable
    Push push() throws MalformedFrame {
        if (onChannel == null) return withoutChannel;
        if (channel.isEmpty()) throw new MalformedFrame("no channel in push");
        return onChannel.apply(channel);
    }

    private void member(String member) throws MalformedFrame {
        switch (member) {
            case "channel" -> channel = in.string("channel");
            case "pub" -> {
                Publication publication = values.publication("pub");
                onChannel = name -> new Push.PublicationPush(name, publication);
            }
            case "join" -> {
                ClientInfo info = onlyInfo("join");
                onChannel = name -> new Push.Join(name, info);
            }
            case "leave" -> {
                ClientInfo info = onlyInfo("leave");
                onChannel = name -> new Push.Leave(name, info);
            }
            case "unsubscribe" -> {
                Unsubscribed why = values.coded("unsubscribe", Unsubscribed::new);
                onChannel = name -> new Push.UnsubscribePush(name, why);
            }
            case "subscribe" -> onChannel = new SubscribedDecoder(in).read("subscribe")::push;
            case "message" -> withoutChannel = new Push.MessagePush(values.onlyPayload("message"));
            case "disconnect" -> withoutChannel = new Push.DisconnectPush(disconnect());
            case "refresh" -> withoutChannel = new Push.RefreshPush(values.onlyExpiry("refresh"));
            default -> in.skip();
        }
    }

    private Disconnect disconnect() throws MalformedFrame {
        try {
            return values.coded("disconnect", Disconnect::new);
        } catch (IllegalArgumentException e) {
            throw new MalformedFrame("disconnect code is out of range");
        }
    }

    private ClientInfo onlyInfo(String what) throws MalformedFrame {
        in.enterObject(what);
        ClientInfo info = null;
        for (String member = in.nextMember(); member != null; member = in.nextMember()) {
            if (member.equals("info")) info = values.info("info");
            else in.skip();
        }
        if (info == null) throw new MalformedFrame("no info in " + what);
        return info;
    }
}
