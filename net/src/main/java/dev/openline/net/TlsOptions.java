package dev.openline.net;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A server's certificate, and how it speaks TLS: versions 1.2 and 1.3 with forward secret, authenticated ciphers. Every setter checks its
 * value at once and answers the options, for chaining; the files are read when the server starts.
 */
public final class TlsOptions {
    private final Path chain;
    private final Path key;
    private @Nullable String password;
    private Duration watchInterval = Duration.ofMinutes(1);
    private @Nullable TlsEngine engine;
    private boolean http2;

    private TlsOptions(Path chain, Path key) {
        this.chain = chain;
        this.key = key;
    }

    /**
     * From PEM files.
     *
     * @param chain the server's certificate first, then those that issued it, in order; the trust anchor itself isn't needed
     * @param key the private key: PKCS#8 (plain or encrypted), or what openssl writes for RSA and elliptic curves
     */
    public static TlsOptions pem(Path chain, Path key) {
        return new TlsOptions(chain, key);
    }

    /** The password of an encrypted key file. */
    public TlsOptions password(String password) {
        this.password = password;
        return this;
    }

    /**
     * How often the files are looked at; when they have changed they are read again, as by {@link WebSocketServer#reloadTls}. Default one
     * minute, at least one second; {@link Duration#ZERO} for never.
     */
    public TlsOptions watchInterval(Duration interval) {
        if (!interval.isZero() && interval.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new IllegalArgumentException(
                    "watchInterval " + interval + " is neither zero nor at least one second");
        }
        this.watchInterval = interval;
        return this;
    }

    /** Whose TLS to speak; by default BoringSSL where it is on the class path and works, otherwise the JDK's. */
    public TlsOptions engine(TlsEngine engine) {
        this.engine = engine;
        return this;
    }

    /**
     * Whether HTTP/2 is offered beside HTTP/1.1, and lines in it (RFC 8441); default no. Browsers then open all lines of a page on one
     * connection: fewer handshakes, but one lost packet delays all of them. A decision about an upgrade sees the method {@code CONNECT}
     * instead of {@code GET}, and neither {@code Upgrade} nor a key; proxies and tools in front of the server have to know it too.
     */
    public TlsOptions http2(boolean offered) {
        this.http2 = offered;
        return this;
    }

    /**
     * Reads the files as a server does when it starts, and warns of a certificate that has expired.
     *
     * @throws IOException with a sentence that names the file, if they are no good
     */
    public void check() throws IOException {
        ServerTls.load(this).close();
    }

    boolean http2() {
        return http2;
    }

    Path chain() {
        return chain;
    }

    Path key() {
        return key;
    }

    @Nullable
    String password() {
        return password;
    }

    Duration watchInterval() {
        return watchInterval;
    }

    TlsEngine engine() {
        return engine == null ? TlsEngine.fastest() : engine.required();
    }
}
