package dev.openline.app;

import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of a server command: it runs until the process is told to stop (ctrl-C, SIGTERM), and the server is closed before
 * the process ends. The exit code is then the one that the system gives for the signal.
 */
final class Shutdown {
    private static final Logger log = LoggerFactory.getLogger(Shutdown.class);

    private Shutdown() {}

    /** Waits for the signal; there is no return but by interruption. */
    static int await(AutoCloseable server) throws InterruptedException {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> close(server), "openline-shutdown"));
        new CountDownLatch(1).await();
        return Main.OK;
    }

    private static void close(AutoCloseable server) {
        log.info("stopping");
        try {
            server.close();
        } catch (Exception e) {
            log.warn("the server did not close", e);
        }
    }
}
