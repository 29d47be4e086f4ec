package dev.openline.protocol;

import dev.openline.protocol.SubscribeRequest.Wish;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads one subscribe request; its channel is inside it in a subscribe command, and the name it is filed under in a connect. */
final class SubscribeDecoder {
    private final JsonInput in;
    private String channel = "";
    private String token = "";
    private boolean recover;
    private String epoch = "";
    private long offset;
    private @Nullable Payload data;
    private final Set<Wish> wishes = EnumSet.noneOf(Wish.class);
    private String delta = "";
    private @Nullable TagsFilter filter;
    private int type;
    private long flags;

    SubscribeDecoder(JsonInput in) {
        this.in = in;
    }

    /** Reads the object that is the current value; {@code what} names it in faults. */
    SubscribeDecoder request(String what) throws MalformedFrame {
        in.enterObject(what);
        for (String member = in.nextMember(); member != null; member = in.nextMember()) member(member);
        return this;
    }

    /** The channel that was inside; empty if none was. */
    String channel() {
        return channel;
    }

    /** What was read, as a request for {@code channel}. */
    SubscribeRequest to(String channel) {
        StreamPosition position = recover ? new StreamPosition(offset, epoch) : null;
        return new SubscribeRequest(channel, token, position, data, wishes, delta, filter, type, flags);
    }

    private void member(String member) throws MalformedFrame {
        switch (member) {
            case "channel" -> channel = in.string("channel");
            case "token" -> token = in.string("token");
            case "recover" -> recover = in.bool("recover");
            case "epoch" -> epoch = in.string("epoch");
            case "offset" -> offset = in.u63("offset");
            case "data" -> data = in.payload();
            case "positioned" -> wish(Wish.POSITIONED, in.bool("positioned"));
            case "recoverable" -> wish(Wish.RECOVERABLE, in.bool("recoverable"));
            case "join_leave" -> wish(Wish.JOIN_LEAVE, in.bool("join_leave"));
            case "delta" -> delta = in.string("delta");
            case "tf" -> filter = filter();
            case "type" -> type = in.i32("type");
            case "flag" -> flags = in.i64("flag");
            default -> in.skip();
        }
    }

    private void wish(Wish wish, boolean wished) {
        if (wished) wishes.add(wish);
        else wishes.remove(wish);
    }

    /** Recursion is bounded by the reader's nesting limit. */
    private TagsFilter filter() throws MalformedFrame {
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
                case "nodes" -> nodes = filters();
                default -> in.skip();
            }
        }
        return new TagsFilter(op, key, cmp, val, vals, nodes);
    }

    private List<TagsFilter> filters() throws MalformedFrame {
        in.enterArray("nodes");
        List<TagsFilter> nodes = new ArrayList<>();
        while (in.nextElement()) nodes.add(filter());
        return nodes;
    }
}
