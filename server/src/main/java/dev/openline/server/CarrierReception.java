package dev.openline.server;

import dev.openline.net.QuietLog;
import dev.openline.net.Surroundings;
import dev.openline.protocol.ClientInfo;
import dev.openline.protocol.Command;
import dev.openline.protocol.Disconnect;
import dev.openline.protocol.Encoding;
import dev.openline.protocol.ErrorReply;
import dev.openline.protocol.Result.ConnectResult;
import dev.openline.protocol.SubscribeRequest;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The reception for the session on one carrier. */
final class CarrierReception implements Reception {
    private static final Logger log = LoggerFactory.getLogger(OpenlineServer.class);
    private static final QuietLog peers = QuietLog.of(log);

    private final Carrier carrier;
    private final Connections connections;
    private final Admissions admissions;
    private final AtomicBoolean complained = new AtomicBoolean();

    CarrierReception(Carrier carrier, Connections connections, Admissions admissions) {
        this.carrier = carrier;
        this.connections = connections;
        this.admissions = admissions;
    }

    @Override
    public void authenticate(String client, Command.Connect command, Consumer<Authenticator.Admission> answer) {
        var attempt = new Authenticator.Attempt(
                client,
                command.token(),
                command.data(),
                command.headers(),
                carrier.request(),
                new Authenticator.Attempt.Library(command.name(), command.version()),
                command.subs().keySet(),
                carrier.transport(),
                carrier.encoding());
        admissions.admit(attempt).whenComplete((admission, fault) -> onLoop(() -> answer.accept(admission)));
    }

    @Override
    public void verify(String token, Consumer<Authenticator.Admission> answer) {
        ask(
                () -> admissions.refreshed(token),
                (admission, fault) ->
                        answer.accept(admission == null ? new Authenticator.Denied(ErrorReply.INTERNAL) : admission));
    }

    @Override
    public void verify(Client client, SubscribeRequest request, Consumer<SubscribeHook.Decision> answer) {
        ask(
                () -> admissions.subscription(client, request, this::complain),
                (decision, fault) -> answer.accept(
                        decision == null ? new SubscribeHook.Decision.Denied(ErrorReply.INTERNAL) : decision));
    }

    /** A client may bring as many tokens as it likes: the log hears of the first bad one. */
    private void complain(String rule) {
        if (complained.compareAndSet(false, true))
            peers.info("refused a subscription token of {}: {}", carrier.remoteAddress(), rule);
    }

    @Override
    public <T> void ask(Supplier<CompletionStage<T>> question, BiConsumer<@Nullable T, @Nullable Throwable> answer) {
        CompletionStage<T> stage;
        try {
            stage = question.get();
        } catch (RuntimeException fault) {
            stage = CompletableFuture.failedStage(fault);
        }
        stage.whenComplete((result, fault) -> onLoop(() -> answer.accept(result, heard(fault))));
    }

    private static @Nullable Throwable heard(@Nullable Throwable fault) {
        if (fault == null) return null;
        Throwable cause = fault instanceof CompletionException && fault.getCause() != null ? fault.getCause() : fault;
        if (!(cause instanceof RpcRefused || cause instanceof HookFault))
            log.warn("the application failed to answer", cause);
        return cause;
    }

    private void onLoop(Runnable task) {
        connections.onLoop(carrier, task);
    }

    @Override
    public @Nullable Disconnect enter(Client client) {
        return connections.enter(client);
    }

    @Override
    public void left(Client client, @Nullable Disconnect why) {
        connections.left(client, why);
    }

    @Override
    public Client clientOf(ClientInfo info, Command.Connect command, Authenticator.Admitted admitted) {
        return new Client(
                info,
                carrier.transport(),
                carrier.encoding(),
                carrier.request(),
                command.headers(),
                admitted.meta(),
                admitted.token());
    }

    @Override
    public SessionRules rules() {
        return admissions.rules();
    }

    @Override
    public @Nullable RpcFallback rpc(String method) {
        return admissions.rpc(method);
    }

    @Override
    public Encoding encoding() {
        return carrier.encoding();
    }

    @Override
    public Pulse pulse() {
        return carrier.pulse();
    }

    @Override
    public ConnectResult.@Nullable Emulation emulation() {
        return carrier.emulation();
    }

    @Override
    public String version() {
        return OpenlineServer.version();
    }

    @Override
    public long nowMillis() {
        return connections.nowMillis();
    }

    @Override
    public long wallMillis() {
        return Surroundings.wallMillis();
    }

    @Override
    public double spread() {
        return Surroundings.random().nextDouble();
    }
}
