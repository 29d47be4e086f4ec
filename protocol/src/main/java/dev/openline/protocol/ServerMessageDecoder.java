package dev.openline.protocol;

import org.jspecify.annotations.Nullable;

/** Reads one reply, push or ping. */
final class ServerMessageDecoder {
    private final JsonInput in;
    private final ValueDecoder values;
    private final ResultDecoder results;

    ServerMessageDecoder(JsonInput in) {
        this.in = in;
        this.values = new ValueDecoder(in);
        this.results = new ResultDecoder(in);
    }

    /** The message; null for a push of an unknown kind. */
    @Nullable
    ServerMessage message() throws MalformedFrame {
        in.begin();
        in.enterObject("message");
        ServerMessageDraft draft = new ServerMessageDraft();
        for (String name = in.nextMember(); name != null; name = in.nextMember()) {
            switch (name) {
                case "id" -> draft.id(in.u32("id"));
                case "error" -> draft.offer(values.error("error"));
                case "push" -> draft.offer(PushDecoder.read(in));
                default -> {
                    Result result = results.result(name);
                    if (result != null) draft.offer(result);
                }
            }
        }
        in.end();
        return draft.message();
    }
}
