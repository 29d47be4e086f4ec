package dev.openline.server;

import dev.openline.protocol.Command;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What a session asks of the server that isn't about a channel; answers come on the session's event loop. */
interface Reception {
    void authenticate(Command.Connect command, Consumer<Authenticator.Admission> answer);

    /** The handler of a method, or null. */
    @Nullable
    RpcHandler rpc(String method);

    /** Runs a task on the session's event loop, at once if this is it. */
    void onLoop(Runnable task);

    Permissions.Policy policy();

    /** What is named in the reply to {@code connect}. */
    String version();

    /** Milliseconds of the clock that sessions are timed by. */
    long nowMillis();

    /** A number from 0 to below 1 that differs from session to session. */
    double spread();
}
