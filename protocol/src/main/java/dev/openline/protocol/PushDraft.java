package dev.openline.protocol;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A push while its members come: its channel may stand behind its body. When several bodies are present, the last one counts. */
final class PushDraft {
    private String channel = "";
    private @Nullable Function<String, Push> onChannel;
    private @Nullable Push withoutChannel;

    void channel(String channel) {
        this.channel = channel;
    }

    void offer(Function<String, Push> body) {
        onChannel = body;
    }

    void offer(Push whole) {
        withoutChannel = whole;
    }

    /** What all members together make; null if it is of a kind we don't know. */
    @Nullable
    Push push() throws MalformedFrame {
        if (onChannel == null) return withoutChannel;
        if (channel.isEmpty()) throw new MalformedFrame("no channel in push");
        return onChannel.apply(channel);
    }

    static Disconnect disconnect(int code, String reason) throws MalformedFrame {
        try {
            return new Disconnect(code, reason);
        } catch (IllegalArgumentException e) {
            throw new MalformedFrame("disconnect code is out of range");
        }
    }

    /** Who came or left, who must have been named. */
    static ClientInfo present(@Nullable ClientInfo info, String what) throws MalformedFrame {
        if (info == null) throw new MalformedFrame("no info in " + what);
        return info;
    }
}
