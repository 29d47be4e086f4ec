package dev.openline.net;

import dev.openline.wire.Headers;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.net.SocketAddress;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A plain HTTP request, or the one that asks for an upgrade. Immutable, but for {@link #body}, which is not to be changed. */
public final class HttpRequest {
    private static final byte[] NO_BODY = {};

    private final String method;
    private final String target;
    private final Headers headers;
    private final byte[] body;
    private final Arrival arrival;
    private final Map<String, String> pathParameters;
    private final Attributes attributes;

    // More than 4 parameters because these are the fields; only this class calls it.
    private HttpRequest(
            String method,
            String target,
            Headers headers,
            byte[] body,
            Arrival arrival,
            Map<String, String> pathParameters,
            Attributes attributes) {
        this.method = method;
        this.target = target;
        this.headers = headers;
        this.body = body;
        this.arrival = arrival;
        this.pathParameters = pathParameters;
        this.attributes = attributes;
    }

    /** A request without a body that came from nowhere, for tests of handlers and decisions. */
    public static HttpRequest of(String method, String target, Headers headers) {
        return new HttpRequest(method, target, headers, NO_BODY, Arrival.NOWHERE, Map.of(), Attributes.NONE);
    }

    HttpRequest from(Arrival how) {
        return new HttpRequest(method, target, headers, body, how, pathParameters, attributes);
    }

    HttpRequest withBody(byte[] whole) {
        return new HttpRequest(method, target, headers, whole, arrival, pathParameters, attributes);
    }

    HttpRequest withPathParameters(Map<String, String> found) {
        return new HttpRequest(method, target, headers, body, arrival, Map.copyOf(found), attributes);
    }

    HttpRequest withAttributes(Attributes decided) {
        return new HttpRequest(method, target, headers, body, arrival, pathParameters, decided);
    }

    /** As sent, upper case by convention. */
    public String method() {
        return method;
    }

    /** The request target as sent: path and query. */
    public String target() {
        return target;
    }

    /** All header fields in order. */
    public Headers headers() {
        return headers;
    }

    /** The whole body; empty if there is none; at most {@code maxHttpBodyBytes}. Not to be changed. */
    public byte[] body() {
        return body;
    }

    /**
     * Whom it is from: the client as trusted proxies tell, see {@link ServerOptions#trustProxies}, else the {@link #peerAddress}; its port
     * is 0 where a proxy tells none. Null in tests without a socket.
     */
    public @Nullable SocketAddress remoteAddress() {
        return arrival.client();
    }

    /** The other end of the connection it came on, which may be a proxy; null in tests without a socket. */
    public @Nullable SocketAddress peerAddress() {
        return arrival.peer();
    }

    /** Whether it came over TLS: ours, or that of a trusted proxy. False says nothing where a proxy speaks TLS that nobody told us of. */
    public boolean isSecure() {
        return arrival.secure();
    }

    /** The host and port that the client asked for: as a trusted proxy tells, else as in the target or in {@code Host}; may be null. */
    public @Nullable String host() {
        String told = arrival.host();
        if (told != null) return told;
        // RFC 9112 §3.2.2: of a target with a host in it that one counts.
        int start = authorityStart();
        return start < 0 ? headers.first("host") : target.substring(start, authorityEnd(start));
    }

    /** The decoded path, without the query. */
    public String path() {
        return new QueryStringDecoder(rawPath()).path();
    }

    /** Whether path and query can be decoded; others are refused before anybody sees them. */
    boolean isDecodable() {
        try {
            path();
            new QueryStringDecoder(target).parameters();
            return true;
        } catch (IllegalArgumentException malformed) {
            return false;
        }
    }

    private int authorityStart() {
        int scheme = target.startsWith("/") ? -1 : target.indexOf("://");
        return scheme < 0 ? -1 : scheme + 3;
    }

    private int authorityEnd(int start) {
        int end = start;
        while (end < target.length() && target.charAt(end) != '/' && target.charAt(end) != '?') end++;
        return end;
    }

    /** The value of the first cookie of this name, or null; browsers send the one with the longest path first. */
    public @Nullable String cookie(String name) {
        List<String> values = cookies(name);
        return values.isEmpty() ? null : values.get(0);
    }

    /** The values of all cookies of this name, without quotes around them; those with anything but visible ASCII and blanks are left out. */
    public List<String> cookies(String name) {
        return Cookies.named(name, headers);
    }

    /** The path as sent: not decoded, without the query. Visible ASCII in every request that was not refused, so fit for logs. */
    String rawPath() {
        int query = target.indexOf('?');
        int start = authorityStart();
        int from = start < 0 ? 0 : authorityEnd(start);
        String path = target.substring(from, query < from ? target.length() : query);
        return path.isEmpty() ? "/" : path;
    }

    /** What the request has at the place of {@code {name}} in its route's path, decoded; null if the route has no such place. */
    public @Nullable String pathParameter(String name) {
        return pathParameters.get(name);
    }

    /** The first value of a query parameter, decoded, or null. */
    public @Nullable String query(String name) {
        List<String> values = queries(name);
        return values.isEmpty() ? null : values.get(0);
    }

    /** All values of a query parameter in their order, decoded. */
    public List<String> queries(String name) {
        return new QueryStringDecoder(target).parameters().getOrDefault(name, List.of());
    }

    /** What the decision about the upgrade set; null for what it did not, and before it was taken. */
    public <T> @Nullable T attribute(Attribute<T> attribute) {
        return attributes.get(attribute);
    }

    /** Method and path, as sent: the query may hold secrets and stays out of logs. */
    @Override
    public String toString() {
        return method + " " + rawPath();
    }
}
