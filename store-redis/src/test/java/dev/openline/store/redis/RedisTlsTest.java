package dev.openline.store.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.openline.hub.ChannelOptions;
import dev.openline.hub.PublishRequest;
import dev.openline.hub.Published;
import dev.openline.protocol.Payload;
import io.netty.pkitesting.CertificateBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS between a server and a Redis that speaks it. */
class RedisTlsTest {
    private static final ChannelOptions EVERY =
            ChannelOptions.every(100, Duration.ofHours(1)).build();

    @TempDir
    Path folder;

    private Authority authority;
    private RedisServer redis;
    private Asked one;

    @BeforeAll
    static void a_server_can_run_here() {
        RedisServer.assumeAvailable();
    }

    @BeforeEach
    void make_an_authority() throws Exception {
        authority = new Authority(folder.resolve("ours"));
    }

    @AfterEach
    void end() {
        if (one != null) one.close();
        if (redis != null) redis.close();
        RedisThreads.awaitNone();
    }

    private void serve(Authority.Pair shown, String... lines) {
        redis = new RedisServer(authority.lines(shown, lines)).start();
    }

    private void serve(CertificateBuilder shown) throws Exception {
        serve(authority.issue(shown));
    }

    private RedisTls trusting() {
        return RedisTls.USUAL.trusting(authority.file());
    }

    private RedisOptions options(String host, RedisTls tls) {
        return RedisOptions.at("rediss://" + host + ":" + redis.option("tls-port"))
                .withTls(tls)
                .withTimeout(Duration.ofSeconds(2));
    }

    private RedisOptions options() {
        return options("127.0.0.1", trusting());
    }

    private void assertGood(RedisOptions options) throws IOException {
        one = new Asked(options);
        Asked.Heard heard = one.follow("a");
        assertThat(one.publish(EVERY, "a", "1").offset()).isEqualTo(1);
        assertThat(heard.next()).isEqualTo("said 1 1");
    }

    private void assertSays(RedisOptions options, String sentence) {
        assertThatThrownBy(() -> RedisStore.connect(options))
                .isInstanceOf(IOException.class)
                .hasMessage(sentence);
    }

    private void assertSaysOfRedis(RedisOptions options, String rest) {
        String where = options.addresses().get(0).substring("rediss://".length());
        assertSays(options, "the Redis at " + where + " " + rest);
    }

    @Test
    void a_certificate_of_the_authority_for_the_address_is_good() throws Exception {
        serve(Authority.usual().addSanIpAddress("127.0.0.1"));
        assertGood(options());
        // On both connections, and nowhere else.
        assertThat(redis.ask("CLIENT", "LIST")).contains("laddr=127.0.0.1:" + redis.option("tls-port"));
    }

    @Test
    void a_certificate_of_the_authority_for_the_name_is_good() throws Exception {
        serve(Authority.usual().addSanDnsName("localhost"));
        assertGood(options("localhost", trusting()));
    }

    @Test
    void a_certificate_that_is_trusted_itself_is_good() throws Exception {
        Authority.Pair shown = authority.local();
        serve(shown);
        assertGood(options("127.0.0.1", RedisTls.USUAL.trusting(shown.chain())));
    }

    @Test
    void a_certificate_of_another_authority_is_refused() throws Exception {
        Authority other = new Authority(folder.resolve("another"));
        serve(other.local());
        assertSaysOfRedis(options(), "shows a certificate of an authority that is not trusted.");
        // Java does not know ours.
        assertSaysOfRedis(
                options("127.0.0.1", RedisTls.USUAL), "shows a certificate of an authority that is not trusted.");
    }

    @Test
    void a_certificate_for_another_host_is_refused() throws Exception {
        serve(Authority.usual().addSanDnsName("elsewhere.example").addSanIpAddress("127.0.0.2"));
        assertSaysOfRedis(
                options(),
                "shows a certificate for others (No subject alternative names matching IP address 127.0.0.1 found).");
        assertSaysOfRedis(
                options("localhost", trusting()),
                "shows a certificate for others (No subject alternative DNS name matching localhost found).");
    }

    @Test
    void a_certificate_whose_time_is_over_or_has_not_come_is_refused() throws Exception {
        Instant now = Instant.now();
        serve(Authority.usual().addSanIpAddress("127.0.0.1").notAfter(now.minusSeconds(60)));
        assertSaysOfRedis(options(), "shows a certificate that has expired.");
        redis.close();
        serve(Authority.usual().addSanIpAddress("127.0.0.1").notBefore(now.plusSeconds(3_600)));
        assertSaysOfRedis(options(), "shows a certificate that is not valid yet.");
    }

    @Test
    void one_side_speaks_tls_and_the_other_does_not() throws Exception {
        serve(authority.local());
        RedisOptions onPlainPort =
                RedisOptions.at("rediss://127.0.0.1:" + redis.port()).withTls(trusting());
        assertSaysOfRedis(
                onPlainPort.withTimeout(Duration.ofSeconds(1)), "does not speak TLS, which rediss:// asks for.");
        String port = redis.option("tls-port");
        assertSays(
                RedisOptions.at("redis://127.0.0.1:" + port).withTimeout(Duration.ofSeconds(2)),
                "the Redis at 127.0.0.1:" + port
                        + " hangs up; where it speaks TLS, its address begins with rediss://.");
    }

    @Test
    void a_redis_that_asks_for_a_certificate_is_shown_one() throws Exception {
        serve(authority.local(), "tls-auth-clients", "yes");
        assertSaysOfRedis(options(), "wants to be shown a certificate.");
        Authority.Pair foreign = new Authority(folder.resolve("another")).issue(Authority.usual());
        assertSaysOfRedis(
                options("127.0.0.1", trusting().showing(foreign.chain(), foreign.key())),
                "refuses TLS with this server: unknown_ca.");
        Authority.Pair ours = authority.issue(Authority.usual());
        assertGood(options("127.0.0.1", trusting().showing(ours.chain(), ours.key())));
    }

    @Test
    void files_that_are_no_good_are_named() throws Exception {
        serve(authority.local());
        Path missing = folder.resolve("missing.pem");
        assertSays(options("127.0.0.1", RedisTls.USUAL.trusting(missing)), missing + " does not exist.");
        assertSays(options("127.0.0.1", RedisTls.USUAL.trusting(folder)), folder + " can't be read.");
        Path empty = Files.createFile(folder.resolve("empty.pem"));
        assertSays(
                options("127.0.0.1", RedisTls.USUAL.trusting(empty)),
                empty + " has no certificate in it that can be read.");
        Path text = Files.writeString(folder.resolve("text.pem"), "just some text\n");
        assertSays(
                options("127.0.0.1", RedisTls.USUAL.trusting(text)),
                text + " has no certificate in it that can be read.");
        String whole = Files.readString(authority.file());
        Path cut = Files.writeString(folder.resolve("cut.pem"), whole.substring(0, whole.length() / 2));
        assertSays(
                options("127.0.0.1", RedisTls.USUAL.trusting(cut)),
                cut + " has no certificate in it that can be read.");
        Authority.Pair ours = authority.local();
        assertSays(options("127.0.0.1", trusting().showing(ours.chain(), missing)), missing + " does not exist.");
        assertSays(
                options("127.0.0.1", trusting().showing(ours.chain(), ours.chain())),
                ours.chain() + " has no private key that can be read: PEM, PKCS#8 and not encrypted is needed.");
    }

    @Test
    void checks_cannot_be_turned_off_in_an_address() throws Exception {
        serve(new Authority(folder.resolve("another")).local());
        for (String parameter : List.of("?verifyPeer=NONE", "/0?verifyPeer=CA", "#a"))
            assertSays(
                    RedisOptions.at("rediss://127.0.0.1:" + redis.option("tls-port") + parameter),
                    "an address of a Redis is redis://[[user]:password@]host[:port][/database], or begins with rediss://.");
    }

    @Test
    void certificates_are_given_only_where_tls_is_spoken() {
        assertThatThrownBy(() -> RedisOptions.at("redis://a:1").withTls(trusting()))
                .hasMessage("certificates are for addresses that begin with rediss://");
        assertThatThrownBy(() -> RedisOptions.cluster(List.of("rediss://a:1", "redis://b:1")))
                .hasMessage("either all addresses begin with rediss://, or none of them does");
        assertThatThrownBy(() -> new RedisTls(null, authority.file(), null))
                .hasMessage("a certificate and its private key are given together, or neither of them");
    }

    @Test
    void whoever_shows_another_certificate_later_is_not_told_anything() throws Exception {
        Authority.Pair ours = authority.local();
        serve(ours);
        assertGood(options().withTimeout(Duration.ofMillis(300)));
        show(new Authority(folder.resolve("another")).local());
        cut();
        redis.await("that it is away", () -> !one.redis.isReachable());
        assertThat(one.publish(EVERY, PublishRequest.of("a", Payload.of("2")))).isInstanceOf(Published.Refused.class);
        redis.await("more attempts", () -> redis.logged("Error accepting a client connection") >= 4);
        // They were one loss.
        assertThat(one.redis.statistics().disconnects()).isEqualTo(1);
        assertThat(redis.ask("CLIENT", "LIST")).doesNotContain("name=openline");
        show(ours);
        redis.await(
                "a publish", () -> one.publish(EVERY, PublishRequest.of("a", Payload.of("3"))) instanceof Published.At);
    }

    @Test
    void files_that_were_replaced_need_no_restart() throws Exception {
        serve(authority.local());
        Path trusted = Files.copy(authority.file(), folder.resolve("trusted.pem"));
        assertGood(options("127.0.0.1", RedisTls.USUAL.trusting(trusted)).withTimeout(Duration.ofMinutes(5)));
        Authority next = new Authority(folder.resolve("next"));
        Files.writeString(trusted, Files.readString(next.file()));
        show(next.local());
        cut();
        Asked.Heard heard = one.follow("b");
        assertThat(one.publish(EVERY, "b", "1").offset()).isEqualTo(1);
        heard.await("said 1 1");
    }

    private void show(Authority.Pair pair) {
        redis.ask(
                "CONFIG",
                "SET",
                "tls-cert-file",
                pair.chain().toString(),
                "tls-key-file",
                pair.key().toString());
    }

    private void cut() {
        redis.ask("CLIENT", "KILL", "TYPE", "pubsub");
        redis.ask("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
    }
}
