package dev.openline.app;

import dev.openline.client.OpenlineClientOptions;
import dev.openline.net.ServerOptions;
import dev.openline.net.TlsOptions;
import dev.openline.net.Transport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Where to listen, and how bytes are carried: shared by all commands that open a port. */
final class ListenOptions {
    private static final String LOOPBACK = "127.0.0.1";

    @Option(
            names = "--host",
            paramLabel = "ADDRESS",
            description =
                    "Address to listen on; default 127.0.0.1, which only this machine can reach. 0.0.0.0 is every one.")
    private @Nullable String host;

    @Option(
            names = "--transport",
            paramLabel = "NAME",
            defaultValue = "auto",
            description = "io_uring, epoll, kqueue or nio; default ${DEFAULT-VALUE}, the fastest that works here.")
    private String transport;

    @Option(
            names = "--max-connections",
            paramLabel = "N",
            description = "Connections that may be open at a time; further ones are answered with 503. By default nine"
                    + " tenths of the file descriptors that the process may have.")
    private Integer maxConnections;

    @Option(
            names = "--max-connections-per-address",
            paramLabel = "N",
            description = "Connections that one address may have open, for IPv6 one /64; further ones are answered with"
                    + " 503. By default any number.")
    private Integer maxConnectionsPerAddress;

    @Option(
            names = "--drain-seconds",
            paramLabel = "N",
            defaultValue = "8",
            description = "How long it may take to say goodbye to all lines, a few at a time, after SIGTERM or Ctrl-C;"
                    + " default ${DEFAULT-VALUE}. 0 cuts them at once, as a second signal does.")
    private int drainSeconds;

    @Option(
            names = "--drain-notice-seconds",
            paramLabel = "N",
            defaultValue = "0",
            description =
                    "How long of that everybody is still let in, while /ready says 503 already, for load balancers"
                            + " to notice; default ${DEFAULT-VALUE}, at most half of the time to drain.")
    private int drainNoticeSeconds;

    @Option(
            names = "--tls-cert",
            paramLabel = "FILE",
            description =
                    "Speak TLS on the port: the server's certificate and those that issued it, in PEM. Read again when it changes.")
    private @Nullable Path tlsCertificate;

    @Option(names = "--tls-key", paramLabel = "FILE", description = "The private key of --tls-cert, in PEM.")
    private @Nullable Path tlsKey;

    @Option(
            names = "--tls-key-password",
            paramLabel = "PASSWORD",
            defaultValue = "${env:OPENLINE_TLS_KEY_PASSWORD}",
            description = "Of an encrypted --tls-key; better given in the environment as OPENLINE_TLS_KEY_PASSWORD.")
    private @Nullable String tlsKeyPassword;

    @Option(names = "--http2", description = "Offer HTTP/2 beside HTTP/1.1, and lines in it; with --tls-cert.")
    private boolean http2;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    String host() {
        return host == null ? LOOPBACK : host;
    }

    boolean hostIsGiven() {
        return host != null;
    }

    /** How long a server that was told to stop may take for its goodbyes; zero for none. */
    Duration drain() {
        return Duration.ofSeconds(drainSeconds);
    }

    /**
     * What these options say about the connections of a server.
     *
     * @throws IllegalArgumentException for an option out of its bounds
     */
    void configure(ServerOptions server) {
        if (drainSeconds < 0) throw new IllegalArgumentException("--drain-seconds " + drainSeconds + " is negative");
        if (maxConnections != null) server.maxConnections(maxConnections);
        if (maxConnectionsPerAddress != null) server.maxConnectionsPerAddress(maxConnectionsPerAddress);
        TlsOptions tls = tls();
        if (tls != null) server.tls(tls);
        server.readiness("/ready").drainNotice(Duration.ofSeconds(drainNoticeSeconds));
    }

    /**
     * How to speak TLS, or null for not at all.
     *
     * @throws ParameterException if only one of the two files is given
     */
    private @Nullable TlsOptions tls() {
        if (tlsCertificate == null && tlsKey == null) {
            if (http2) throw new ParameterException(command.commandLine(), "--http2 needs --tls-cert.");
            return null;
        }
        if (tlsCertificate == null || tlsKey == null) {
            throw new ParameterException(command.commandLine(), "--tls-cert and --tls-key go together.");
        }
        TlsOptions tls = TlsOptions.pem(tlsCertificate, tlsKey).http2(http2);
        return tlsKeyPassword == null ? tls : tls.password(tlsKeyPassword);
    }

    /** What addresses of lines begin with: {@code ws} or {@code wss}. */
    String lineScheme() {
        return tlsCertificate == null ? "ws" : "wss";
    }

    /** Where a client of this very process finds the port. With TLS by the name that certificates for trying things out bear. */
    String ownAddress(int port) {
        return tlsCertificate == null ? "ws://127.0.0.1:" + port : "wss://localhost:" + port;
    }

    /** Has such a client trust the server's own certificate. */
    void trustOwn(OpenlineClientOptions client) {
        if (tlsCertificate != null) client.trust(tlsCertificate);
    }

    /** What addresses of pages begin with: {@code http} or {@code https}. */
    String pageScheme() {
        return tlsCertificate == null ? "http" : "https";
    }

    /**
     * The transport that was asked for, which works on this machine.
     *
     * @throws CommandFailure if it does not
     * @throws ParameterException if there is none of that name
     */
    Transport transport() {
        if (transport.equals("auto")) return Transport.fastest();
        List<Transport> all = Arrays.asList(Transport.values());
        Transport chosen = all.stream()
                .filter(one -> one.optionName().equals(transport))
                .findAny()
                .orElseThrow(() -> new ParameterException(
                        command.commandLine(),
                        "--transport '" + transport + "' is unknown; there are auto, "
                                + all.stream().map(Transport::optionName).collect(Collectors.joining(", ")) + "."));
        try {
            return chosen.required();
        } catch (IllegalStateException e) {
            throw new CommandFailure(e.getMessage() + ".", e);
        }
    }
}
