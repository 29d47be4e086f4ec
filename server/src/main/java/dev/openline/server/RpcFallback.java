package dev.openline.server;

import dev.openline.protocol.Payload;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Answers the methods of the {@code rpc} command that have no {@link RpcHandler} of their own. */
@FunctionalInterface
public interface RpcFallback {
    /**
     * Called on an event loop, so it must not block; the stage may complete on any thread. {@link RpcRefused} says no; any other failed stage, or an
     * exception, is answered with error 100.
     *
     * @param caller who asks
     * @param method which method
     * @param data the argument, or null if none was sent
     * @return the result, whose stage may complete with null for none
     */
    CompletionStage<@Nullable Payload> call(Client caller, String method, @Nullable Payload data);
}
