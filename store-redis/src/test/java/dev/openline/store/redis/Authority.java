package dev.openline.store.redis;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;

/** An authority of a test's own, and what it has issued, as PEM files. */
final class Authority {
    private final Path folder;
    private final X509Bundle bundle;
    private int issued;

    /** A certificate with what leads to its authority, and its key. */
    record Pair(Path chain, Path key) {}

    /** @param folder of its own */
    Authority(Path folder) throws Exception {
        this.folder = Files.createDirectories(folder);
        this.bundle = new CertificateBuilder()
                .subject("CN=" + folder.getFileName())
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        Files.writeString(file(), bundle.getRootCertificatePEM());
    }

    /** What who trusts it is given. */
    Path file() {
        return folder.resolve("authority.pem");
    }

    /** Something to issue, valid from a day ago until tomorrow. */
    static CertificateBuilder usual() {
        return new CertificateBuilder()
                .subject("CN=one of a test")
                .notBefore(Instant.now().minus(Duration.ofDays(1)))
                .notAfter(Instant.now().plus(Duration.ofDays(1)));
    }

    /** For this machine, as tests reach it. */
    Pair local() throws Exception {
        return issue(usual().addSanIpAddress("127.0.0.1").addSanDnsName("localhost"));
    }

    Pair issue(CertificateBuilder wanted) throws Exception {
        issued++;
        Pair files = new Pair(folder.resolve(issued + ".pem"), folder.resolve(issued + "-key.pem"));
        X509Bundle made = wanted.buildIssuedBy(bundle);
        Files.writeString(files.chain(), made.getCertificatePathPEM());
        Files.writeString(files.key(), made.getPrivateKeyPEM());
        return files;
    }

    /** Lines of redis.conf by which a Redis speaks TLS too, on a port of its own, and asks nobody for a certificate unless {@code more} says so. */
    String[] lines(Pair shown, String... more) {
        Stream<String> lines = Stream.of(
                "tls-port", Integer.toString(RedisServer.freePort()),
                "tls-cert-file", shown.chain().toString(),
                "tls-key-file", shown.key().toString(),
                "tls-ca-cert-file", file().toString(),
                "tls-auth-clients", "no");
        return Stream.concat(lines, Stream.of(more)).toArray(String[]::new);
    }
}
