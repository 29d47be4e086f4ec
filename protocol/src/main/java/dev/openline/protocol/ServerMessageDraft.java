package dev.openline.protocol;

import org.jspecify.annotations.Nullable;

/** A reply, push or ping while its members come: a reply has an id, a push has none, a ping has nothing. */
final class ServerMessageDraft {
    private long id;
    private @Nullable ErrorReply error;
    private @Nullable Result result;
    private @Nullable PushDraft push;

    void id(long id) {
        this.id = id;
    }

    void offer(ErrorReply error) {
        this.error = error;
    }

    void offer(Result result) {
        this.result = result;
    }

    void offer(PushDraft push) {
        this.push = push;
    }

    /** What all members together make; null for a push of an unknown kind. */
    @Nullable
    ServerMessage message() throws MalformedFrame {
        if (id != 0) return reply();
        if (push != null) return push.push();
        if (error == null && result == null) return new Ping();
        throw new MalformedFrame("a reply without an id");
    }

    private Reply reply() throws MalformedFrame {
        if (error != null) return new Reply.Failed(id, error);
        if (result != null) return new Reply.Done(id, result);
        throw new MalformedFrame("a reply without a known result");
    }
}
