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

    private final byte[] head;

    /** What the head says, while the request is being judged and answered; null in the request that a line keeps. */
    private final @Nullable Headers headers;

    private final byte[] body;
    private final @Nullable SocketAddress peer;
    private final @Nullable SocketAddress client;
    private final Map<String, String> pathParameters;
    private final Attributes attributes;

    private HttpRequest(byte[] head, Headers headers, @Nullable SocketAddress peer, @Nullable SocketAddress client) {
        this.head = head;
        this.headers = headers;
        this.body = NO_BODY;
        this.peer = peer;
        this.client = client;
        this.pathParameters = Map.of();
        this.attributes = Attributes.NONE;
    }

    // More than 4 parameters because these are what may change of a request.
    private HttpRequest(
            HttpRequest same,
            @Nullable Headers headers,
            byte[] body,
            Map<String, String> pathParameters,
            Attributes attributes) {
        this.head = same.head;
        this.headers = headers;
        this.body = body;
        this.peer = same.peer;
        this.client = same.client;
        this.pathParameters = pathParameters;
        this.attributes = attributes;
    }

    /** A request without a body that came from nowhere, for tests of handlers and decisions. */
    public static HttpRequest of(String method, String target, Headers headers) {
        return of(method, target, headers, Arrival.NOWHERE);
    }

    static HttpRequest of(String method, String target, Headers headers, Arrival how) {
        return new HttpRequest(PackedHead.of(method, target, how, headers), headers, how.peer(), how.client());
    }

    HttpRequest withBody(byte[] whole) {
        return new HttpRequest(this, headers, whole, pathParameters, attributes);
    }

    HttpRequest withPathParameters(Map<String, String> found) {
        return new HttpRequest(this, headers, body, Map.copyOf(found), attributes);
    }

    /** The same in as little memory as it can be held in, for a line that keeps it: with what the decision about its upgrade set. */
    HttpRequest kept(Attributes decided) {
        return new HttpRequest(this, null, body, pathParameters, decided);
    }

    /** The same for a stream that answers it, and goes on when the body has long been used. */
    HttpRequest keptWithoutBody() {
        return new HttpRequest(this, null, NO_BODY, pathParameters, attributes);
    }

    /** As sent, upper case by convention. */
    public String method() {
        return PackedHead.method(head);
    }

    /** The request target as sent: path and query. */
    public String target() {
        return PackedHead.target(head);
    }

    /** All header fields in order. */
    public Headers headers() {
        Headers known = headers;
        return known == null ? PackedHead.headers(head) : known;
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
        return client;
    }

    /** The other end of the connection it came on, which may be a proxy; null in tests without a socket. */
    public @Nullable SocketAddress peerAddress() {
        return peer;
    }

    /** Whether it came over TLS: ours, or that of a trusted proxy. False says nothing where a proxy speaks TLS that nobody told us of. */
    public boolean isSecure() {
        return PackedHead.isSecure(head);
    }

    /** The host and port that the client asked for: as a trusted proxy tells, else as in the target or in {@code Host}; may be null. */
    public @Nullable String host() {
        String told = PackedHead.toldHost(head);
        if (told != null) return told;
        // RFC 9112 §3.2.2: of a target with a host in it that one counts.
        String target = target();
        int start = authorityStart(target);
        return start < 0 ? headers().first("host") : target.substring(start, authorityEnd(target, start));
    }

    /** The decoded path, without the query. */
    public String path() {
        return new QueryStringDecoder(rawPath()).path();
    }

    /** Whether path and query can be decoded; others are refused before anybody sees them. */
    boolean isDecodable() {
        try {
            path();
            new QueryStringDecoder(target()).parameters();
            return true;
        } catch (IllegalArgumentException malformed) {
            return false;
        }
    }

    private static int authorityStart(String target) {
        int scheme = target.startsWith("/") ? -1 : target.indexOf("://");
        return scheme < 0 ? -1 : scheme + 3;
    }

    private static int authorityEnd(String target, int start) {
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
        return Cookies.named(name, headers());
    }

    /** The path as sent: not decoded, without the query. Visible ASCII in every request that was not refused, so fit for logs. */
    String rawPath() {
        String target = target();
        int query = target.indexOf('?');
        int start = authorityStart(target);
        int from = start < 0 ? 0 : authorityEnd(target, start);
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
        return new QueryStringDecoder(target()).parameters().getOrDefault(name, List.of());
    }

    /** What the decision about the upgrade set; null for what it did not, and before it was taken. */
    public <T> @Nullable T attribute(Attribute<T> attribute) {
        return attributes.get(attribute);
    }

    /** Method and path, as sent: the query may hold secrets and stays out of logs. */
    @Override
    public String toString() {
        return method() + " " + rawPath();
    }
}
