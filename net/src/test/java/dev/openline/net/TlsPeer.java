package dev.openline.net;

import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;

/** Opens TLS connections from outside, with the JDK's blocking sockets. */
final class TlsPeer {
    private TlsPeer() {}

    static SSLSocket connect(int port, Certificates certificates, String... versions) throws Exception {
        SSLSocket socket = over(new Socket("127.0.0.1", port), certificates);
        if (versions.length > 0) socket.setEnabledProtocols(versions);
        socket.startHandshake();
        return socket;
    }

    private static SSLSocket over(Socket plain, Certificates certificates) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {certificates.authority().toTrustManager()}, null);
        SSLSocket socket =
                (SSLSocket) context.getSocketFactory().createSocket(plain, "localhost", plain.getPort(), true);
        socket.setSoTimeout(10_000);
        return socket;
    }

    /** Connects, agrees on HTTP/2 and begins with it (RFC 9113 §3.4). Little fits into what it has not read. */
    static SSLSocket http2(int port, Certificates certificates) throws Exception {
        Socket plain = new Socket();
        plain.setReceiveBufferSize(8 << 10);
        plain.connect(new InetSocketAddress("127.0.0.1", port));
        SSLSocket socket = over(plain, certificates);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {"h2"});
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        OutputStream out = socket.getOutputStream();
        out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        out.write(new byte[] {0, 0, 0, 4, 0, 0, 0, 0, 0}); // SETTINGS, empty
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
