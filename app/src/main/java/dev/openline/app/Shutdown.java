package dev.openline.app;

import dev.openline.net.Drained;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sun.misc.Signal;

/**
 * The end of a server command: it runs until the process is told to stop (ctrl-C, SIGTERM). Then the server says goodbye to its lines
 * within the time that was given, and a second signal cuts what remains. The exit code is the one that the system gives for the signal.
 */
final class Shutdown {
    private static final Logger log = LoggerFactory.getLogger(Shutdown.class);

    /** What a shell reports for a process that a signal ended: this and the signal's number. */
    private static final int SIGNALLED = 128;

    private Shutdown() {}

    /** Waits for the signal and then for the server. */
    static int await(AutoCloseable server, Function<Duration, CompletableFuture<Drained>> drain, Duration within)
            throws InterruptedException {
        BlockingQueue<Integer> signals = new LinkedBlockingQueue<>();
        listen(signals);
        // For every other way to end, such as a hang-up of the terminal.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> close(server), "openline-shutdown"));
        int signal = signals.take();
        if (!within.isZero()) {
            log.info("stopping within {} s; a second signal cuts all lines", within.toSeconds());
            drain.apply(within).whenComplete((drained, fault) -> signals.add(signal));
            signals.take();
        }
        close(server);
        return SIGNALLED + signal;
    }

    // Java runs its shutdown hooks at the first signal and hears no second one; so signals are heard here.
    private static void listen(BlockingQueue<Integer> signals) {
        for (String name : new String[] {"TERM", "INT"}) {
            try {
                Signal.handle(new Signal(name), signal -> signals.add(signal.getNumber()));
            } catch (IllegalArgumentException taken) {
                log.info("SIG{} ends this process without a goodbye to its lines: {}", name, taken.getMessage());
            }
        }
    }

    private static void close(AutoCloseable server) {
        try {
            server.close();
        } catch (Exception e) {
            log.warn("the server did not close", e);
        }
    }
}
