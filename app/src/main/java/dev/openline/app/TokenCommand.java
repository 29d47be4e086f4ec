package dev.openline.app;

import dev.openline.tokens.TokenDraft;
import dev.openline.tokens.TokenIssuer;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code openline gentoken}: signs a token for trying things out, with the secret in a configuration file. */
@Command(
        name = "gentoken",
        header = "Signs a token for trying things out.",
        description =
                "For a connection or, with --channel, for a subscription; with the secret client.token.hmac_secret_key of"
                        + " a configuration file. In production the application signs its own.")
final class TokenCommand implements Callable<Integer> {
    @Option(
            names = "--config",
            paramLabel = "FILE",
            required = true,
            description = "The configuration file that has the secret.")
    private Path config;

    @Option(
            names = {"-u", "--user"},
            paramLabel = "ID",
            defaultValue = "",
            description = "Whose token; without it an anonymous one's.")
    private String user;

    @Option(
            names = {"-s", "--channel"},
            paramLabel = "NAME",
            description = "Makes it a token for a subscription to this channel.")
    private @Nullable String channel;

    @Option(
            names = {"-t", "--ttl"},
            paramLabel = "TIME",
            defaultValue = "1h",
            description = "How long it is good, such as 30s or 24h; default ${DEFAULT-VALUE}.")
    private String ttl;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        Duration life = Settings.parse(ttl);
        if (life == null) throw new ParameterException(spec.commandLine(), "--ttl is no time such as 30s or 24h.");
        String secret =
                ServerSettings.read(ConfigFile.read(config, System.getenv())).secret();
        if (secret == null) throw new CommandFailure(config + " has no client.token.hmac_secret_key.");
        TokenIssuer issuer = TokenIssuer.hmac(secret);
        TokenDraft draft = channel == null ? issuer.connection(user) : issuer.subscription(user, channel);
        Instant now = Instant.now();
        PrintWriter out = spec.commandLine().getOut();
        out.println(draft.issuedAt(now).expiresAt(now.plus(life)).sign());
        out.flush();
        return Main.OK;
    }
}
