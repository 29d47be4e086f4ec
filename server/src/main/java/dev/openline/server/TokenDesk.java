package dev.openline.server;

import dev.openline.protocol.SubscribeRequest;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** Says what tokens are worth. The stages may complete on any thread, and fail only for faults of the server's own. */
interface TokenDesk {
    /** A connection token: admitted, denied because it has expired, or dropped. */
    CompletionStage<Authenticator.Admission> connection(String token);

    /**
     * A subscription token: allowed, denied, or dropped because it is somebody else's or another channel's.
     *
     * @param complaint hears which rule an invalid one breaks, on any thread: for a log, of which one client must not fill more than a line
     */
    CompletionStage<SubscribeHook.Decision> subscription(
            Client client, SubscribeRequest request, Consumer<String> complaint);
}
