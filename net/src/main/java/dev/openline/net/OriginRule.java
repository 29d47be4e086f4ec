package dev.openline.net;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which web pages may open lines (RFC 6455 §10.2). Browsers send {@code Origin} with every upgrade and let any page dial any server,
 * so a server that doesn't check lends its users' cookies to strangers. Requests without {@code Origin} don't come from a page and pass.
 */
@FunctionalInterface
public interface OriginRule {
    /** Whether this request for an upgrade may go on. Called on an event loop. */
    boolean allows(HttpRequest request);

    /**
     * Pages of the very host and port that the request names in {@code Host}; the default. {@code null} origins are refused. Over TLS,
     * ours or a trusted proxy's, the page must have come by {@code https} too; without, it may have: a proxy that nobody told us of may
     * speak TLS for us.
     */
    static OriginRule sameHost() {
        return request -> {
            List<String> origins = request.headers().all("origin");
            if (origins.isEmpty()) return true;
            WebOrigin origin = origins.size() == 1 ? WebOrigin.parse(origins.get(0)) : null;
            String host = request.host();
            if (origin == null || host == null) return false;
            boolean web = origin.scheme().equals("https") || origin.scheme().equals("http") && !request.isSecure();
            return web && origin.equals(WebOrigin.at(origin.scheme(), host));
        };
    }

    /**
     * Pages of these origins, and of the same host.
     *
     * @param origins such as {@code https://example.com}: scheme, host and, if it isn't the scheme's own, port. Other than ASCII names are
     *     written as browsers send them, {@code xn--…}
     * @throws IllegalArgumentException for anything else, also for {@code null} and for patterns
     */
    static OriginRule allowing(List<String> origins) {
        Set<WebOrigin> allowed = origins.stream().map(OriginRule::checked).collect(Collectors.toUnmodifiableSet());
        OriginRule sameHost = sameHost();
        return request -> sameHost.allows(request) || allowed.contains(onlyOriginOf(request));
    }

    /** Every page of the world: safe only where nothing depends on cookies or on who is asking. */
    static OriginRule insecureAny() {
        return request -> true;
    }

    private static WebOrigin checked(String origin) {
        WebOrigin read = WebOrigin.parse(origin);
        if (read == null)
            throw new IllegalArgumentException("origin '" + origin + "' is not of the form scheme://host[:port]");
        return read;
    }

    /** Something that no list contains, when there is not exactly one origin. */
    private static WebOrigin onlyOriginOf(HttpRequest request) {
        List<String> origins = request.headers().all("origin");
        @Nullable WebOrigin origin = origins.size() == 1 ? WebOrigin.parse(origins.get(0)) : null;
        return origin == null ? new WebOrigin("", "", -1) : origin;
    }
}
