package dev.openline.net;

import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * A client's TLS. A server must show a certificate that is valid now, leads to a trust anchor and names the host that was dialled
 * (RFC 9525); what it is made of is read at the first {@code wss:} dial.
 */
final class ClientTls implements AutoCloseable {
    private static final long CLOSE_FLUSH_MILLIS = 1_000;

    private final ClientOptions options;

    /** Guarded by this. */
    private @Nullable SslContext made;

    ClientTls(ClientOptions options) {
        this.options = options;
    }

    /**
     * Puts TLS in front of what is in the pipeline so far or comes later. What is written before the handshake is done waits for it.
     *
     * @param host the name to ask for (RFC 6066 §3) and to check, or an address without brackets, which is checked only
     */
    void install(SocketChannel channel, String host, int port) {
        SslHandler handler = context().newHandler(channel.alloc(), host, port);
        // The dial's own deadline covers it.
        handler.setHandshakeTimeoutMillis(0);
        handler.setCloseNotifyFlushTimeoutMillis(CLOSE_FLUSH_MILLIS);
        handler.sslCloseFuture().addListener(ended -> {
            if (ended.isSuccess()) channel.close();
        });
        // A part of a record would keep the whole buffer that the loop's connections share for reading.
        channel.pipeline().addLast("tls-own-copy", OwnCopy.INSTANCE);
        channel.pipeline().addLast("tls", handler);
    }

    /** Reads what is trusted, unless that is done. */
    void prepare() {
        context();
    }

    private synchronized SslContext context() {
        SslContext context = made;
        if (context == null) {
            try {
                context = build();
            } catch (SSLException | GeneralSecurityException impossible) {
                throw new IllegalStateException("this Java can't speak TLS: " + impossible.getMessage(), impossible);
            }
            made = context;
        }
        return context;
    }

    private SslContext build() throws SSLException, GeneralSecurityException {
        SslContextBuilder builder = SslContextBuilder.forClient().endpointIdentificationAlgorithm("HTTPS");
        TlsIdentity identity = options.identity();
        if (identity != null)
            builder.keyManager(identity.key(), identity.chain().toArray(new X509Certificate[0]));
        builder.trustManager(trust(options.anchors()));
        return TlsRules.applyTo(builder, options.tlsEngine(), List.of(ApplicationProtocolNames.HTTP_1_1))
                .build();
    }

    private static TrustManagerFactory trust(List<X509Certificate> anchors) throws GeneralSecurityException {
        TrustManagerFactory usual = factory(null);
        if (anchors.isEmpty()) return usual;
        KeyStore all = KeyStore.getInstance(KeyStore.getDefaultType());
        try {
            all.load(null, null);
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
        int count = 0;
        for (X509Certificate anchor : anchors) all.setCertificateEntry("anchor-" + count++, anchor);
        for (TrustManager manager : usual.getTrustManagers()) {
            if (!(manager instanceof X509TrustManager x509)) continue;
            for (X509Certificate anchor : x509.getAcceptedIssuers())
                all.setCertificateEntry("anchor-" + count++, anchor);
        }
        return factory(all);
    }

    private static TrustManagerFactory factory(@Nullable KeyStore store) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory;
    }

    /** Why a handshake failed, for people. */
    static String reason(Throwable cause) {
        if (cause instanceof NotSslRecordException) return "the server does not speak it";
        if (cause instanceof ClosedChannelException) return "the server closed the connection";
        Throwable root = cause;
        boolean certificate = false;
        for (Throwable at = cause; at != null; at = at.getCause()) {
            if (at instanceof CertificateExpiredException) return "its certificate has expired";
            if (at instanceof CertificateNotYetValidException) return "its certificate is not valid yet";
            if (at instanceof CertPathBuilderException) return "its certificate leads to no trust anchor";
            certificate |= at instanceof CertificateException;
            root = at;
        }
        return certificate ? "its certificate is refused: " + root.getMessage() : String.valueOf(root.getMessage());
    }

    @Override
    public synchronized void close() {
        SslContext context = made;
        made = null;
        if (context != null) ReferenceCountUtil.release(context);
    }
}
