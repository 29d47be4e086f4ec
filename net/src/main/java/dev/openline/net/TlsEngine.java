package dev.openline.net;

import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslProvider;

/** Whose TLS is spoken. Both speak the same versions and ciphers; they differ in speed and memory. */
public enum TlsEngine {
    /** Google's BoringSSL, where {@code netty-tcnative-boringssl-static} is on the class path and made for this system. */
    BORINGSSL {
        @Override
        public boolean isAvailable() {
            return OpenSsl.isAvailable();
        }

        @Override
        SslProvider provider() {
            // The one whose native memory is given back when the last user lets go, not when a finalizer comes by.
            return SslProvider.OPENSSL_REFCNT;
        }
    },
    /** The JDK's own: everywhere. */
    JDK {
        @Override
        public boolean isAvailable() {
            return true;
        }

        @Override
        SslProvider provider() {
            return SslProvider.JDK;
        }
    };

    /** Whether this engine works here. */
    public abstract boolean isAvailable();

    abstract SslProvider provider();

    /** BoringSSL if it works here, otherwise the JDK's. */
    public static TlsEngine fastest() {
        return BORINGSSL.isAvailable() ? BORINGSSL : JDK;
    }

    /**
     * This engine, if it works here.
     *
     * @throws IllegalStateException naming the reason if it does not
     */
    public TlsEngine required() {
        if (isAvailable()) return this;
        Throwable root = OpenSsl.unavailabilityCause();
        while (root.getCause() != null) root = root.getCause();
        throw new IllegalStateException("BoringSSL does not work on this machine: " + root.getMessage(), root);
    }
}
