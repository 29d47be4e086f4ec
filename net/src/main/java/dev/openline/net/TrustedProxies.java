package dev.openline.net;

import dev.openline.wire.Headers;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The proxies in front of a server that are believed when they say for whom a request is; by default nobody is. What others say of
 * themselves is ignored.
 *
 * <p>Anybody can send these headers, and proxies append to what they get. So the list is read from its end, where the nearest proxy wrote:
 * the first address that is no trusted proxy is the client, whatever stands before it. And since a proxy may hand on the headers that it
 * doesn't know itself, exactly one kind of header is read. Immutable.
 */
public final class TrustedProxies {
    private enum Reading {
        X_FORWARDED,
        FORWARDED,
        NOTHING
    }

    private final List<AddressRange> ranges;
    private final Reading reading;
    private final boolean proxyProtocol;

    private TrustedProxies(List<AddressRange> ranges, Reading reading, boolean proxyProtocol) {
        this.ranges = ranges;
        this.reading = reading;
        this.proxyProtocol = proxyProtocol;
    }

    /** Nobody. */
    static TrustedProxies none() {
        return new TrustedProxies(List.of(), Reading.NOTHING, false);
    }

    /**
     * The proxies at these addresses, which send {@code X-Forwarded-For}, {@code -Proto} and {@code -Host}.
     *
     * @param addresses such as {@code 10.0.0.0/8}, {@code 192.0.2.1} or {@code fd00::/8}
     * @throws IllegalArgumentException for anything else, and for none
     */
    public static TrustedProxies at(String... addresses) {
        if (addresses.length == 0) throw new IllegalArgumentException("no address of a trusted proxy");
        List<AddressRange> ranges =
                Arrays.stream(addresses).map(AddressRange::parse).toList();
        return new TrustedProxies(ranges, Reading.X_FORWARDED, false);
    }

    /** The same proxies, which send {@code Forwarded} (RFC 7239) and not {@code X-Forwarded-For}. */
    public TrustedProxies sendingForwarded() {
        return new TrustedProxies(ranges, Reading.FORWARDED, proxyProtocol);
    }

    /** The same proxies, which send no such header: those that come were sent by the client, and are ignored. */
    public TrustedProxies sendingNoHeaders() {
        return new TrustedProxies(ranges, Reading.NOTHING, proxyProtocol);
    }

    /**
     * The same proxies, which begin each connection with a header of the PROXY protocol, version 1 or 2. A connection of theirs without
     * one is closed; from others it is no HTTP and answered with 400.
     */
    public TrustedProxies sendingProxyProtocol() {
        return new TrustedProxies(ranges, reading, true);
    }

    /** Whether a connection from there must begin with a PROXY header. */
    boolean expectProxyProtocol(@Nullable SocketAddress peer) {
        return proxyProtocol && trusts(addressOf(peer));
    }

    /** Whether this is a proxy that is believed. */
    boolean trusts(@Nullable InetAddress address) {
        if (address == null) return false;
        for (AddressRange range : ranges) {
            if (range.contains(address)) return true;
        }
        return false;
    }

    private static @Nullable InetAddress addressOf(@Nullable SocketAddress address) {
        return address instanceof InetSocketAddress internet ? internet.getAddress() : null;
    }

    /** What the request's headers say about how it came, as far as they are to be believed. */
    Arrival believe(Arrival direct, Headers headers) {
        if (reading == Reading.NOTHING || !trusts(addressOf(direct.client()))) return direct;
        return reading == Reading.FORWARDED ? byForwarded(direct, headers) : byXForwarded(direct, headers);
    }

    private Arrival byXForwarded(Arrival direct, Headers headers) {
        List<String> hops = headers.tokens("x-forwarded-for");
        int at = hops.size();
        SocketAddress client = direct.client();
        while (at > 0 && trusts(addressOf(client))) {
            InetSocketAddress before = ForwardedElement.node(hops.get(at - 1));
            // Somebody whose address the proxy doesn't know or tell: the proxy is all that we know.
            if (before == null) break;
            client = before;
            at--;
        }
        // One value per hop where proxies append to these as well; else the nearest one's word.
        String proto = beside(headers.tokens("x-forwarded-proto"), at, hops.size());
        String host = beside(headers.tokens("x-forwarded-host"), at, hops.size());
        return new Arrival(direct.peer(), client, secure(proto, direct), host(host, direct));
    }

    private static @Nullable String beside(List<String> values, int at, int hops) {
        if (values.isEmpty()) return null;
        return values.get(values.size() == hops && at < hops ? at : values.size() - 1);
    }

    private Arrival byForwarded(Arrival direct, Headers headers) {
        List<ForwardedElement> hops = ForwardedElement.parse(String.join(",", headers.all("forwarded")));
        if (hops == null) return direct;
        SocketAddress client = direct.client();
        ForwardedElement last = null;
        for (int at = hops.size(); at > 0 && trusts(addressOf(client)); at--) {
            last = hops.get(at - 1);
            InetSocketAddress before = last.client();
            if (before == null) break;
            client = before;
        }
        if (last == null) return direct;
        return new Arrival(direct.peer(), client, secure(last.proto(), direct), host(last.host(), direct));
    }

    private static boolean secure(@Nullable String proto, Arrival direct) {
        if (proto == null) return direct.secure();
        return switch (proto.toLowerCase(Locale.ROOT)) {
            case "https", "wss" -> true;
            case "http", "ws" -> false;
            default -> direct.secure();
        };
    }

    private static @Nullable String host(@Nullable String told, Arrival direct) {
        return told != null && WebOrigin.at("http", told) != null ? told : direct.host();
    }
}
