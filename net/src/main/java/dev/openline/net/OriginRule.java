package dev.openline.net;

import dev.openline.wire.Headers;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which web pages may open lines (RFC 6455 §10.2). Browsers send {@code Origin} with every upgrade and let any page dial any server,
 * so a server that doesn't check lends its users' cookies to strangers. Requests without {@code Origin} don't come from a page and pass.
 */
public interface OriginRule {
    /** Whether an upgrade with these header fields may go on. */
    boolean allows(Headers headers);

    /** Pages of the very host and port that the request names in {@code Host}; the default. {@code null} origins are refused. */
    static OriginRule sameHost() {
        return headers -> {
            List<String> origins = headers.all("origin");
            if (origins.isEmpty()) return true;
            String host = headers.first("host");
            if (origins.size() != 1 || host == null) return false;
            String authority = authorityOf(origins.get(0));
            return !authority.isEmpty() && authority.equals(withoutDefaultPort(host, origins.get(0)));
        };
    }

    /**
     * Pages of these origins, and of the same host.
     *
     * @param origins such as {@code https://example.com}: scheme, host and, if it isn't the scheme's own, port
     * @throws IllegalArgumentException for anything else, also for {@code null} and for patterns
     */
    static OriginRule allowing(List<String> origins) {
        Set<String> allowed = origins.stream().map(OriginRule::checked).collect(Collectors.toUnmodifiableSet());
        OriginRule sameHost = sameHost();
        return headers -> sameHost.allows(headers)
                || (headers.all("origin").size() == 1
                        && allowed.contains(normal(headers.all("origin").get(0))));
    }

    /** Every page of the world: safe only where nothing depends on cookies or on who is asking. */
    static OriginRule insecureAny() {
        return headers -> true;
    }

    private static String checked(String origin) {
        String normal = normal(origin);
        if (normal.isEmpty())
            throw new IllegalArgumentException("origin '" + origin + "' is not of the form scheme://host[:port]");
        return normal;
    }

    /** Scheme, host and explicit port in lower case; empty for what isn't an origin, which then equals nothing allowed. */
    private static String normal(String origin) {
        String authority = authorityOf(origin);
        return authority.isEmpty() ? "" : schemeOf(origin) + "://" + authority;
    }

    private static String schemeOf(String origin) {
        int colon = origin.indexOf(':');
        return colon < 0 ? "" : origin.substring(0, colon).toLowerCase(Locale.ROOT);
    }

    private static String authorityOf(String origin) {
        try {
            URI uri = new URI(origin);
            boolean bare = uri.getHost() != null
                    && uri.getUserInfo() == null
                    && uri.getRawPath().isEmpty()
                    && uri.getRawQuery() == null
                    && uri.getRawFragment() == null;
            if (!bare) return "";
            return withoutDefaultPort(uri.getRawAuthority(), origin);
        } catch (URISyntaxException notAnOrigin) {
            return "";
        }
    }

    /** A page on {@code http://h:80} sends the origin {@code http://h}, and some clients write the port into Host all the same. */
    private static String withoutDefaultPort(String authority, String origin) {
        String lower = authority.toLowerCase(Locale.ROOT);
        String defaultPort = schemeOf(origin).equals("https") ? ":443" : ":80";
        return lower.endsWith(defaultPort) ? lower.substring(0, lower.length() - defaultPort.length()) : lower;
    }
}
