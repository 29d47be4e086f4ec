package dev.openline.protocol;

import dev.openline.protocol.SubscribeRequest.Wish;
import java.util.ArrayList;
import java.util.List;

/** Reads one subscribe request; its channel is inside it in a subscribe command, and the name it is filed under in a connect. */
final class SubscribeDecoder {
    private final JsonInput in;
    private final SubscribeMembers members = new SubscribeMembers();

    private SubscribeDecoder(JsonInput in) {
        this.in = in;
    }

    /** Reads the object that is the current value; {@code what} names it in faults. */
    static SubscribeMembers request(JsonInput in, String what) throws MalformedFrame {
        SubscribeDecoder decoder = new SubscribeDecoder(in);
        in.enterObject(what);
        for (String member = in.nextMember(); member != null; member = in.nextMember()) decoder.member(member);
        return decoder.members;
    }

    private void member(String member) throws MalformedFrame {
        switch (member) {
            case "channel" -> members.channel = in.string("channel");
            case "token" -> members.token = in.string("token");
            case "recover" -> members.recover = in.bool("recover");
            case "epoch" -> members.epoch = in.string("epoch");
            case "offset" -> members.offset = in.u63("offset");
            case "data" -> members.data = in.payload();
            case "positioned" -> members.wish(Wish.POSITIONED, in.bool("positioned"));
            case "recoverable" -> members.wish(Wish.RECOVERABLE, in.bool("recoverable"));
            case "join_leave" -> members.wish(Wish.JOIN_LEAVE, in.bool("join_leave"));
            case "delta" -> members.delta = in.string("delta");
            case "tf" -> members.filter = filter(1);
            case "type" -> members.type = in.i32("type");
            case "flag" -> members.flags = in.i64("flag");
            default -> in.skip();
        }
    }

    private TagsFilter filter(int depth) throws MalformedFrame {
        TagsFilter.requireDepth(depth);
        in.enterObject("tf");
        String op = "";
        String key = "";
        String cmp = "";
        String val = "";
        List<String> vals = List.of();
        List<TagsFilter> nodes = List.of();
        for (String member = in.nextMember(); member != null; member = in.nextMember()) {
            switch (member) {
                case "op" -> op = in.string("op");
                case "key" -> key = in.string("key");
                case "cmp" -> cmp = in.string("cmp");
                case "val" -> val = in.string("val");
                case "vals" -> vals = in.stringList("vals");
                case "nodes" -> nodes = filters(depth + 1);
                default -> in.skip();
            }
        }
        return new TagsFilter(op, key, cmp, val, vals, nodes);
    }

    private List<TagsFilter> filters(int depth) throws MalformedFrame {
        in.enterArray("nodes");
        List<TagsFilter> nodes = new ArrayList<>();
        while (in.nextElement()) nodes.add(filter(depth));
        return nodes;
    }
}
