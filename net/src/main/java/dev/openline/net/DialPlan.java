package dev.openline.net;

import dev.openline.wire.ClientHandshake;
import dev.openline.wire.Header;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/**
 * What one dial asks for.
 *
 * @param address {@code ws://host[:port][/path][?query]}, or {@code wss://…} for TLS
 * @param headers fields of the opening request beside those of the handshake itself, such as {@code Authorization}
 * @param subprotocols to offer, the preferred one first
 */
public record DialPlan(URI address, List<Header> headers, List<String> subprotocols) {
    /** @throws IllegalArgumentException for any other kind of address, a field that would break the request, a subprotocol that is no token */
    public DialPlan {
        boolean webSocket = "ws".equalsIgnoreCase(address.getScheme()) || "wss".equalsIgnoreCase(address.getScheme());
        if (!webSocket || address.getHost() == null) {
            throw new IllegalArgumentException(
                    "'" + address + "' is not of the form ws://host[:port][/path] or wss://host[:port][/path]");
        }
        headers = List.copyOf(headers);
        subprotocols = List.copyOf(subprotocols);
        ClientHandshake.to(address, subprotocols, headers, new byte[16]);
    }

    /** The same to another address, such as one with a ticket in its query. */
    public DialPlan withAddress(URI other) {
        return new DialPlan(other, headers, subprotocols);
    }

    /** The same with one more header field. */
    public DialPlan withHeader(String name, String value) {
        List<Header> more = new ArrayList<>(headers);
        more.add(new Header(name, value));
        return new DialPlan(address, more, subprotocols);
    }

    /** The same with other subprotocols. */
    public DialPlan withSubprotocols(List<String> others) {
        return new DialPlan(address, headers, others);
    }

    /** Whether TLS is to be spoken. */
    boolean isSecure() {
        return "wss".equalsIgnoreCase(address.getScheme());
    }

    /** The server only: path, query and fields may hold tokens. */
    @Override
    public String toString() {
        return "dial to " + address.getRawAuthority();
    }
}
