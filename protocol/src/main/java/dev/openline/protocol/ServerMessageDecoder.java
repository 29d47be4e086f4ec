package dev.openline.protocol;

import org.jspecify.annotations.Nullable;

/** Reads one reply, push or ping: a reply has an id, a push has none, a ping has nothing. */
final class ServerMessageDecoder {
    private final JsonInput in;
    private final ResultDecoder results;

    ServerMessageDecoder(JsonInput in) {
        this.in = in;
        this.results = new ResultDecoder(in);
    }

    /** The message; null for a push of an unknown kind. */
    @Nullable
    ServerMessage message() throws MalformedFrame {
        in.begin();
        in.enterObject("message");
        long id = 0;
        ErrorReply error = null;
        Result result = null;
        PushDecoder push = null;
        for (String name = in.nextMember(); name != null; name = in.nextMember()) {
            switch (name) {
                case "id" -> id = in.u32("id");
                case "error" -> error = error();
                case "push" -> push = new PushDecoder(in).read();
                default -> {
                    Result read = results.result(name);
                    if (read != null) result = read;
                }
            }
        }
        in.end();
        if (id != 0) return reply(id, error, result);
        if (push != null) return push.push();
        if (error == null && result == null) return new Ping();
        throw new MalformedFrame("a reply without an id");
    }

    private static Reply reply(long id, @Nullable ErrorReply error, @Nullable Result result) throws MalformedFrame {
        if (error != null) return new Reply.Failed(id, error);
        if (result != null) return new Reply.Done(id, result);
        throw new MalformedFrame("a reply without a known result");
    }

    private ErrorReply error() throws MalformedFrame {
        in.enterObject("error");
        int code = 0;
        String message = "";
        boolean temporary = false;
        for (String member = in.nextMember(); member != null; member = in.nextMember()) {
            switch (member) {
                case "code" -> code = in.code("code");
                case "message" -> message = in.string("message");
                case "temporary" -> temporary = in.bool("temporary");
                default -> in.skip();
            }
        }
        return new ErrorReply(code, message, temporary);
    }
}
