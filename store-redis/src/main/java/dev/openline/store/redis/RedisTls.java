package dev.openline.store.redis;

import io.lettuce.core.SslOptions;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateNotYetValidException;
import java.time.Duration;
import java.util.Collection;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * What TLS with a Redis goes by, where its address begins with {@code rediss://}. The certificate that it shows must be valid now, be issued by somebody who is
 * trusted, and name the host that was dialled; that of a server of a cluster, or of one that sentinels name, what it is called there. There is no way to turn any of
 * this off.
 *
 * <p>All files are PEM. What is wrong with them is said at start. They are read again for each new connection, so those that were replaced need no restart.
 *
 * @param authorities who is trusted, instead of those whom Java trusts: certificates of authorities, or that of the Redis itself. Null for those whom Java trusts
 * @param chain the certificate that is shown to a Redis that asks for one, and those that issued it; null for none
 * @param key its private key, PKCS#8 and not encrypted; null for none
 */
public record RedisTls(
        @Nullable Path authorities,
        @Nullable Path chain,
        @Nullable Path key) {
    /** Whom Java trusts, and no certificate of our own. */
    public static final RedisTls USUAL = new RedisTls(null, null, null);

    private static final String NO_CERTIFICATE = " has no certificate in it that can be read.";
    private static final Pattern ALERT = Pattern.compile("Received fatal alert: (\\w+)");

    /** @throws IllegalArgumentException if there is a certificate without a key, or a key without a certificate */
    public RedisTls {
        if ((chain == null) != (key == null))
            throw new IllegalArgumentException(
                    "a certificate and its private key are given together, or neither of them");
    }

    /** Trusts these alone. */
    public RedisTls trusting(Path authorities) {
        return new RedisTls(authorities, chain, key);
    }

    /** Shows this to a Redis that asks for it. */
    public RedisTls showing(Path chain, Path key) {
        return new RedisTls(authorities, chain, key);
    }

    /** @throws IOException with a sentence that says what is wrong with a file */
    SslOptions options(Duration timeout) throws IOException {
        SslOptions.Builder builder = SslOptions.builder().jdkSslProvider().handshakeTimeout(timeout);
        if (authorities != null) {
            certificates(authorities);
            builder.trustManager(authorities.toFile());
        }
        if (chain != null && key != null) {
            certificates(chain);
            check(key);
            try {
                SslContextBuilder.forClient()
                        .keyManager(chain.toFile(), key.toFile())
                        .build();
            } catch (IllegalArgumentException | SSLException broken) {
                throw new IOException(
                        key + " has no private key that can be read: PEM, PKCS#8 and not encrypted is needed.", broken);
            }
            builder.keyManager(chain.toFile(), key.toFile(), new char[0]);
        }
        return builder.build();
    }

    private static void certificates(Path file) throws IOException {
        check(file);
        Collection<?> found;
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            found = CertificateFactory.getInstance("X.509").generateCertificates(in);
        } catch (CertificateException broken) {
            throw new IOException(file + NO_CERTIFICATE, broken);
        }
        if (found.isEmpty()) throw new IOException(file + NO_CERTIFICATE);
    }

    private static void check(Path file) throws IOException {
        if (!Files.exists(file)) throw new IOException(file + " does not exist.");
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) throw new IOException(file + " can't be read.");
    }

    /** What is to be said of a Redis when this is why it can't be used; null if it is something else. */
    static @Nullable String reason(Throwable fault) {
        if (fault instanceof CertificateExpiredException) return "shows a certificate that has expired.";
        if (fault instanceof CertificateNotYetValidException) return "shows a certificate that is not valid yet.";
        if (fault instanceof CertPathBuilderException)
            return "shows a certificate of an authority that is not trusted.";
        // Said by what looks at names alone; what is wrong with a chain has a cause.
        if (fault instanceof CertificateException
                && fault.getCause() == null
                && String.valueOf(fault.getMessage()).startsWith("No "))
            return "shows a certificate for others (" + fault.getMessage().replaceAll("\\.$", "") + ").";
        if (fault instanceof NotSslRecordException || fault instanceof SslHandshakeTimeoutException)
            return "does not speak TLS, which rediss:// asks for.";
        Matcher alert = ALERT.matcher(String.valueOf(fault.getMessage()));
        if (fault instanceof SSLException && alert.find())
            return alert.group(1).equals("certificate_required")
                    ? "wants to be shown a certificate."
                    : "refuses TLS with this server: " + alert.group(1) + ".";
        return null;
    }
}
