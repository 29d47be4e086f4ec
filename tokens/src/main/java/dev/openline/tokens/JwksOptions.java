package dev.openline.tokens;

import java.net.URI;
import java.time.Duration;
import java.util.Locale;

/**
 * Where the public keys of an issuer are fetched (RFC 7517 §5), how often, and how long they are good for.
 *
 * @param endpoint {@code https}, or {@code http} on this machine's own address
 * @param timeout how long a fetch may take from the first byte to the last; default 5 s
 * @param maxBytes the longest answer; default 256 KiB. A longer one counts as none
 * @param maxKeys how many keys of an answer are kept; default 100. The rest is left out, with a warning
 * @param refreshAfter keys older than this go on working while newer ones are fetched; default 5 min
 * @param ttl with keys older than this a token waits for newer ones; default 15 min
 * @param maxStale when no newer keys can be had, older ones work up to this age; default 24 h
 * @param minFetchInterval a fetch begins no sooner than this after the one before, whoever brings whatever tokens; default 10 s. A token
 *     with an unknown key is answered {@link Verdict.Unavailable} meanwhile
 * @param maxWaiting how many tokens may wait for a fetch at once; default 10000. More are answered {@link Verdict.Unavailable}
 */
public record JwksOptions(
        URI endpoint,
        Duration timeout,
        int maxBytes,
        int maxKeys,
        Duration refreshAfter,
        Duration ttl,
        Duration maxStale,
        Duration minFetchInterval,
        int maxWaiting) {

    /** How many keys are tried for a token that names none; the rest is not. */
    public static final int MAX_KEYS_TRIED = 8;

    /** Checks the numbers; the endpoint is checked by {@link #of} and {@link #insecure}. */
    public JwksOptions {
        if (timeout.toMillis() < 1) throw new IllegalArgumentException("timeout " + timeout + " < 1 ms");
        if (maxBytes < 1) throw new IllegalArgumentException("maxBytes " + maxBytes + " < 1");
        if (maxKeys < 1) throw new IllegalArgumentException("maxKeys " + maxKeys + " < 1");
        if (refreshAfter.isNegative() || refreshAfter.compareTo(ttl) > 0)
            throw new IllegalArgumentException("refreshAfter " + refreshAfter + " is not in 0–" + ttl + " (ttl)");
        if (ttl.compareTo(maxStale) > 0) throw new IllegalArgumentException("ttl " + ttl + " > maxStale " + maxStale);
        if (minFetchInterval.toMillis() < 1)
            throw new IllegalArgumentException(
                    "minFetchInterval " + minFetchInterval + " < 1 ms: strangers could make it a flood");
        if (maxWaiting < 1) throw new IllegalArgumentException("maxWaiting " + maxWaiting + " < 1");
    }

    /**
     * The defaults for an endpoint ({@code jwks_public_endpoint}).
     *
     * @throws IllegalArgumentException unless it is {@code https}, or {@code http} to {@code localhost}, {@code 127.…} or {@code [::1]}:
     *     who can change the answer on its way can sign as anybody
     */
    public static JwksOptions of(String endpoint) {
        URI uri = http(endpoint);
        if (!uri.getScheme().equalsIgnoreCase("https") && !isLoopback(uri.getHost()))
            throw new IllegalArgumentException(
                    "jwks_public_endpoint must be https: over plain http whoever is on the way could sign as anybody");
        return defaults(uri);
    }

    /** As {@link #of}, with plain {@code http} to anywhere: for networks where nobody can change what is on its way. */
    public static JwksOptions insecure(String endpoint) {
        return defaults(http(endpoint));
    }

    private static URI http(String endpoint) {
        URI uri;
        try {
            uri = URI.create(endpoint);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("jwks_public_endpoint is no URL", e);
        }
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (uri.getHost() == null || !(scheme.equals("https") || scheme.equals("http")))
            throw new IllegalArgumentException("jwks_public_endpoint is no URL with https and a host");
        return uri;
    }

    private static boolean isLoopback(String host) {
        return host.equalsIgnoreCase("localhost") || host.equals("[::1]") || host.matches("127(\\.\\d{1,3}){3}");
    }

    private static JwksOptions defaults(URI endpoint) {
        return new JwksOptions(
                endpoint,
                Duration.ofSeconds(5),
                256 * 1024,
                100,
                Duration.ofMinutes(5),
                Duration.ofMinutes(15),
                Duration.ofHours(24),
                Duration.ofSeconds(10),
                10_000);
    }

    /** The same with another time for each fetch. */
    public JwksOptions withTimeout(Duration timeout) {
        return new JwksOptions(
                endpoint, timeout, maxBytes, maxKeys, refreshAfter, ttl, maxStale, minFetchInterval, maxWaiting);
    }

    /** The same with other ages: {@code refreshAfter} ≤ {@code ttl} ≤ {@code maxStale}. */
    public JwksOptions withAges(Duration refreshAfter, Duration ttl, Duration maxStale) {
        return new JwksOptions(
                endpoint, timeout, maxBytes, maxKeys, refreshAfter, ttl, maxStale, minFetchInterval, maxWaiting);
    }

    /** The same with another time between the beginnings of two fetches. */
    public JwksOptions withMinFetchInterval(Duration minFetchInterval) {
        return new JwksOptions(
                endpoint, timeout, maxBytes, maxKeys, refreshAfter, ttl, maxStale, minFetchInterval, maxWaiting);
    }

    /** The same with other bounds of an answer. */
    public JwksOptions withBounds(int maxBytes, int maxKeys) {
        return new JwksOptions(
                endpoint, timeout, maxBytes, maxKeys, refreshAfter, ttl, maxStale, minFetchInterval, maxWaiting);
    }

    /** The same with another number of tokens that may wait. */
    public JwksOptions withMaxWaiting(int maxWaiting) {
        return new JwksOptions(
                endpoint, timeout, maxBytes, maxKeys, refreshAfter, ttl, maxStale, minFetchInterval, maxWaiting);
    }
}
