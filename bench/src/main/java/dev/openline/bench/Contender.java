package dev.openline.bench;

import dev.openline.net.Transport;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One server of a comparison: one of ours to start, or one that somebody else has started.
 *
 * @param label as it stands in the report
 * @param peer what to start; null for an external one
 * @param variant what an external one serves; one to start serves what it is asked for
 * @param port of an external one, or 0
 * @param pid of an external one, or 0
 */
// More than 4 parameters because there are two kinds of it, and records don't inherit.
record Contender(String label, @Nullable Peer peer, Transport transport, Variant variant, int port, long pid) {
    static final String EXTERNAL_FORM = "NAME=PORT,PID";

    static Contender of(Peer peer, Transport transport) {
        String label = peer.hasChoice() ? peer.label() + "-" + transport.optionName() : peer.label();
        return new Contender(label, peer, transport, Variant.PLAIN, 0, 0);
    }

    /**
     * Reads a name such as {@code openline-epoll}, {@code vertx} (its usual transport) or {@code jetty}.
     *
     * @throws IllegalArgumentException with a sentence, for a name that is none
     */
    static Contender parse(String name) {
        String wanted = name.toLowerCase(Locale.ROOT);
        for (Peer peer : Peer.values()) {
            for (Transport transport : peer.transports()) {
                Contender each = of(peer, transport);
                if (wanted.equals(each.label) && transport.isAvailable()) return each;
            }
            if (wanted.equals(peer.label())) return of(peer, usual(peer));
        }
        throw new IllegalArgumentException(
                "'" + name + "' is none of the servers that run here: " + String.join(", ", names()));
    }

    private static Transport usual(Peer peer) {
        for (Transport transport : peer.transports()) {
            if (transport.isAvailable()) return transport;
        }
        return Transport.NIO;
    }

    /**
     * Reads {@code NAME=PORT,PID}. A name that ends with {@code +tls} or {@code +deflate} says that this is all it serves.
     *
     * @throws IllegalArgumentException with a sentence, for anything else
     */
    static Contender external(String text) {
        int equals = text.indexOf('=');
        int comma = text.indexOf(',', equals + 1);
        if (equals < 1 || comma < 0) throw new IllegalArgumentException("'" + text + "' is not " + EXTERNAL_FORM);
        try {
            int port = Integer.parseInt(text.substring(equals + 1, comma));
            long pid = Long.parseLong(text.substring(comma + 1));
            String name = text.substring(0, equals);
            Variant variant = Variant.PLAIN;
            for (Variant each : Variant.values()) {
                if (name.endsWith(each.suffix())) variant = each;
            }
            String label = name.substring(0, name.length() - variant.suffix().length());
            return new Contender(label, null, Transport.NIO, variant, port, pid);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + text + "' is not " + EXTERNAL_FORM, e);
        }
    }

    /** All that can be started here, by name. */
    static List<String> names() {
        List<String> names = new ArrayList<>();
        for (Peer peer : Peer.values()) {
            for (Transport transport : peer.transports()) {
                if (transport.isAvailable()) names.add(of(peer, transport).label);
            }
        }
        return names;
    }

    boolean isExternal() {
        return peer == null;
    }

    boolean speaksWebSocket() {
        return peer == null || peer.speaksWebSocket();
    }

    boolean serves(Variant wanted) {
        return peer == null ? variant == wanted : wanted == Variant.PLAIN || speaksWebSocket();
    }

    /** Starts it on the server's processors, or moves an external one there. */
    Server start(SubjectOptions options, Pinning pinning) throws IOException {
        return peer == null ? ExternalServer.find(this, pinning) : SubjectProcess.start(this, options, pinning);
    }

    SubjectOptions options(int threads, Variant wanted, @Nullable Identity identity) {
        return new SubjectOptions(transport, threads, wanted, wanted == Variant.TLS ? identity : null);
    }
}
