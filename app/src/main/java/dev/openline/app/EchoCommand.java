package dev.openline.app;

import dev.openline.net.LineOptions;
import dev.openline.net.SendResult;
import dev.openline.net.WebSocket;
import dev.openline.net.WebSocketHandler;
import dev.openline.net.WebSocketServer;
import dev.openline.wire.CloseStatus;
import dev.openline.wire.MessageKind;
import dev.openline.wire.WireLimits;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code openline echo}: a bare WebSocket server that says everything back, for conformance and load tools. */
@Command(name = "echo", header = "A bare WebSocket server that says everything back, for conformance and load tools.")
final class EchoCommand implements Callable<Integer> {
    private static final Logger log = LoggerFactory.getLogger(EchoCommand.class);

    /** Conformance tools cut messages of megabytes into pieces of 64 bytes. */
    private static final int MAX_FRAGMENTS = 1 << 18;

    /** What was read when a line is paused is still heard and answered: room for that, and for a message more. */
    private static final int LEAST_QUEUED_BYTES = 4 << 20;

    @Mixin
    private ListenOptions listen;

    @Option(
            names = "--port",
            paramLabel = "N",
            defaultValue = "9001",
            description = "TCP port, 0 for any free one; default ${DEFAULT-VALUE}.")
    private int port;

    @Option(
            names = "--max-message",
            paramLabel = "BYTES",
            defaultValue = "16777216",
            description =
                    "The largest message taken; default ${DEFAULT-VALUE}. A larger one closes its line with 1009.")
    private int maxMessageBytes;

    @Mixin
    private CompressionOptions compression;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        WebSocketServer server = open();
        log.info("echoing on {}://{}:{}/", listen.lineScheme(), listen.host(), server.port());
        return Shutdown.await(server, server::drain, listen.drain());
    }

    WebSocketServer open() {
        try {
            LineOptions line = compression.onto(LineOptions.defaults()
                    .withMaxQueuedBytes(
                            (int) Math.min(Integer.MAX_VALUE, Math.max(LEAST_QUEUED_BYTES, 2L * maxMessageBytes)))
                    .withLimits(new WireLimits(maxMessageBytes, maxMessageBytes, MAX_FRAGMENTS)));
            return WebSocketServer.listen(o -> {
                listen.configure(o);
                o.host(listen.host())
                        .port(port)
                        .transport(listen.transport())
                        .line(line)
                        .webSocket("/", request -> new Echo());
            });
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage() + ".", e);
        } catch (IOException e) {
            throw new CommandFailure(e.getMessage() + ".", e);
        }
    }

    /** A peer that does not read is not read from either, until it has taken what waits for it. */
    private static final class Echo implements WebSocketHandler {
        @Override
        public void onMessage(WebSocket line, MessageKind kind, ByteBuffer payload) {
            if (line.send(kind, payload) == SendResult.QUEUE_FULL) {
                line.close(CloseStatus.POLICY_VIOLATION.withReason("sends faster than it reads"));
            } else if (!line.isWritable()) {
                line.pauseReading();
            }
        }

        @Override
        public void onWritable(WebSocket line) {
            line.resumeReading();
        }
    }
}
