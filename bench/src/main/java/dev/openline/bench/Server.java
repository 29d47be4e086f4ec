package dev.openline.bench;

import java.io.IOException;

/** A server that runs and can be measured. */
interface Server extends AutoCloseable {
    Contender contender();

    int port();

    Variant variant();

    ProcessHandle handle();

    /** Where messages come straight back. */
    default String echoPath() {
        return "/echo";
    }

    /**
     * Bytes that live on the server's heap, after a collection; -1 if it has no heap that could be asked. What is freed may not go back
     * to the system.
     */
    long liveHeapBytes() throws IOException;

    /** Ends a server that was started for the comparison; an external one goes on. */
    @Override
    void close();
}
