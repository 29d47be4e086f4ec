package dev.openline.protocol;

import java.util.Objects;

/** The answer to a numbered command: what it brought, or why it was refused. */
public sealed interface Reply extends ServerMessage {
    /** The command's id, 1 to 4294967295. */
    long id();

    @Override
    default <R> R with(ServerMessage.Cases<R> cases) {
        return cases.reply(this);
    }

    /** Calls the method of {@code outcome} that fits. */
    <R> R with(Outcome<R> outcome);

    /** One answer for each of the two outcomes. */
    interface Outcome<R> {
        R done(Done reply);

        R failed(Failed reply);
    }

    /** The command was carried out. */
    record Done(long id, Result result) implements Reply {
        public Done {
            Numbers.requireId(id);
            Objects.requireNonNull(result, "result");
        }

        @Override
        public <R> R with(Outcome<R> outcome) {
            return outcome.done(this);
        }
    }

    /** The command was refused; the connection goes on. */
    record Failed(long id, ErrorReply error) implements Reply {
        public Failed {
            Numbers.requireId(id);
            Objects.requireNonNull(error, "error");
        }

        @Override
        public <R> R with(Outcome<R> outcome) {
            return outcome.failed(this);
        }
    }
}
