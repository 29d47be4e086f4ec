package dev.openline.net;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/** A certificate authority of a test's own, and what it issues, as PEM files. */
final class Certificates {
    private final Path folder;
    private final X509Bundle authority;
    private int issued;

    /** Files of one server: its chain, and its key. */
    record Pair(Path chain, Path key) {}

    Certificates(Path folder) throws Exception {
        this.folder = folder;
        this.authority = new CertificateBuilder()
                .subject("CN=authority of a test")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
    }

    X509Bundle authority() {
        return authority;
    }

    /** What a client must trust to trust all of these. */
    Path anchor() throws IOException {
        return Files.writeString(folder.resolve("anchor.pem"), authority.getRootCertificatePEM());
    }

    /** Something to issue, valid from a day ago until tomorrow. */
    static CertificateBuilder usual() {
        return new CertificateBuilder()
                .subject("CN=server of a test")
                .notBefore(Instant.now().minus(Duration.ofDays(1)))
                .notAfter(Instant.now().plus(Duration.ofDays(1)));
    }

    /** For the names by which the tests reach this machine. */
    Pair local() throws Exception {
        return write(usual().addSanDnsName("localhost").addSanIpAddress("127.0.0.1"));
    }

    Pair write(CertificateBuilder wanted) throws Exception {
        Pair files = new Pair(folder.resolve("chain-" + issued + ".pem"), folder.resolve("key-" + issued + ".pem"));
        issued++;
        return write(wanted, files);
    }

    /** Over what is there. */
    Pair write(CertificateBuilder wanted, Pair files) throws Exception {
        X509Bundle bundle = wanted.buildIssuedBy(authority);
        Files.writeString(files.chain(), bundle.getCertificatePathPEM());
        Files.writeString(files.key(), bundle.getPrivateKeyPEM());
        return files;
    }
}
