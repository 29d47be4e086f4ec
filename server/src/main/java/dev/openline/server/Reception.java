package dev.openline.server;

import dev.openline.protocol.Command;
import dev.openline.protocol.Disconnect;
import dev.openline.protocol.Encoding;
import dev.openline.protocol.Result.ConnectResult;
import dev.openline.protocol.SubscribeRequest;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a session asks of the server that isn't about a channel; answers come on the session's event loop. */
interface Reception {
    void authenticate(String client, Command.Connect command, Consumer<Authenticator.Admission> answer);

    /** What a new connection token says. */
    void verify(String token, Consumer<Authenticator.Admission> answer);

    /** What a subscription token says. */
    void verify(Client client, SubscribeRequest request, Consumer<SubscribeHook.Decision> answer);

    /** The client is admitted: from now on it counts as a connection of its user. Null, or why it can't stay. */
    @Nullable
    Disconnect enter(Client client);

    /** A client that entered is gone. */
    void left(Client client, @Nullable Disconnect why);

    /** Who this is for hooks. */
    Client clientOf(dev.openline.protocol.ClientInfo info, Command.Connect command, Authenticator.Admitted admitted);

    /** What the application and the operator have said; the same for all sessions. */
    SessionRules rules();

    /** The handler of a method, or null. */
    @Nullable
    RpcFallback rpc(String method);

    /**
     * Asks the application something that takes time: calls {@code question}, and {@code answer} on the session's event loop with what came
     * of it, or the fault.
     */
    <T> void ask(Supplier<CompletionStage<T>> question, BiConsumer<@Nullable T, @Nullable Throwable> answer);

    Encoding encoding();

    /** How it is found out whether the client is still there. */
    default Pulse pulse() {
        return Pulse.PONG;
    }

    /** Where the client's further commands go, or null. */
    ConnectResult.@Nullable Emulation emulation();

    /** What is named in the reply to {@code connect}. */
    String version();

    /** Milliseconds of the clock that sessions are timed by. */
    long nowMillis();

    /** The time of day, in milliseconds since 1970. */
    long wallMillis();

    /** A number from 0 to below 1 that differs from session to session. */
    double spread();
}
