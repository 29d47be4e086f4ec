package dev.openline.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** What {@code checkconfig} calls good {@code serve} starts with, and what one warns of the other does. */
class CheckConfigTest {
    private static final String KEY = "client: {token: {hmac_secret_key: a secret that is long enough for HS256}}\n";

    @TempDir
    Path folder;

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @BeforeEach
    void hear() {
        log.start();
        root().addAppender(log);
    }

    @AfterEach
    void hearNoMore() {
        root().detachAppender(log);
    }

    private static Logger root() {
        return (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    }

    private CommandRun check(String text) throws IOException {
        return CommandRun.of("checkconfig", file(text).toString());
    }

    private CommandRun serve(String text) throws IOException {
        return CommandRun.of("serve", "--config", file(text).toString());
    }

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("openline.yaml"), text);
    }

    @Test
    void anOriginThatIsNoneIsRefusedByBothWithItsPath() throws IOException {
        String text = "client: {insecure: true, allowed_origins: [example.com]}";
        assertThat(check(text).err()).contains("client.allowed_origins: origin 'example.com' is not of the form");
        CommandRun served = serve(text);
        assertThat(served.exitCode()).isEqualTo(Main.FAILURE);
        assertThat(served.err()).isEqualTo(check(text).err()).doesNotContain("--help");
    }

    @Test
    void aShortSecretIsWarnedOf() throws IOException {
        CommandRun run = check("client: {token: {hmac_secret_key: short}}");
        assertThat(run.out()).contains("is good");
        assertThat(log.list).anyMatch(event -> event.getFormattedMessage().contains("fewer than 32 bytes"));
    }

    @Test
    void whatIsInsecureIsWarnedOf() throws IOException {
        check("client: {insecure: true, allowed_origins: ['*']}");
        assertThat(log.list)
                .anyMatch(event -> event.getFormattedMessage().startsWith("insecure: anybody may connect"))
                .anyMatch(event -> event.getFormattedMessage().startsWith("insecure: pages of any origin"));
    }

    @Test
    void whereNobodyCouldConnectBothRefuse() throws IOException {
        CommandRun checked = check("# nothing yet\n");
        assertThat(checked.exitCode()).isEqualTo(Main.FAILURE);
        assertThat(checked.err()).contains("nobody could connect");
        assertThat(serve("# nothing yet\n").err()).isEqualTo(checked.err());
    }

    @Test
    void whereOnlyBackendsCouldItIsWarnedOf() throws IOException {
        assertThat(check("http_api: {key: k}").out()).contains("is good");
        assertThat(log.list).anyMatch(event -> event.getFormattedMessage().contains("no client can connect"));
    }

    @Test
    void aVariableThatMeansNothingIsWarnedOf() {
        Map<String, String> environment = Map.of(
                "OPENLINE_HTTP_SERVR_PORT", "8001",
                "OPENLINE_NODE_NAME", "one",
                "OPENLINE_API_KEY", "k",
                "OPENLINE_PORT_8000_TCP_ADDR", "10.0.0.1",
                "OPENLINE_SERVICE_PORT_HTTP", "8000");
        ServerSettings.read(ConfigFile.parse("", "openline.yaml", environment));
        assertThat(log.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly("no option is called OPENLINE_HTTP_SERVR_PORT in the environment;"
                        + " did you mean OPENLINE_HTTP_SERVER_PORT?");
    }

    @Test
    void withoutAFileVariablesAreNotLookedAt() {
        assertThat(new Variables(Map.of("OPENLINE_HTTP_SERVER_PORT", "1", "OPENLINE_JAVA_OPTS", "-Xmx1g", "HOME", "/"))
                        .unread())
                .containsExactly("OPENLINE_HTTP_SERVER_PORT is not looked at without --config");
    }

    @Test
    void whatIsWrongWithAFileIsSaidInWords() throws IOException {
        Path nowhere = folder.resolve("nope.yaml");
        assertThat(CommandRun.of("checkconfig", nowhere.toString()).err())
                .isEqualTo("openline: could not read " + nowhere + ": no such file or directory.\n");
        Path latin = Files.write(
                folder.resolve("latin.yaml"), "node: {name: caf\u00e9}".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(CommandRun.of("checkconfig", latin.toString()).err())
                .isEqualTo("openline: could not read " + latin + ": it is not written in UTF-8.\n");
        Path file = file("");
        assertThat(CommandRun.of(
                                "serve",
                                "--insecure",
                                "--port",
                                "0",
                                "--data",
                                file.resolve("x").toString())
                        .err())
                .startsWith("openline: the logs can't be kept in " + file.resolve("x") + ": ")
                .isNotEqualTo("openline: the logs can't be kept in " + file.resolve("x") + ": null.\n");
    }

    @Test
    void aCertificateThatIsNotThereIsFound() throws IOException {
        CommandRun run =
                check(KEY + "http_server: {tls: {enabled: true, cert_pem_file: no.pem, key_pem_file: no.key}}");
        assertThat(run.exitCode()).isEqualTo(Main.FAILURE);
        assertThat(run.err()).contains("http_server.tls: ", "no.pem");
    }
}
