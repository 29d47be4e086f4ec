package dev.openline.app;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code openline genconfig}: writes a small configuration file to begin with, with secrets of its own. */
@Command(
        name = "genconfig",
        header = "Writes a configuration file to begin with.",
        description =
                "It has secrets of its own, and only its owner can read it. A file that is there already stays as it is.")
final class GenConfigCommand implements Callable<Integer> {
    private static final int SECRET_BYTES = 32;

    @Parameters(paramLabel = "FILE", defaultValue = "openline.yaml", description = "Default ${DEFAULT-VALUE}.")
    private Path file;

    @Override
    public Integer call() {
        String text = template().replace("${TOKEN_SECRET}", secret()).replace("${API_KEY}", secret());
        try {
            boolean posix = file.toAbsolutePath()
                    .getFileSystem()
                    .supportedFileAttributeViews()
                    .contains("posix");
            if (posix) {
                Files.createFile(
                        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            } else {
                Files.createFile(file);
            }
            Files.writeString(file, text, StandardOpenOption.TRUNCATE_EXISTING);
        } catch (FileAlreadyExistsException e) {
            throw new CommandFailure(file + " is there already.", e);
        } catch (IOException e) {
            throw new CommandFailure("could not write " + file + ": " + FileFault.reason(e) + ".", e);
        }
        return Main.OK;
    }

    private static String secret() {
        byte[] random = new byte[SECRET_BYTES];
        new SecureRandom().nextBytes(random);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    }

    // Longer than 40 lines because it is the text of a file.
    static String template() {
        return """
                # A server for `openline serve --config`. docs/configuration.md tells all options.

                http_server:
                  address: 127.0.0.1
                  port: 8000

                client:
                  # Pages of these origins may connect, beside those of the same host.
                  allowed_origins: []
                  token:
                    # Your application signs its users' tokens with it (HS256). Keep it secret.
                    hmac_secret_key: ${TOKEN_SECRET}

                http_api:
                  # Your backend publishes with it, in the header X-API-Key. Keep it secret.
                  key: ${API_KEY}

                channel:
                  # Channels without a colon in their names.
                  without_namespace:
                    history_size: 100
                    history_ttl: 10m
                    force_recovery: true
                    allow_subscribe_for_client: true
                  # Channels such as chat:lobby.
                  namespaces:
                    - name: chat
                      history_size: 100
                      history_ttl: 24h
                      force_recovery: true
                      presence: true
                      join_leave: true
                      allow_subscribe_for_client: true
                      allow_publish_for_subscriber: true
                      allow_presence_for_subscriber: true
                    - name: price
                      mode: latest
                      history_size: 1
                      history_ttl: 1h
                      force_recovery: true
                      allow_subscribe_for_anonymous: true
                """;
    }
}
