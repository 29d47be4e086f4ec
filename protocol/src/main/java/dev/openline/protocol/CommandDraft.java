package dev.openline.protocol;

import org.jspecify.annotations.Nullable;

/**
 * A command while its members come, in any order. The protocol names a command by the member that is present; when several are,
 * {@link Kind}'s order decides.
 */
final class CommandDraft {
    /** The commands in the order in which the reference server looks for them. */
    enum Kind {
        CONNECT,
        SUBSCRIBE,
        UNSUBSCRIBE,
        PUBLISH,
        PRESENCE,
        PRESENCE_STATS,
        HISTORY,
        RPC,
        SEND,
        REFRESH,
        SUB_REFRESH
    }

    /** A command that still lacks its id, which may stand behind it. */
    interface Body {
        Command command(long id) throws MalformedFrame;
    }

    private long id;
    private @Nullable Kind kind;
    private @Nullable Body body;

    void id(long id) {
        this.id = id;
    }

    /** Of two bodies of the same kind the later one counts. */
    void offer(Kind offered, Body offeredBody) {
        if (kind != null && kind.compareTo(offered) < 0) return;
        kind = offered;
        body = offeredBody;
    }

    /** What all members together make. */
    Command command() throws MalformedFrame {
        Body chosen = body;
        if (chosen == null) {
            if (id == 0) return new Command.Pong();
            throw new MalformedFrame("a command without a known body");
        }
        if (id == 0 && kind != Kind.SEND) throw new MalformedFrame("a command without an id");
        return chosen.command(id);
    }

    /** The channel, which must have been sent. */
    static String present(String channel, String what) throws MalformedFrame {
        if (channel.isEmpty()) throw new MalformedFrame("no channel in " + what);
        return channel;
    }
}
