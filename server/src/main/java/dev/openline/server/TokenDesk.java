package dev.openline.server;

import dev.openline.protocol.SubscribeRequest;
import java.util.concurrent.CompletionStage;

/** Says what tokens are worth. The stages may complete on any thread, and fail only for faults of the server's own. */
interface TokenDesk {
    /** A connection token: admitted, denied because it has expired, or dropped. */
    CompletionStage<Authenticator.Admission> connection(String token);

    /** A subscription token: allowed, denied, or dropped because it is somebody else's or another channel's. */
    CompletionStage<SubscribeHook.Decision> subscription(Client client, SubscribeRequest request);
}
