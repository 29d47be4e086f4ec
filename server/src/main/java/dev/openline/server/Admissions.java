package dev.openline.server;

import dev.openline.protocol.Disconnect;
import dev.openline.protocol.ErrorReply;
import dev.openline.protocol.SubscribeRequest;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who comes in, and with what: the one order in which tokens, the application and the configuration are asked.
 *
 * @param rules what holds for all sessions
 * @param tokens what tokens are worth, or null where none is verified
 * @param authenticator asked about clients without a token, and about all where no tokens are verified; or null
 * @param anonymous whether clients come in about whom nobody says anything
 * @param rpc handlers by method
 */
record Admissions(
        SessionRules rules,
        @Nullable TokenDesk tokens,
        @Nullable Authenticator authenticator,
        Anonymous anonymous,
        Map<String, RpcHandler> rpc,
        @Nullable RpcFallback otherRpc) {
    private static final Logger log = LoggerFactory.getLogger(OpenlineServer.class);

    /** What becomes of a client about whom nobody says anything. */
    enum Anonymous {
        ADMITTED,
        TURNED_AWAY
    }

    /** Completes normally, whatever fails. */
    CompletionStage<Authenticator.Admission> admit(Authenticator.Attempt attempt) {
        return asked(attempt)
                .exceptionally(fault -> {
                    if (!HookFault.isIn(fault)) log.warn("a client could not be authenticated", fault);
                    return new Authenticator.Denied(ErrorReply.INTERNAL);
                })
                .thenApply(this::settled);
    }

    private CompletionStage<Authenticator.Admission> asked(Authenticator.Attempt attempt) {
        try {
            boolean bringsToken = !attempt.token().isEmpty();
            if (bringsToken && tokens != null) return tokens.connection(attempt.token());
            if (authenticator != null) return authenticator.authenticate(attempt);
            // Without tokens to verify, a client that brings one can't be who it says.
            return CompletableFuture.completedStage(
                    bringsToken ? new Authenticator.Dropped(Disconnect.INVALID_TOKEN) : new Authenticator.Unknown());
        } catch (RuntimeException fault) {
            return CompletableFuture.failedStage(fault);
        }
    }

    private Authenticator.Admission settled(Authenticator.@Nullable Admission admission) {
        if (admission == null) {
            log.warn("the authenticator answered null");
            return new Authenticator.Denied(ErrorReply.INTERNAL);
        }
        if (!(admission instanceof Authenticator.Unknown)) return admission;
        return anonymous == Anonymous.ADMITTED
                ? new Authenticator.Admitted("", null, null)
                : new Authenticator.Dropped(Disconnect.BAD_REQUEST);
    }

    CompletionStage<Authenticator.Admission> refreshed(String token) {
        if (tokens == null)
            return CompletableFuture.completedStage(new Authenticator.Dropped(Disconnect.INVALID_TOKEN));
        return tokens.connection(token);
    }

    /** {@code complaint} hears what is wrong with an invalid token, on any thread. */
    CompletionStage<SubscribeHook.Decision> subscription(
            Client client, SubscribeRequest request, Consumer<String> complaint) {
        if (tokens == null)
            return CompletableFuture.completedStage(new SubscribeHook.Decision.Denied(ErrorReply.PERMISSION_DENIED));
        return tokens.subscription(client, request, complaint);
    }

    @Nullable
    RpcFallback rpc(String method) {
        RpcHandler handler = rpc.get(method);
        return handler == null ? otherRpc : (caller, name, data) -> handler.call(caller.info(), data);
    }
}
