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
 * @param port of an external one, or 0
 * @param pid of an external one, or 0
 */
record Contender(String label, @Nullable Peer peer, Transport transport, int port, long pid) {
    static final String EXTERNAL_FORM = "NAME=PORT,PID";

    static Contender of(Peer peer, Transport transport) {
        String label = peer.hasChoice() ? peer.label() + "-" + transport.optionName() : peer.label();
        return new Contender(label, peer, transport, 0, 0);
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
     * Reads {@code NAME=PORT,PID}.
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
            return new Contender(text.substring(0, equals), null, Transport.NIO, port, pid);
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

    /** Starts it on the server's processors, or moves an external one there. */
    Server start(int threads, Pinning pinning) throws IOException {
        if (peer == null) return ExternalServer.find(this, pinning);
        return SubjectProcess.start(this, new SubjectOptions(transport, threads), pinning);
    }
}
