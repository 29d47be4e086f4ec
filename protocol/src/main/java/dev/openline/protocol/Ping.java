package dev.openline.protocol;

/** The server shows that it is alive: the empty reply. */
public record Ping() implements ServerMessage {
    @Override
    public <R> R with(Cases<R> cases) {
        return cases.ping();
    }
}
