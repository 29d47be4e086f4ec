package dev.openline.net;

import org.jspecify.annotations.Nullable;

/**
 * A proxy to dial through. It looks the server's name up itself: this side asks for the address of the proxy only. Nothing is read from the
 * environment.
 *
 * @param kind how it is spoken to
 * @param host its name or address
 * @param port 1 to 65,535
 * @param credentials whom it lets through, or null
 */
public record Proxy(
        Kind kind, String host, int port, @Nullable Credentials credentials) {
    /** How a proxy is spoken to. */
    public enum Kind {
        /** {@code CONNECT} of HTTP (RFC 9110 §9.3.6), with Basic credentials (RFC 7617). */
        HTTP,
        /** SOCKS 5 (RFC 1928), with user and password (RFC 1929). */
        SOCKS5
    }

    /** Both reach the proxy in the clear. */
    public record Credentials(String user, String password) {
        /** The user only. */
        @Override
        public String toString() {
            return "credentials of " + user;
        }
    }

    /** What a length byte of RFC 1929 can say. */
    private static final int MAX_SOCKS_BYTES = 255;

    /** @throws IllegalArgumentException for a port or credentials that the proxy can't be told */
    public Proxy {
        if (host.isEmpty()) throw new IllegalArgumentException("a proxy needs a host");
        if (port < 1 || port > 65_535) throw new IllegalArgumentException("proxy port " + port + " is not in 1–65535");
        if (credentials != null) check(kind, credentials);
    }

    /** A proxy that is asked by {@code CONNECT}. */
    public static Proxy http(String host, int port) {
        return new Proxy(Kind.HTTP, host, port, null);
    }

    /** A SOCKS 5 proxy. */
    public static Proxy socks5(String host, int port) {
        return new Proxy(Kind.SOCKS5, host, port, null);
    }

    /** The same proxy, for this user. */
    public Proxy as(String user, String password) {
        return new Proxy(kind, host, port, new Credentials(user, password));
    }

    private static void check(Kind kind, Credentials credentials) {
        if (kind == Kind.HTTP) {
            if (credentials.user().indexOf(':') >= 0) {
                throw new IllegalArgumentException("a proxy's user must not contain a colon (RFC 7617 §2)");
            }
            return;
        }
        for (String part : new String[] {credentials.user(), credentials.password()}) {
            boolean ascii = part.chars().allMatch(character -> character < 128);
            if (!ascii || part.isEmpty() || part.length() > MAX_SOCKS_BYTES) {
                throw new IllegalArgumentException("user and password for SOCKS 5 have 1 to " + MAX_SOCKS_BYTES
                        + " characters each, of US-ASCII (RFC 1929 §2 names no encoding)");
            }
        }
    }

    /** Where it is; not whom it lets through. */
    @Override
    public String toString() {
        return host + ":" + port;
    }
}
