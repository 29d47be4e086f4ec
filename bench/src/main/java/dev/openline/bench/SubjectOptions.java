package dev.openline.bench;

import dev.openline.net.Transport;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a server under test is to run.
 *
 * @param threads event loops, or what the server has in their place
 * @param variant what it serves beside plain WebSocket
 * @param identity its certificate; null without TLS
 */
record SubjectOptions(
        Transport transport,
        int threads,
        Variant variant,
        @Nullable Identity identity) {
    /** What no server may refuse; the largest case is 1 MiB. */
    static final int MAX_MESSAGE_BYTES = 16 << 20;

    /** Plain WebSocket. */
    static SubjectOptions plain(Transport transport, int threads) {
        return new SubjectOptions(transport, threads, Variant.PLAIN, null);
    }

    boolean compresses() {
        return variant == Variant.DEFLATE;
    }

    List<String> arguments() {
        List<String> arguments = new ArrayList<>(List.of(transport.name(), Integer.toString(threads), variant.name()));
        if (identity != null) arguments.add(identity.folder().toString());
        return arguments;
    }

    /** Reads {@link #arguments}; what stands behind the threads may be missing. */
    static SubjectOptions parse(List<String> arguments) {
        Variant variant = arguments.size() > 2 ? Variant.valueOf(arguments.get(2)) : Variant.PLAIN;
        Identity identity = arguments.size() > 3 ? Identity.in(arguments.get(3)) : null;
        return new SubjectOptions(
                Transport.valueOf(arguments.get(0)), Integer.parseInt(arguments.get(1)), variant, identity);
    }
}
