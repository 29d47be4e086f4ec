package dev.openline.server;

import dev.openline.net.HttpRequest;
import dev.openline.protocol.Disconnect;
import dev.openline.protocol.ErrorReply;
import dev.openline.protocol.Payload;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Decides who may open a session. Nothing of a connection takes effect before the answer. */
@FunctionalInterface
public interface Authenticator {
    /**
     * What a client brings with its {@code connect}.
     *
     * @param token as the client sent it; empty if it sent none. Not for logs.
     * @param data what the application's page or program sent along, or null
     * @param headers emulated header fields from the command: the client's own words, unlike those of the request
     * @param request the HTTP request that opened the line
     */
    record Attempt(String token, @Nullable Payload data, Map<String, String> headers, HttpRequest request) {
        /** Without the token and the data. */
        @Override
        public String toString() {
            return "Attempt[" + request + "]";
        }
    }

    /** The answer: exactly one of three. */
    sealed interface Admission {}

    /**
     * The session is opened.
     *
     * @param user the application's id of the user, empty for an anonymous one
     * @param connectionInfo shown to others in presence and with the client's publications, or null
     * @param data handed to the client in the reply to {@code connect}, or null
     */
    record Admitted(
            String user,
            @Nullable Payload connectionInfo,
            @Nullable Payload data) implements Admission {}

    /** The {@code connect} is answered with an error; a temporary one, or 109, makes clients try again. */
    record Denied(ErrorReply error) implements Admission {}

    /** The line is closed with this code. */
    record Dropped(Disconnect disconnect) implements Admission {}

    /**
     * Called on an event loop, so it must not block; the stage may complete on any thread. A failed stage, or an exception, is answered
     * with error 100. The client's further commands wait meanwhile.
     */
    CompletionStage<Admission> authenticate(Attempt attempt);
}
