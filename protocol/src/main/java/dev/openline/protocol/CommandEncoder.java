package dev.openline.protocol;

import dev.openline.protocol.SubscribeRequest.Wish;
import java.util.List;

/** Writes one command. */
final class CommandEncoder implements Command.Cases<JsonOutput> {
    private final JsonOutput out;

    CommandEncoder(JsonOutput out) {
        this.out = out;
    }

    @Override
    public JsonOutput connect(Command.Connect command) {
        begin(command, Names.CONNECT).text(Names.TOKEN, command.token()).payload(Names.DATA, command.data());
        if (!command.subs().isEmpty()) {
            out.member(Names.SUBS).open();
            command.subs().forEach((channel, request) -> {
                out.member(channel).open();
                wanted(request);
                out.close();
            });
            out.close();
        }
        out.text(Names.NAME, command.name()).text(Names.VERSION, command.version());
        ValueEncoder.strings(out, Names.HEADERS, command.headers());
        return end();
    }

    @Override
    public JsonOutput subscribe(Command.Subscribe command) {
        begin(command, Names.SUBSCRIBE).text(Names.CHANNEL, command.request().channel());
        wanted(command.request());
        return end();
    }

    @Override
    public JsonOutput unsubscribe(Command.Unsubscribe command) {
        begin(command, Names.UNSUBSCRIBE).text(Names.CHANNEL, command.channel());
        return end();
    }

    @Override
    public JsonOutput publish(Command.Publish command) {
        begin(command, Names.PUBLISH).text(Names.CHANNEL, command.channel()).payload(Names.DATA, command.data());
        return end();
    }

    @Override
    public JsonOutput presence(Command.Presence command) {
        begin(command, Names.PRESENCE).text(Names.CHANNEL, command.channel());
        return end();
    }

    @Override
    public JsonOutput presenceStats(Command.PresenceStats command) {
        begin(command, Names.PRESENCE_STATS).text(Names.CHANNEL, command.channel());
        return end();
    }

    @Override
    public JsonOutput history(Command.History command) {
        begin(command, Names.HISTORY).text(Names.CHANNEL, command.channel()).number(Names.LIMIT, command.limit());
        StreamPosition since = command.since();
        if (since != null) {
            out.member(Names.SINCE).open();
            position(since);
            out.close();
        }
        out.flag(Names.REVERSE, command.direction() == Direction.NEWEST_FIRST);
        return end();
    }

    @Override
    public JsonOutput rpc(Command.Rpc command) {
        begin(command, Names.RPC).text(Names.METHOD, command.method()).payload(Names.DATA, command.data());
        return end();
    }

    @Override
    public JsonOutput send(Command.Send command) {
        out.open().member(Names.SEND).open().payload(Names.DATA, command.data());
        return end();
    }

    @Override
    public JsonOutput refresh(Command.Refresh command) {
        begin(command, Names.REFRESH).text(Names.TOKEN, command.token());
        return end();
    }

    @Override
    public JsonOutput subRefresh(Command.SubRefresh command) {
        begin(command, Names.SUB_REFRESH).text(Names.CHANNEL, command.channel()).text(Names.TOKEN, command.token());
        return end();
    }

    @Override
    public JsonOutput pong() {
        return out.open().close();
    }

    private JsonOutput begin(Command.Numbered command, byte[] body) {
        return out.open().number(Names.ID, command.id()).member(body).open();
    }

    private JsonOutput end() {
        return out.close().close();
    }

    /** All of a request but its channel. */
    private void wanted(SubscribeRequest request) {
        out.text(Names.TOKEN, request.token());
        StreamPosition recover = request.recover();
        if (recover != null) {
            out.flag(Names.RECOVER, true);
            position(recover);
        }
        out.payload(Names.DATA, request.data());
        out.flag(Names.POSITIONED, request.wishes().contains(Wish.POSITIONED));
        out.flag(Names.RECOVERABLE, request.wishes().contains(Wish.RECOVERABLE));
        out.flag(Names.JOIN_LEAVE, request.wishes().contains(Wish.JOIN_LEAVE));
        out.text(Names.DELTA, request.delta());
        TagsFilter filter = request.filter();
        if (filter != null) filter(out.member(Names.TF), filter);
        out.number(Names.TYPE, request.type()).number(Names.FLAG, request.flags());
    }

    private void position(StreamPosition position) {
        out.number(Names.OFFSET, position.offset()).text(Names.EPOCH, position.epoch());
    }

    private static void filter(JsonOutput out, TagsFilter filter) {
        out.open().text(Names.OP, filter.op()).text(Names.KEY, filter.key());
        out.text(Names.CMP, filter.cmp()).text(Names.VAL, filter.val());
        if (!filter.vals().isEmpty()) vals(out.member(Names.VALS), filter.vals());
        if (!filter.nodes().isEmpty()) {
            out.member(Names.NODES).openArray();
            filter.nodes().forEach(node -> filter(out, node));
            out.closeArray();
        }
        out.close();
    }

    private static void vals(JsonOutput out, List<String> vals) {
        out.openArray();
        vals.forEach(out::element);
        out.closeArray();
    }
}
