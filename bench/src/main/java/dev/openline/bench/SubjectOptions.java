package dev.openline.bench;

import dev.openline.net.Transport;
import java.util.List;

/**
 * How a server under test is to run.
 *
 * @param threads event loops, or what the server has in their place
 */
record SubjectOptions(Transport transport, int threads) {
    /** What no server may refuse; the largest case is 1 MiB. */
    static final int MAX_MESSAGE_BYTES = 16 << 20;

    List<String> arguments() {
        return List.of(transport.name(), Integer.toString(threads));
    }

    static SubjectOptions parse(List<String> arguments) {
        return new SubjectOptions(Transport.valueOf(arguments.get(0)), Integer.parseInt(arguments.get(1)));
    }
}
