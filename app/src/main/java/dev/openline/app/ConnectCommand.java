package dev.openline.app;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.openline.net.ClientOptions;
import dev.openline.net.DialFailed;
import dev.openline.net.EventLoops;
import dev.openline.net.LineOptions;
import dev.openline.net.LineStatus;
import dev.openline.net.RedialingLine;
import dev.openline.net.WebSocketClient;
import dev.openline.wire.CloseStatus;
import dev.openline.wire.WireLimits;
import dev.openline.wire.WireTiming;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code openline connect}: a line in the terminal. What is typed or piped in is sent, what comes is printed. */
@Command(
        name = "connect",
        header = "An interactive line in the terminal.",
        description =
                "Each line that is typed or piped in is sent as a message, and what comes is printed. The end of the"
                        + " input (ctrl-D) closes with 1000 and waits for the answer.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:the line was closed with 1000, 1001 or no code",
            "1:it could not be opened, broke, or was closed with another code",
            "2:bad usage"
        })
final class ConnectCommand implements Callable<Integer> {
    /** People look at what comes here; a tool should not refuse what a server may well send. */
    private static final WireLimits LIMITS = new WireLimits(64 << 20, 64 << 20, 1 << 20);

    @Parameters(paramLabel = "ADDRESS", description = "ws://host[:port][/path][?query], or wss:// for TLS")
    private URI address;

    @Option(
            names = {"-v", "--verbose"},
            description = "Show every frame on standard error: > those sent, < those received.")
    private boolean verbose;

    @Option(
            names = {"-H", "--header"},
            paramLabel = "'NAME: VALUE'",
            description = "One more field for the opening request; repeatable.")
    private List<String> headers = List.of();

    @Option(
            names = "--subprotocol",
            paramLabel = "NAME",
            description = "A subprotocol to offer, the preferred one first; repeatable.")
    private List<String> subprotocols = List.of();

    @Option(
            names = "--trust",
            paramLabel = "FILE",
            description =
                    "Trust the certificates in this PEM file, and what they have signed, beside what Java trusts; repeatable. The"
                            + " host's name is checked all the same.")
    private List<Path> trusted = List.of();

    @Option(names = "--origin", paramLabel = "ORIGIN", description = "The Origin to send, as a page of it would.")
    private String origin;

    @Option(
            names = "--ping",
            paramLabel = "TIME",
            converter = TimeOption.class,
            defaultValue = "25s",
            description = "Ping after a silence of this long, such as 500ms or 10s; default ${DEFAULT-VALUE}.")
    private Duration ping;

    @Option(
            names = "--redial",
            description = "Dial again whenever the line breaks or can't be opened, until the end of the input or an end"
                    + " that will not pass, such as 403. What is typed meanwhile waits.")
    private boolean redial;

    @Mixin
    private CompressionOptions compression;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        if (!verbose) ((Logger) LoggerFactory.getLogger(EventLoops.class)).setLevel(Level.WARN);
        Conversation conversation =
                new Conversation(spec.commandLine().getOut(), spec.commandLine().getErr(), Terminal.isInteractive());
        try (WebSocketClient client = client(conversation)) {
            if (redial) return redialling(client, conversation);
            client.dial(address, conversation).toCompletableFuture().get();
            return exitCode(conversation.talk(System.in));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage() + ".", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof DialFailed failed) throw new CommandFailure(failed.getMessage() + ".", failed);
            throw new IllegalStateException(e.getCause());
        }
    }

    private int redialling(WebSocketClient client, Conversation conversation) {
        try (RedialingLine line = client.keepOpen(address, conversation, o -> o.onStatus(conversation::onStatus))) {
            LineStatus end = conversation.talk(System.in, line);
            if (end.failure() == null && end.closed() == null) return Main.OK;
            throw new CommandFailure(end.why() + ".");
        }
    }

    private WebSocketClient client(Conversation conversation) {
        WireTiming usual = WireTiming.DEFAULT;
        WireTiming timing = new WireTiming(ping, usual.pongTimeout(), usual.closeTimeout());
        return WebSocketClient.create(options -> {
            options.line(
                    compression.onto(LineOptions.defaults().withLimits(LIMITS).withTiming(timing)));
            options.subprotocols(subprotocols);
            for (String header : headers) addHeader(options, header);
            trusted.forEach(options::trust);
            if (origin != null) options.header("Origin", origin);
            if (verbose) options.tap(conversation.wireLog());
        });
    }

    private static void addHeader(ClientOptions options, String header) {
        int colon = header.indexOf(':');
        if (colon < 1) throw new IllegalArgumentException("header '" + header + "' is not of the form 'Name: value'");
        options.header(header.substring(0, colon), header.substring(colon + 1).strip());
    }

    private int exitCode(CloseStatus status) {
        return switch (status.code()) {
            case 1000, 1001, 1005 -> Main.OK;
            case 1006 -> throw new CommandFailure("the line broke without a close.");
            default -> throw new CommandFailure("the line was closed with " + status + ".");
        };
    }
}
