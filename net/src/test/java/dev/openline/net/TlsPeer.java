package dev.openline.net;

import java.net.Socket;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;

/** Opens TLS connections from outside, with the JDK's blocking sockets. */
final class TlsPeer {
    private TlsPeer() {}

    static SSLSocket connect(int port, Certificates certificates, String... versions) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {certificates.authority().toTrustManager()}, null);
        Socket plain = new Socket("127.0.0.1", port);
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(plain, "localhost", port, true);
        socket.setSoTimeout(10_000);
        if (versions.length > 0) socket.setEnabledProtocols(versions);
        socket.startHandshake();
        return socket;
    }

    /** Connects and upgrades on {@code /}. */
    static RawPeer open(int port, Certificates certificates, String... versions) throws Exception {
        RawPeer peer = RawPeer.of(connect(port, certificates, versions));
        peer.say(RawPeer.upgrade("/", ""));
        String head = peer.head();
        if (!head.startsWith("HTTP/1.1 101 ")) throw new AssertionError("no upgrade: " + head);
        return peer;
    }

    /** The certificate that the other side showed. */
    static X509Certificate shown(RawPeer peer) throws Exception {
        return (X509Certificate)
                List.of(((SSLSocket) peer.socket()).getSession().getPeerCertificates())
                        .get(0);
    }
}
