package dev.openline.app;

import dev.openline.hub.SharedLimits;
import dev.openline.store.redis.RedisOptions;
import dev.openline.store.redis.RedisTls;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a configuration file says of a Redis that several servers share.
 *
 * @param limits of what each event loop holds in memory of it
 */
record EngineSettings(RedisOptions redis, SharedLimits limits) {
    private static final String NOT_HERE = "there is nothing of that kind here";

    /** Null if channels are this server's own. */
    static @Nullable EngineSettings read(Settings section) {
        boolean redis = section.word("type", Map.of("memory", false, "redis", true), false);
        EngineSettings options = redis(section.section("redis"), redis);
        section.refuse(NOT_HERE, "nats");
        section.end();
        return options;
    }

    private static @Nullable EngineSettings redis(Settings section, boolean wanted) {
        String user = section.text("user", "");
        String password = section.text("password", "");
        String address = section.text("address", "redis://127.0.0.1:6379");
        List<String> cluster = section.texts("cluster_address");
        List<String> sentinels = section.texts("sentinel_address");
        String master = section.text("sentinel_master_name", "");
        UnaryOperator<String> whole = one -> address(one, user, password);
        RedisOptions options = section.made(cluster.isEmpty() ? "address" : "cluster_address", () -> {
            if (!cluster.isEmpty())
                return RedisOptions.cluster(cluster.stream().map(whole).toList());
            if (!sentinels.isEmpty())
                return RedisOptions.sentinels(
                        master, sentinels.stream().map(whole).toList());
            return RedisOptions.at(whole.apply(address));
        });
        if (!sentinels.isEmpty() && master.isEmpty())
            section.fault("sentinel_master_name", "expected the name of a master beside sentinel_address");
        RedisOptions all = options == null ? null : section.made("io_timeout", () -> more(section, options));
        SharedLimits limits = section.made(
                "stale_after",
                () -> SharedLimits.DEFAULT.withStaleAfter(
                        section.duration("stale_after", SharedLimits.DEFAULT.staleAfter())));
        RedisTls tls = tls(section.section("tls"));
        if (all != null && tls != null) {
            RedisOptions without = all;
            all = section.made("tls", () -> without.withTls(tls));
        }
        section.refuse("give it in the address, after the port", "db");
        section.end();
        return !wanted || all == null || limits == null ? null : new EngineSettings(all, limits);
    }

    private static @Nullable RedisTls tls(Settings section) {
        String authorities = section.text("server_ca_pem_file", "");
        String certificate = section.text("cert_pem_file", "");
        String key = section.text("key_pem_file", "");
        section.refuse("give it in the address, as rediss://", "enabled");
        section.refuse("give the name of a file", "server_ca_pem", "cert_pem", "key_pem");
        section.refuse(
                "certificates are always verified; server_ca_pem_file says whom to trust", "insecure_skip_verify");
        section.refuse("a certificate has to name the host that is dialled", "server_name");
        section.refuse(NOT_HERE, "client_ca_pem_file", "client_ca_pem");
        section.end();
        return section.made(
                certificate.isEmpty() ? "cert_pem_file" : "key_pem_file",
                () -> new RedisTls(file(authorities), file(certificate), file(key)));
    }

    private static @Nullable Path file(String name) {
        return name.isEmpty() ? null : Path.of(name);
    }

    private static RedisOptions more(Settings section, RedisOptions options) {
        return options.withPrefix(section.text("prefix", options.prefix()))
                .withTimeout(section.duration("io_timeout", options.timeout()))
                .withPresenceTtl(section.duration("presence_ttl", options.presenceTtl()))
                .withWhenAway(section.word(
                        "when_away",
                        Map.of("wait", RedisOptions.WhenAway.WAIT, "refuse", RedisOptions.WhenAway.REFUSE),
                        options.whenAway()))
                .withRestarts(section.word(
                        "restarts",
                        Map.of(
                                "may_lose", RedisOptions.Restarts.MAY_LOSE,
                                "lose_nothing", RedisOptions.Restarts.LOSE_NOTHING),
                        options.restarts()));
    }

    /** With who asks in it; an address that names somebody itself stays as it is. */
    private static String address(String address, String user, String password) {
        String url = address.contains("://") ? address : "redis://" + address;
        try {
            URI uri = new URI(url);
            if (uri.getHost() == null) throw new IllegalArgumentException("'" + address + "' names no host");
            if (!List.of("redis", "rediss").contains(uri.getScheme()))
                throw new IllegalArgumentException("an address begins with redis:// or rediss://");
            if (uri.getRawQuery() != null || uri.getRawFragment() != null)
                throw new IllegalArgumentException("an address ends with its port, or the number of a database");
            if (password.isEmpty() || uri.getUserInfo() != null) return url;
            return new URI(
                            uri.getScheme(),
                            user + ":" + password,
                            uri.getHost(),
                            uri.getPort(),
                            uri.getPath(),
                            null,
                            null)
                    .toString();
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("'" + address + "' is no address such as redis://host:6379", e);
        }
    }
}
