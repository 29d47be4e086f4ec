package dev.openline.wire;

import java.net.URI;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The client's half of the opening handshake (RFC 6455 §4.1) for one attempt: what to ask, and whether the server's
 * answer keeps the rules.
 */
public final class ClientHandshake {
    /** Fields that belong to the handshake or to HTTP itself; a caller who sets one would break it. */
    private static final Set<String> OURS = Set.of(
            "host",
            "upgrade",
            "connection",
            "content-length",
            "transfer-encoding",
            "sec-websocket-key",
            "sec-websocket-version",
            "sec-websocket-protocol",
            "sec-websocket-extensions",
            "sec-websocket-accept");

    private final String key;
    private final List<String> subprotocols;
    private final List<Extension> offers;
    private final @Nullable DeflateNegotiation deflate;
    private final RequestHead request;

    private ClientHandshake(String key, List<String> subprotocols, List<Extension> offers, RequestHead request) {
        this(key, subprotocols, offers, null, request);
    }

    // More than 4 parameters because these are the facts of one attempt, and two methods make the next one from it.
    private ClientHandshake(
            String key,
            List<String> subprotocols,
            List<Extension> offers,
            @Nullable DeflateNegotiation deflate,
            RequestHead request) {
        this.key = key;
        this.subprotocols = subprotocols;
        this.offers = offers;
        this.deflate = deflate;
        this.request = request;
    }

    /**
     * Prepares an attempt.
     *
     * @param address {@code ws:} or {@code wss:}, with a host and without user or fragment (RFC 6455 §3)
     * @param subprotocols tokens in the client's order of preference, each once
     * @param more fields to add, such as {@code Origin} or {@code Authorization}
     * @param nonce 16 random bytes, fresh for every attempt
     * @throws IllegalArgumentException when one of them breaks its rule, or a field would break the head
     */
    public static ClientHandshake to(URI address, List<String> subprotocols, List<Header> more, byte[] nonce) {
        checkAddress(address);
        checkSubprotocols(subprotocols);
        String key = HandshakeKey.of(nonce);
        Headers headers = Headers.NONE
                .with("Host", host(address))
                .with("Upgrade", "websocket")
                .with("Connection", "Upgrade")
                .with("Sec-WebSocket-Key", key)
                .with("Sec-WebSocket-Version", "13");
        if (!subprotocols.isEmpty()) {
            headers = headers.with("Sec-WebSocket-Protocol", String.join(", ", subprotocols));
        }
        for (Header header : more) {
            if (OURS.contains(header.name().toLowerCase(Locale.ROOT))) {
                throw new IllegalArgumentException("header " + header.name() + " belongs to the handshake");
            }
            headers = headers.with(header.name(), header.value());
        }
        RequestHead request = new RequestHead("GET", target(address), "HTTP/1.1", headers);
        return new ClientHandshake(key, List.copyOf(subprotocols), List.of(), request);
    }

    /** The same attempt with permessage-deflate offered (RFC 7692 §7.1); the server may decline it. */
    public ClientHandshake offering(DeflateOptions options) {
        DeflateNegotiation negotiation = new DeflateNegotiation(options);
        ClientHandshake offered = offering(List.of(negotiation.offer()));
        return new ClientHandshake(key, subprotocols, offered.offers, negotiation, offered.request);
    }

    /** The same attempt with extensions offered, in order of preference. */
    ClientHandshake offering(List<Extension> extensions) {
        Headers headers = request.headers();
        for (Extension extension : extensions) {
            headers = headers.with("Sec-WebSocket-Extensions", extension.toString());
        }
        RequestHead offering = new RequestHead(request.method(), request.target(), request.version(), headers);
        return new ClientHandshake(key, subprotocols, List.copyOf(extensions), offering);
    }

    /** The head to send. */
    public RequestHead request() {
        return request;
    }

    /** Judges the server's answer (RFC 6455 §4.1, the second list of steps). */
    public Opening verify(ResponseHead response) {
        String fault = fault(response);
        if (fault != null) {
            return new Opening.Failed(response.status(), fault);
        }
        List<Extension> agreed = Grammar.extensions(extensionHeader(response));
        List<Extension> extensions = agreed == null ? List.of() : List.copyOf(agreed);
        return new Opening.Accepted(
                response.headers().first("Sec-WebSocket-Protocol"), extensions, deflateOf(extensions));
    }

    private @Nullable String fault(ResponseHead response) {
        Headers headers = response.headers();
        if (response.status() != 101) {
            return "the server answered " + response.status() + " instead of 101";
        }
        for (Header header : headers) {
            if (!header.isWellFormed()) {
                return "malformed header";
            }
        }
        List<String> upgrades = headers.all("Upgrade");
        if (upgrades.size() != 1 || !upgrades.get(0).equalsIgnoreCase("websocket")) {
            return "Upgrade header is not websocket";
        }
        if (!headers.hasToken("Connection", "upgrade")) {
            return "Connection header without upgrade";
        }
        if (!headers.all("Sec-WebSocket-Accept").equals(List.of(HandshakeKey.accept(key)))) {
            return "Sec-WebSocket-Accept does not prove that the key was understood";
        }
        List<String> chosen = headers.all("Sec-WebSocket-Protocol");
        if (chosen.size() > 1 || !subprotocols.containsAll(chosen)) {
            return "a subprotocol that was not offered";
        }
        return extensionFault(response);
    }

    private @Nullable String extensionFault(ResponseHead response) {
        String value = extensionHeader(response);
        if (response.headers().first("Sec-WebSocket-Extensions") == null) {
            return null;
        }
        List<Extension> agreed = Grammar.extensions(value);
        if (agreed == null) {
            return "malformed Sec-WebSocket-Extensions header";
        }
        for (Extension extension : agreed) {
            if (offers.stream().noneMatch(offer -> offer.name().equals(extension.name()))) {
                return "an extension that was not offered";
            }
        }
        List<Extension> deflates = deflatesAmong(agreed);
        if (deflate != null && (deflates.size() > 1 || !deflates.isEmpty() && deflateOf(agreed) == null)) {
            // RFC 7692 §5.1 and §7.1: not to be ignored, since the server compresses by what it answered.
            return "an answer to permessage-deflate that does not fit the offer";
        }
        return null;
    }

    private @Nullable DeflateParameters deflateOf(List<Extension> agreed) {
        List<Extension> deflates = deflatesAmong(agreed);
        return deflate == null || deflates.isEmpty() ? null : deflate.agreedBy(deflates.get(0));
    }

    private static List<Extension> deflatesAmong(List<Extension> extensions) {
        return extensions.stream()
                .filter(e -> e.name().equals(DeflateParameters.NAME))
                .toList();
    }

    private static String extensionHeader(ResponseHead response) {
        return String.join(",", response.headers().all("Sec-WebSocket-Extensions"));
    }

    private static void checkAddress(URI address) {
        String scheme = address.getScheme();
        if (!"ws".equalsIgnoreCase(scheme) && !"wss".equalsIgnoreCase(scheme)) {
            throw new IllegalArgumentException("address must begin with ws: or wss:, not with " + scheme + ":");
        }
        if (address.getHost() == null) {
            throw new IllegalArgumentException("address has no host");
        }
        if (address.getRawUserInfo() != null || address.getRawFragment() != null) {
            throw new IllegalArgumentException("address must have no user and no fragment");
        }
    }

    private static void checkSubprotocols(List<String> subprotocols) {
        for (String subprotocol : subprotocols) {
            if (!Grammar.isToken(subprotocol)) {
                throw new IllegalArgumentException("subprotocol is not a token");
            }
        }
        if (new HashSet<>(subprotocols).size() != subprotocols.size()) {
            throw new IllegalArgumentException("subprotocol given twice");
        }
    }

    /** With the port unless it is the scheme's own (RFC 6455 §4.1). */
    private static String host(URI address) {
        int own = "wss".equalsIgnoreCase(address.getScheme()) ? 443 : 80;
        int port = address.getPort();
        return port < 0 || port == own ? address.getHost() : address.getHost() + ":" + port;
    }

    private static String target(URI address) {
        URI ascii = URI.create(address.toASCIIString());
        String path = ascii.getRawPath();
        String start = path == null || path.isEmpty() ? "/" : path;
        return ascii.getRawQuery() == null ? start : start + "?" + ascii.getRawQuery();
    }
}
