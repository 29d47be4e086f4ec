package dev.openline.client;

import dev.openline.protocol.Payload;
import dev.openline.protocol.StreamPosition;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** One publish in the {@link Outbox}. What changes about it is for the machine alone. */
final class Outgoing {
    private final String channel;
    private final Payload argument;
    private final long since;
    private final CompletableFuture<Optional<StreamPosition>> outcome = new CompletableFuture<>();
    private Phases.Publishing phase = Phases.Publishing.WAITING;

    /** When it was first sent with an outcome that is unknown; {@link ClientMachine#NEVER} if it surely has not been applied. */
    private long doubtSince = ClientMachine.NEVER;

    /** Whether what is unknown is the outcome of the latest try only. */
    private boolean doubtIsNew;

    /**
     * @param argument of the method that publishes, with the key
     * @param since when the application published it
     */
    Outgoing(String channel, Payload argument, long since) {
        this.channel = channel;
        this.argument = argument;
        this.since = since;
    }

    String channel() {
        return channel;
    }

    Payload argument() {
        return argument;
    }

    /** Bytes that it holds. */
    int bytes() {
        return argument.size();
    }

    long since() {
        return since;
    }

    /** For the application; completed by whoever carries out the machine's effects, never by the machine. */
    CompletableFuture<Optional<StreamPosition>> outcome() {
        return outcome;
    }

    /** A few words for the message of a failure. */
    String what() {
        return "publish to " + channel;
    }

    void on(Phases.Publishing.Event event) {
        phase = phase.on(event);
    }

    Phases.Publishing phase() {
        return phase;
    }

    void sent(long now) {
        on(Phases.Publishing.Event.PUBLISH_SENT);
        doubtIsNew = doubtSince == ClientMachine.NEVER;
        if (doubtIsNew) doubtSince = now;
    }

    /** The server said that the latest try had no effect. */
    void notApplied() {
        if (doubtIsNew) doubtSince = ClientMachine.NEVER;
    }

    /** Whether it may have been applied, for all that is known. */
    boolean isInDoubt() {
        return doubtSince != ClientMachine.NEVER;
    }

    long doubtSince() {
        return doubtSince;
    }

    /** Channel and size only: payloads and keys don't belong in logs. */
    @Override
    public String toString() {
        return what() + ", " + bytes() + " bytes, " + phase;
    }
}
