package dev.openline.bench;

import java.io.IOException;

/** A server that somebody else started: known by its port and its process. It is moved to the server's processors, and left there. */
record ExternalServer(Contender contender, ProcessHandle handle) implements Server {
    static ExternalServer find(Contender contender, Pinning pinning) throws IOException {
        ProcessHandle process = ProcessHandle.of(contender.pid())
                .filter(ProcessHandle::isAlive)
                .orElseThrow(() -> new IOException(
                        "there is no process " + contender.pid() + ", which should be " + contender.label()));
        pinning.moveServer(contender.pid());
        return new ExternalServer(contender, process);
    }

    @Override
    public int port() {
        return contender.port();
    }

    @Override
    public Variant variant() {
        return contender.variant();
    }

    /** Servers that know one path only usually know this one. */
    @Override
    public String echoPath() {
        return "/";
    }

    @Override
    public long liveHeapBytes() {
        return -1;
    }

    @Override
    public void close() {
        // Whoever started it ends it.
    }
}
