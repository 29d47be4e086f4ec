package dev.openline.app;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints: the version of the build, its commit when the launcher built it, and the Java it runs on. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        Properties build = read();
        String commit = build.getProperty("commit", "");
        String version = "openline " + build.getProperty("version") + (commit.isEmpty() ? "" : " (" + commit + ")");
        return new String[] {version, "Java " + Runtime.version() + ", " + System.getProperty("java.vm.name")};
    }

    private static Properties read() {
        try (InputStream in = Version.class.getResourceAsStream("version.properties")) {
            Properties build = new Properties();
            build.load(in);
            return build;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
