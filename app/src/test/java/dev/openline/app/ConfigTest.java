package dev.openline.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.openline.server.OpenlineServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A server that a file configures. */
class ConfigTest {
    private static final String WHOLE = """
            http_server: {port: 0}
            client:
              allowed_origins: [https://example.com]
              token: {hmac_secret_key: a secret that is long enough for HS256}
              channel_limit: 2
              user_connection_limit: 5
              connect_include_server_time: true
              subscribe_to_user_personal_channel: {enabled: true, personal_channel_namespace: personal}
            http_api:
              key: everything
              keys:
                - {key: some, scopes: [publish], namespaces: [chat]}
            channel:
              history_meta_ttl: 48h
              without_namespace: {allow_subscribe_for_client: true}
              namespaces:
                - name: chat
                  history_size: 10
                  history_ttl: 1m30s
                  force_recovery: true
                  presence: true
                  allow_subscribe_for_client: true
                  allow_publish_for_subscriber: true
                  publication_data_format: json_object
                - name: personal
                  allow_user_limited_channels: true
            """;

    @TempDir
    Path folder;

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("openline.yaml"), text);
    }

    private static void read(String text, Map<String, String> environment) {
        ServerSettings.read(ConfigFile.parse(text, "openline.yaml", environment));
    }

    private static String say(OpenlineServer server, String... commands) {
        String address = "ws://127.0.0.1:" + server.port() + "/connection/websocket";
        return CommandRun.withInput(String.join("\n", commands) + "\n", "connect", address)
                .out();
    }

    private static int post(OpenlineServer server, String key, String channel) throws Exception {
        String body = "{\"channel\":\"" + channel + "\",\"data\":{}}";
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/api/publish"))
                .header("x-api-key", key)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    @Test
    void aServerDoesWhatItsFileSays() throws Exception {
        Path file = file(WHOLE);
        CommandRun signed = CommandRun.of("gentoken", "--config", file.toString(), "-u", "alice");
        String token = signed.out().strip();
        ServeCommand command = CommandRun.parsed("serve", "--config", file.toString());
        try (OpenlineServer server = command.open()) {
            String heard = say(
                    server,
                    "{\"id\":1,\"connect\":{\"token\":\"" + token + "\"}}",
                    "{\"id\":2,\"subscribe\":{\"channel\":\"chat:a\"}}",
                    "{\"id\":3,\"publish\":{\"channel\":\"chat:a\",\"data\":1}}",
                    "{\"id\":4,\"publish\":{\"channel\":\"chat:a\",\"data\":{}}}",
                    "{\"id\":5,\"subscribe\":{\"channel\":\"one too many\"}}");
            assertThat(heard)
                    .contains("\"subs\":{\"personal:#alice\":{", "\"time\":", "\"expires\":true")
                    .contains("{\"id\":2,\"subscribe\":{\"recoverable\":true,\"positioned\":true")
                    .contains("{\"id\":3,\"error\":{\"code\":107", "{\"id\":4,\"publish\":{}}")
                    .contains("{\"id\":5,\"error\":{\"code\":106");
            assertThat(post(server, "everything", "news")).isEqualTo(200);
            assertThat(post(server, "some", "chat:a")).isEqualTo(200);
            assertThat(post(server, "some", "news")).isEqualTo(403);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "client: {chanel_limit: 3} | client.chanel_limit: there is no such option; did you mean channel_limit?",
                "client: {channel_limit: many} | client.channel_limit: expected a whole number from 1 to 1000000, found another text",
                "client: {insecure: 1} | client.insecure: expected true or false, found another number",
                "client: {ping_interval: 25} | client.ping_interval: expected a time such as 25s, 1m30s or 720h, found another number",
                "client: {pong_timeout: 30s} | client.ping_interval: pongTimeout PT30S >= pingInterval PT25S",
                "client: [] | client: expected a mapping, found a list",
                "client: {allowed_origins: example.com} | client.allowed_origins: origin 'example.com' is not of the form scheme://host[:port]",
                "client: {allowed_origins: ['https://example.com/']} | client.allowed_origins: origin 'https://example.com/' is not of the form scheme://host[:port]",
                "{engine: {type: redis}, data: {directory: d}} | data.directory: logs are either in a directory of this server or in Redis, not in both",
                "channel: {namespace_boundary: '-', namespaces: [{name: a-b}]} | channel.namespaces[0].name: namespace \"a-b\" holds the boundary of namespaces",
                "http_api: {key: ' '} | http_api.key: expected a key",
                "http_api: {keys: [{key: k, scopes: [read], namespaces: ['a:b']}]} | http_api.keys[0].namespaces: namespace \"a:b\" is empty or has a colon",
                "broker: {type: nats} | broker: there is one engine for everything here",
                "engine: {type: nats} | engine.type: expected one of memory, redis, found another text",
                "engine: {redis: {address: 'http://a:1'}} | engine.redis.address: an address begins with redis:// or rediss://",
                "engine: {redis: {cluster_address: ['a:1'], restarts: lose_nothing}} | engine.redis.io_timeout: where another Redis takes over, what was answered last may be lost",
                "engine: {redis: {sentinel_address: ['a:1']}} | engine.redis.sentinel_master_name: expected the name of a master beside sentinel_address",
                "engine: {redis: {address: 'redis://a:1', tls: {server_ca_pem_file: ca.pem}}} | engine.redis.tls: certificates are for addresses that begin with rediss://",
                "engine: {redis: {address: 'rediss://a:1', tls: {cert_pem_file: a.pem}}} | engine.redis.tls.key_pem_file: a certificate and its private key are given together, or neither of them",
                "engine: {redis: {address: 'rediss://a:1', tls: {insecure_skip_verify: true}}} | engine.redis.tls.insecure_skip_verify: certificates are always verified; server_ca_pem_file says whom to trust",
                "engine: {redis: {address: 'rediss://a:1?verifyPeer=NONE'}} | engine.redis.address: an address ends with its port, or the number of a database",
                "channel: {namespaces: [{history_size: 3}]} | channel.namespaces[0].name: expected at least two of the characters -a-zA-Z0-9_.",
                "channel: {namespaces: [{name: aa, history_size: 3}]} | channel.namespaces[0].history_size: expected together with history_ttl, or neither of them",
                "channel: {namespaces: [{name: aa}, {name: aa}]} | channel.namespaces[1].name: there is another namespace of this name",
                "channel: {namespaces: [{name: aa, force_recovery: true}]} | channel.namespaces[0].mode: FORCE_RECOVERY needs a log",
                "channel: {namespaces: [{name: aa, mode: newest}]} | channel.namespaces[0].mode: expected one of every, latest, transient, found another text",
                "channel: {namespaces: [{name: aa, channel_regex: '('}]} | channel.namespaces[0].channel_regex: expected a regular expression: Unclosed group",
                "channel: {namespaces: [{name: aa, publish_rate: {per_client: -1}}]} | channel.namespaces[0].publish_rate.per_client: expected a whole number from 0 to 2147483647, found another number",
                "channel: {namespaces: [{name: aa, subscription_type: map}]} | channel.namespaces[0].subscription_type: map subscriptions are not spoken here",
                "http_api: {keys: [{key: k}]} | http_api.keys[0].scopes: expected at least one of control, publish, read",
            })
    void whatIsWrongIsSaidWithItsPath(String text, String fault) {
        assertThatThrownBy(() -> read(text, Map.of()))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("\n  " + fault);
    }

    @Test
    void filesForARedisAreReadAtTheStart() throws IOException {
        Path missing = folder.resolve("ca.pem");
        Path file = file("client: {insecure: true}\n"
                + "engine: {type: redis, redis: {address: 'rediss://127.0.0.1:1', tls: {server_ca_pem_file: "
                + missing + "}}}");
        assertThat(CommandRun.of("checkconfig", file.toString()).exitCode()).isEqualTo(Main.OK);
        CommandRun run = CommandRun.of("serve", "--config", file.toString());
        assertThat(run.exitCode()).isEqualTo(Main.FAILURE);
        assertThat(run.err()).contains(missing + " does not exist.").doesNotContain("..");
    }

    @Test
    void allThatIsWrongIsSaidAtOnce() throws IOException {
        Path file = file("client: {insecure: 1, chanel_limit: 3}\nnode: {name: 7}\n");
        CommandRun run = CommandRun.of("checkconfig", file.toString());
        assertThat(run.exitCode()).isEqualTo(Main.FAILURE);
        assertThat(run.err()).contains("client.insecure", "client.chanel_limit", "node.name");
    }

    @Test
    void secretsAreNotQuoted() throws IOException {
        CommandRun broken = CommandRun.of(
                "checkconfig",
                file("client: {token: {hmac_secret_key: [hunter2}}").toString());
        assertThat(broken.err())
                .contains("is no YAML: something is wrong in line 1")
                .doesNotContain("hunter2");
        CommandRun misplaced = CommandRun.of(
                "checkconfig", file("client: {channel_limit: hunter2}").toString());
        assertThat(misplaced.err()).contains("client.channel_limit").doesNotContain("hunter2");
    }

    @Test
    void theEnvironmentGoesBeforeTheFile() {
        read("client: {channel_limit: many}", Map.of("OPENLINE_CLIENT_CHANNEL_LIMIT", "7"));
        assertThatThrownBy(() -> read("", Map.of("OPENLINE_CLIENT_CHANNEL_LIMIT", "few")))
                .hasMessageContaining("client.channel_limit: expected a whole number");
    }

    @Test
    void whatIsGeneratedIsGoodAndOnlyItsOwnersToRead() throws Exception {
        Path file = folder.resolve("new.yaml");
        assertThat(CommandRun.of("genconfig", file.toString()).exitCode()).isEqualTo(Main.OK);
        assertThat(CommandRun.of("checkconfig", file.toString()).out()).contains("is good");
        assertThat(Files.getPosixFilePermissions(file)).hasSize(2);
        CommandRun again = CommandRun.of("genconfig", file.toString());
        assertThat(again.err()).contains("is there already");
    }

    @ParameterizedTest
    @CsvSource({"25s, PT25S", "1m30s, PT1M30S", "720h, PT720H", "250ms, PT0.25S", "7d, PT168H"})
    void timesHaveUnits(String said, Duration meant) {
        assertThat(Settings.parse(said)).isEqualTo(meant);
    }

    /** Every option that is read stands in the page, and every one in the page is read. */
    @Test
    void thePageTellsEveryOption() throws IOException {
        String page = Files.readString(Path.of("../docs/configuration.md"));
        Matcher rows = Pattern.compile("(?m)^\\| `([a-z_0-9.\\[\\]]+)` \\|").matcher(page);
        StringBuilder all = new StringBuilder();
        while (rows.find()) all.append(rows.group(1)).append('\n');
        assertThat(all.toString().lines().sorted().toList()).isEqualTo(ConfigOptions.all());
    }
}
