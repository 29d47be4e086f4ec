package dev.openline.bench;

import java.io.IOException;

/** One thing to measure, on a server that runs. */
interface Case {
    /** As it stands in the report, such as {@code echo 20 B, 100 lines}. */
    String name();

    /** What goes with WebSocket in this case. */
    default Variant variant() {
        return Variant.PLAIN;
    }

    /** What this case asks of a server beyond sending back what it gets. */
    default boolean suits(Contender contender) {
        return true;
    }

    /** Whether it has to be measured on a server that has done nothing before. */
    default boolean wantsFreshServer() {
        return false;
    }

    /** How many rounds it is measured for, of those that were asked for. */
    default int rounds(int asked) {
        return asked;
    }

    /** @param warmUp seconds of the same work before the window */
    Figures measure(Server server, double warmUp, double window) throws IOException;
}
