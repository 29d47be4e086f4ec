package dev.openline.app;

import dev.openline.hub.ChannelOptions;
import dev.openline.server.OpenlineOptions;
import dev.openline.server.OpenlineServer;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code openline serve}: the channel server, configured by options until there are configuration files. */
@Command(
        name = "serve",
        header = "The channel server.",
        description = "Clients connect on /connection/websocket, backends call the HTTP API under /api, and pages load"
                + " /openline.js from it.",
        footerHeading = "%nRules of channels:%n",
        footer = {
            "  MODE[,history=N][,ttl=TIME][,presence][,join-leave]",
            "",
            "  every       all publications in order, recovered after a redial",
            "  latest      a slow reader gets the newest one",
            "  transient   who can take it gets it, nothing is kept",
            "  history=N   publications that are kept; 100, or 1 for latest",
            "  ttl=TIME    how long they are kept, such as 30s or 2h; 10m",
            "  presence    subscribers can ask who is there",
            "  join-leave  subscribers can hear who comes and goes",
            "",
            "  --namespace chat=every,history=50,presence --namespace price=latest"
        })
final class ServeCommand implements Callable<Integer> {
    private static final Logger log = LoggerFactory.getLogger(ServeCommand.class);
    private static final String ANY_ORIGIN = "*";

    @Mixin
    private ListenOptions listen;

    @Option(
            names = "--port",
            paramLabel = "N",
            defaultValue = "8000",
            description = "TCP port, 0 for any free one; default ${DEFAULT-VALUE}.")
    private int port;

    @Option(
            names = "--insecure",
            description = "Anybody may connect, subscribe and publish. Without it no client can connect yet, as there"
                    + " are no tokens; the HTTP API is served.")
    private boolean insecure;

    @Option(
            names = "--api-key",
            paramLabel = "KEY",
            defaultValue = "${env:OPENLINE_API_KEY}",
            description = "Opens the HTTP API to who sends this key; better given in the environment as"
                    + " OPENLINE_API_KEY, where other users of the machine cannot see it.")
    private String apiKey;

    @Option(
            names = "--allowed-origin",
            paramLabel = "ORIGIN",
            description =
                    "Pages of this origin, such as https://example.com, may connect beside those of the same host;"
                            + " repeatable. '*' lets in the pages of every origin.")
    private List<String> origins = List.of();

    @Option(
            names = "--channels",
            paramLabel = "RULE",
            defaultValue = "every,presence,join-leave",
            converter = ChannelRule.class,
            description = "How channels behave that have no colon in their name; default ${DEFAULT-VALUE}.")
    private ChannelOptions channels;

    @Option(
            names = "--namespace",
            paramLabel = "NAME=RULE",
            converter = NamespaceRule.Converter.class,
            description = "How channels behave whose names begin with NAME and a colon; repeatable.")
    private List<NamespaceRule> namespaces = List.of();

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        OpenlineServer server = open();
        log.info("serving on {}://{}:{}/", listen.pageScheme(), listen.host(), server.port());
        return Shutdown.await(server, server::drain, listen.drain());
    }

    OpenlineServer open() {
        if (!insecure && apiKey == null) {
            throw new ParameterException(
                    spec.commandLine(), "nobody could connect: give --insecure, or --api-key for the HTTP API alone.");
        }
        if (!insecure) log.warn("tokens are not supported yet: only the HTTP API is served, no client can connect");
        try {
            return OpenlineServer.create(this::configure).start();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage() + ".", e);
        } catch (IOException e) {
            throw new CommandFailure(e.getMessage() + ".", e);
        }
    }

    private void configure(OpenlineOptions options) {
        options.host(listen.host())
                .port(port)
                .transport(listen.transport())
                .withoutNamespace(channels)
                .listener(listen::configure);
        for (NamespaceRule rule : namespaces) options.namespace(rule.name(), rule.options());
        if (insecure) options.insecure();
        if (apiKey != null) options.apiKey(apiKey);
        for (String origin : origins) {
            if (origin.equals(ANY_ORIGIN)) options.insecureAnyOrigin();
            else options.allowOrigin(origin);
        }
    }
}
