package dev.openline.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/** A certificate of our own for the servers of one run, in the forms that they want. It is for measuring and worth nothing else. */
record Identity(Path folder) {
    static final String PASSWORD = "measuring";
    private static final String ALIAS = "server";

    /** Makes one with the JDK's keytool, in a folder that goes when this process does. */
    static Identity make() throws IOException {
        Identity identity = new Identity(Files.createTempDirectory("openline-bench"));
        for (String name : List.of("", "server.p12", "chain.pem", "key.pem"))
            identity.folder.resolve(name).toFile().deleteOnExit();
        String keytool =
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        boolean made = Pinning.succeeds(List.of(
                keytool,
                "-genkeypair",
                "-alias",
                ALIAS,
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-validity",
                "2",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=dns:localhost,ip:127.0.0.1",
                "-storetype",
                "PKCS12",
                "-keystore",
                identity.keyStore().toString(),
                "-storepass",
                PASSWORD));
        if (!made) throw new IOException("keytool made no certificate");
        try {
            KeyStore store = identity.load();
            writePem(
                    identity.chain(), "CERTIFICATE", store.getCertificate(ALIAS).getEncoded());
            byte[] key = store.getKey(ALIAS, PASSWORD.toCharArray()).getEncoded();
            writePem(identity.key(), "PRIVATE KEY", key);
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
        return identity;
    }

    private static void writePem(Path file, String what, byte[] bytes) throws IOException {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
        Files.writeString(file, "-----BEGIN " + what + "-----\n" + text + "\n-----END " + what + "-----\n");
    }

    Path keyStore() {
        return folder.resolve("server.p12");
    }

    Path chain() {
        return folder.resolve("chain.pem");
    }

    Path key() {
        return folder.resolve("key.pem");
    }

    private KeyStore load() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(keyStore())) {
            store.load(in, PASSWORD.toCharArray());
        }
        return store;
    }

    /** For servers that take the JDK's. */
    SSLContext context() throws IOException {
        try {
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(load(), PASSWORD.toCharArray());
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), null, new SecureRandom());
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    /** For the load, which believes every server: it measures them and tells them nothing. */
    static SSLContext trustingAnybody() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new Anybody()}, new SecureRandom());
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static final class Anybody implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    /** The one in a folder that {@link #make} has filled. */
    static Identity in(String folder) {
        return new Identity(Path.of(folder));
    }
}
