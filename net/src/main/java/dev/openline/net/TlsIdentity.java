package dev.openline.net;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Who we are to a peer: a private key, and the certificates that lead from it towards a trust anchor, our own first. */
record TlsIdentity(PrivateKey key, List<X509Certificate> chain) {
    /**
     * Reads both files and checks that they belong together. Every failure is a sentence with the file's name in it.
     *
     * @param password of the key's file, or null for one that isn't encrypted
     */
    static TlsIdentity read(Path chainFile, Path keyFile, @Nullable String password) throws IOException {
        List<X509Certificate> chain = certificates(chainFile);
        PrivateKey key = PemKey.read(keyFile, password);
        if (!belongTogether(key, chain.get(0).getPublicKey())) {
            throw new IOException("the key in " + keyFile + " is not that of the first certificate in " + chainFile);
        }
        for (int i = 1; i < chain.size(); i++) {
            if (!chain.get(i - 1).getIssuerX500Principal().equals(chain.get(i).getSubjectX500Principal())) {
                throw new IOException(
                        "certificate " + (i + 1) + " in " + chainFile
                                + " is not the issuer of the one before it; the server's own comes first, then its issuers in order");
            }
        }
        return new TlsIdentity(key, chain);
    }

    /** The certificates of a file in their order, at least one. */
    static List<X509Certificate> certificates(Path file) throws IOException {
        List<X509Certificate> found = new ArrayList<>();
        for (Pem.Block block : Pem.read(file)) {
            if (!block.label().equals("CERTIFICATE")) continue;
            try {
                found.add((X509Certificate) CertificateFactory.getInstance("X.509")
                        .generateCertificate(new ByteArrayInputStream(block.der())));
            } catch (CertificateException damaged) {
                throw new IOException(
                        file + " has a certificate that can't be read: number " + (found.size() + 1), damaged);
            }
        }
        if (found.isEmpty()) throw new IOException(file + " has no certificate in it");
        return found;
    }

    private static boolean belongTogether(PrivateKey key, PublicKey certified) {
        if (key instanceof RSAKey ours && certified instanceof RSAKey theirs) {
            return ours.getModulus().equals(theirs.getModulus());
        }
        try {
            Signature signature = Signature.getInstance(key.getAlgorithm().equals("EC") ? "SHA256withECDSA" : "EdDSA");
            byte[] anything = {1, 2, 3};
            signature.initSign(key);
            signature.update(anything);
            byte[] signed = signature.sign();
            signature.initVerify(certified);
            signature.update(anything);
            return signature.verify(signed);
        } catch (GeneralSecurityException ofDifferentKinds) {
            return false;
        }
    }

    /** When the first certificate of the chain begins to be useless. */
    Instant expires() {
        return chain.get(0).getNotAfter().toInstant();
    }

    /** For a log: the subject and the end of its time. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%s until %s",
                chain.get(0).getSubjectX500Principal().getName(),
                expires());
    }
}
