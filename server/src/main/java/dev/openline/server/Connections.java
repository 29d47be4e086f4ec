package dev.openline.server;

import dev.openline.net.EventLoops;
import dev.openline.net.WebSocket;
import dev.openline.protocol.Command;
import dev.openline.protocol.ErrorReply;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The sessions of one server, by client id, and what they share. Any thread. */
final class Connections {
    private static final Logger log = LoggerFactory.getLogger(OpenlineServer.class);

    private final OpenlineOptions options;
    private final SessionLimits limits;
    private final Map<String, RpcHandler> rpc;
    private final Authenticator authenticator;
    private final EventLoops loops;
    private final LoopHub[] hubs;
    private final Map<String, SessionLine> open = new ConcurrentHashMap<>();

    Connections(OpenlineOptions options, EventLoops loops, LoopHub[] hubs) {
        this.options = options;
        this.limits = options.limits();
        this.rpc = options.rpc();
        this.authenticator = options.authenticator();
        this.loops = loops;
        this.hubs = hubs;
    }

    SessionLimits limits() {
        return limits;
    }

    /** The hub of the loop that runs this code. */
    LoopHub hubHere() {
        return hubs[loops.current()];
    }

    long nowMillis() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }

    Future<?> schedule(Runnable task, long delay, TimeUnit unit) {
        return loops.loop(loops.current()).schedule(task, delay, unit);
    }

    void opened(String client, SessionLine line) {
        open.put(client, line);
    }

    void closed(String client, SessionLine line) {
        open.remove(client, line);
    }

    @Nullable
    SessionLine line(String client) {
        return open.get(client);
    }

    int count() {
        return open.size();
    }

    // Longer than 40 lines because it is seven short answers of one line.
    Reception receptionFor(WebSocket line) {
        return new Reception() {
            @Override
            public void authenticate(Command.Connect command, Consumer<Authenticator.Admission> answer) {
                var attempt =
                        new Authenticator.Attempt(command.token(), command.data(), command.headers(), line.request());
                admissionOf(attempt)
                        .whenComplete((admission, fault) -> onLoop(() -> answer.accept(checked(admission, fault))));
            }

            @Override
            public @Nullable RpcHandler rpc(String method) {
                return rpc.get(method);
            }

            @Override
            public void onLoop(Runnable task) {
                int here = loops.current();
                if (here >= 0 && line.executor() == loops.loop(here)) task.run();
                else line.executor().execute(task);
            }

            @Override
            public Permissions.Policy policy() {
                return options.policy();
            }

            @Override
            public String version() {
                return OpenlineServer.version();
            }

            @Override
            public long nowMillis() {
                return Connections.this.nowMillis();
            }

            @Override
            public double spread() {
                return ThreadLocalRandom.current().nextDouble();
            }
        };
    }

    private CompletionStage<Authenticator.Admission> admissionOf(Authenticator.Attempt attempt) {
        try {
            return authenticator.authenticate(attempt);
        } catch (RuntimeException fault) {
            return java.util.concurrent.CompletableFuture.failedStage(fault);
        }
    }

    private static Authenticator.Admission checked(
            Authenticator.@Nullable Admission admission, @Nullable Throwable fault) {
        if (admission != null) return admission;
        log.warn("the authenticator failed", fault);
        return new Authenticator.Denied(ErrorReply.INTERNAL);
    }
}
