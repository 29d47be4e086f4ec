package dev.openline.server;

import dev.openline.protocol.ClientInfo;
import dev.openline.protocol.Payload;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Answers one method of the {@code rpc} command. */
@FunctionalInterface
public interface RpcHandler {
    /**
     * Called on an event loop, so it must not block; the stage may complete on any thread. A failed stage, or an exception, is answered
     * with error 100.
     *
     * @param caller who asks
     * @param data the argument, or null if none was sent
     * @return the result, whose stage may complete with null for none
     */
    CompletionStage<@Nullable Payload> call(ClientInfo caller, @Nullable Payload data);
}
