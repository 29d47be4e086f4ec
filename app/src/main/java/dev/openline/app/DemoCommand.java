package dev.openline.app;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code openline demo}: the live examples in a browser. */
@Command(
        name = "demo",
        header = "The live examples: a chat, a ticker, an auction, and a button that cuts the line.",
        description =
                "Starts a server with pages to look at. Anybody who can reach it may take part without proving who"
                        + " they are, so it is open to this machine only unless --host says otherwise.")
final class DemoCommand implements Callable<Integer> {
    @Mixin
    private ListenOptions listen;

    @Option(
            names = "--port",
            paramLabel = "N",
            defaultValue = "8000",
            description = "TCP port, 0 for any free one; default ${DEFAULT-VALUE}.")
    private int port;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        Demo demo = open();
        System.out.println();
        System.out.println("  Openline is live:  " + listen.pageScheme() + "://localhost:" + demo.port() + "/");
        System.out.println("  Open it in two windows. Ctrl-C ends it.");
        System.out.println();
        return Shutdown.await(demo, demo::drain, listen.drain());
    }

    private Demo open() {
        try {
            return Demo.start(listen, port);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage() + ".", e);
        } catch (IOException e) {
            throw new CommandFailure(e.getMessage() + ".", e);
        }
    }
}
