package dev.openline.protocol;

import dev.openline.protocol.SubscribeRequest.Wish;
import java.util.List;

/** Writes one command, back to front. */
final class ProtoCommandEncoder implements Command.Cases<Void> {
    private final ProtoOutput out;

    ProtoCommandEncoder(ProtoOutput out) {
        this.out = out;
    }

    @Override
    public Void connect(Command.Connect command) {
        int before = out.size();
        out.strings(6, command.headers());
        out.text(5, command.version());
        out.text(4, command.name());
        command.subs().forEach((channel, request) -> {
            int entry = out.size();
            // The name that it is filed under says the channel already.
            request(request, "");
            out.message(2, entry);
            out.text(1, channel);
            out.message(3, entry);
        });
        out.payload(2, command.data());
        out.text(1, command.token());
        return done(4, before, command.id());
    }

    private Void done(int field, int before, long id) {
        out.message(field, before);
        out.number(1, id);
        return null;
    }

    private void request(SubscribeRequest request, String channel) {
        out.number(15, request.type());
        out.number(14, request.flags());
        if (request.filter() != null) {
            int before = out.size();
            filter(request.filter());
            out.message(13, before);
        }
        out.text(12, request.delta());
        out.flag(11, request.wishes().contains(Wish.JOIN_LEAVE));
        out.flag(10, request.wishes().contains(Wish.RECOVERABLE));
        out.flag(9, request.wishes().contains(Wish.POSITIONED));
        out.payload(8, request.data());
        StreamPosition position = request.recover();
        if (position != null) {
            out.number(7, position.offset());
            out.text(6, position.epoch());
            out.flag(3, true);
        }
        out.text(2, request.token());
        out.text(1, channel);
    }

    private void filter(TagsFilter filter) {
        List<TagsFilter> nodes = filter.nodes();
        for (int i = nodes.size() - 1; i >= 0; i--) {
            int before = out.size();
            filter(nodes.get(i));
            out.message(6, before);
        }
        List<String> vals = filter.vals();
        for (int i = vals.size() - 1; i >= 0; i--) out.element(5, vals.get(i));
        out.text(4, filter.val());
        out.text(3, filter.cmp());
        out.text(2, filter.key());
        out.text(1, filter.op());
    }

    @Override
    public Void subscribe(Command.Subscribe command) {
        int before = out.size();
        request(command.request(), command.request().channel());
        return done(5, before, command.id());
    }

    private Void onChannel(int field, String channel, long id) {
        int before = out.size();
        out.text(1, channel);
        return done(field, before, id);
    }

    @Override
    public Void unsubscribe(Command.Unsubscribe command) {
        return onChannel(6, command.channel(), command.id());
    }

    @Override
    public Void publish(Command.Publish command) {
        int before = out.size();
        out.payload(2, command.data());
        out.text(1, command.channel());
        return done(7, before, command.id());
    }

    @Override
    public Void presence(Command.Presence command) {
        return onChannel(8, command.channel(), command.id());
    }

    @Override
    public Void presenceStats(Command.PresenceStats command) {
        return onChannel(9, command.channel(), command.id());
    }

    @Override
    public Void history(Command.History command) {
        int before = out.size();
        out.flag(9, command.direction() == Direction.NEWEST_FIRST);
        StreamPosition since = command.since();
        if (since != null) {
            int position = out.size();
            out.text(2, since.epoch());
            out.number(1, since.offset());
            out.message(8, position);
        }
        out.number(7, command.limit());
        out.text(1, command.channel());
        return done(10, before, command.id());
    }

    @Override
    public Void rpc(Command.Rpc command) {
        int before = out.size();
        out.text(2, command.method());
        out.payload(1, command.data());
        return done(13, before, command.id());
    }

    @Override
    public Void send(Command.Send command) {
        int before = out.size();
        out.payload(1, command.data());
        out.message(12, before);
        return null;
    }

    @Override
    public Void refresh(Command.Refresh command) {
        int before = out.size();
        out.text(1, command.token());
        return done(14, before, command.id());
    }

    @Override
    public Void subRefresh(Command.SubRefresh command) {
        int before = out.size();
        out.text(2, command.token());
        out.text(1, command.channel());
        return done(15, before, command.id());
    }

    @Override
    public Void pong() {
        return null;
    }
}
