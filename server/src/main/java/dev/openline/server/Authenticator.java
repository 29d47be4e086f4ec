package dev.openline.server;

import dev.openline.net.HttpRequest;
import dev.openline.protocol.Disconnect;
import dev.openline.protocol.Encoding;
import dev.openline.protocol.ErrorReply;
import dev.openline.protocol.Payload;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Decides who may open a session. Nothing of a connection takes effect before the answer. Where the server verifies tokens, it is asked
 * about clients without one.
 */
@FunctionalInterface
public interface Authenticator {
    /**
     * What a client brings with its {@code connect}.
     *
     * @param client the id that the connection will have
     * @param token as the client sent it; empty if it sent none. Not for logs.
     * @param data what the application's page or program sent along, or null
     * @param headers emulated header fields from the command: the client's own words, unlike those of the request
     * @param request the HTTP request that opened the line
     * @param name the client's library, and its version
     * @param channels those that it would like to be subscribed to by the server
     * @param transport {@code websocket}, {@code http_stream} or {@code sse}
     * @param encoding what it speaks
     */
    record Attempt(
            String client,
            String token,
            @Nullable Payload data,
            Map<String, String> headers,
            HttpRequest request,
            Library name,
            Set<String> channels,
            String transport,
            Encoding encoding) {
        /** What a client says that it runs on. */
        public record Library(String name, String version) {}

        /** Without the token and the data. */
        @Override
        public String toString() {
            return "Attempt[" + request + "]";
        }
    }

    /**
     * Which token it was, without the token.
     *
     * @param id its claim {@code jti}, or null
     * @param issuedAt its claim {@code iat}, in seconds since 1970, or null
     */
    record TokenStamp(@Nullable String id, @Nullable Long issuedAt) {}

    /** The answer: exactly one of four. */
    sealed interface Admission {}

    /**
     * The session is opened. More components than four because this is all that can be said of a session; the {@code with…} methods name
     * them.
     *
     * @param user the application's id of the user, empty for an anonymous one
     * @param connectionInfo shown to others in presence and with the client's publications, or null
     * @param data handed to the client in the reply to {@code connect}, or null
     * @param expireAtSeconds when the session ends unless it is refreshed, in seconds since 1970; null for never
     * @param refreshed who has to refresh it in time; of no meaning without {@code expireAtSeconds}
     * @param subs channels that the server subscribes the client to
     * @param meta for the application's hooks only, the client is never told, or null
     * @param token which token has admitted it, so that it can be sent away when that is revoked; null for none
     */
    record Admitted(
            String user,
            @Nullable Payload connectionInfo,
            @Nullable Payload data,
            @Nullable Long expireAtSeconds,
            Grant.Refreshed refreshed,
            Map<String, Grant> subs,
            @Nullable Payload meta,
            @Nullable TokenStamp token)
            implements Admission {
        public Admitted {
            subs = Map.copyOf(subs);
        }

        /** Without an end, and without subscriptions by the server. */
        public Admitted(String user, @Nullable Payload connectionInfo, @Nullable Payload data) {
            this(user, connectionInfo, data, null, Grant.Refreshed.BY_SERVER, Map.of(), null, null);
        }

        /** The same with an end. */
        public Admitted until(@Nullable Long expireAtSeconds, Grant.Refreshed by) {
            return new Admitted(user, connectionInfo, data, expireAtSeconds, by, subs, meta, token);
        }

        /** The same with these subscriptions by the server. */
        public Admitted withSubs(Map<String, Grant> subs) {
            return new Admitted(user, connectionInfo, data, expireAtSeconds, refreshed, subs, meta, token);
        }

        /** The same with something for the hooks. */
        public Admitted withMeta(@Nullable Payload meta) {
            return new Admitted(user, connectionInfo, data, expireAtSeconds, refreshed, subs, meta, token);
        }

        /** The same, admitted by this token. */
        public Admitted withToken(@Nullable TokenStamp token) {
            return new Admitted(user, connectionInfo, data, expireAtSeconds, refreshed, subs, meta, token);
        }

        /** Without payloads. */
        @Override
        public String toString() {
            return "Admitted[user=" + user + ", expireAtSeconds=" + expireAtSeconds + ", subs=" + subs.size() + "]";
        }
    }

    /** The {@code connect} is answered with an error; a temporary one, or 109, makes clients try again. */
    record Denied(ErrorReply error) implements Admission {}

    /** The line is closed with this code. */
    record Dropped(Disconnect disconnect) implements Admission {}

    /** This doesn't know the client: it comes in as an anonymous one if those may, and is closed with 3501 otherwise. */
    record Unknown() implements Admission {}

    /**
     * Called on an event loop, so it must not block; the stage may complete on any thread. A failed stage, or an exception, is answered
     * with error 100. The client's further commands wait meanwhile.
     */
    CompletionStage<Admission> authenticate(Attempt attempt);
}
