package dev.openline.testkit;

import org.jspecify.annotations.Nullable;

/** A TCP connection in a {@link World}, and what can happen to it. */
public final class Connection {
    private final World world;
    private final long number;
    private final Host from;
    private final Host to;
    private @Nullable SimulatedChannel dialler;
    private @Nullable SimulatedChannel accepted;
    private boolean over;

    Connection(World world, long number, Host from, Host to) {
        this.world = world;
        this.number = number;
        this.from = from;
        this.to = to;
    }

    void join(SimulatedChannel dialler, SimulatedChannel accepted) {
        this.dialler = dialler;
        this.accepted = accepted;
        world.tell(this + " is open");
    }

    /** Who has dialled. */
    public Host from() {
        return from;
    }

    /** Who was dialled. */
    public Host to() {
        return to;
    }

    /** Bytes that one of its two ends has taken to send and the network has not. */
    long bytesWaitingAt(Host end) {
        SimulatedChannel here = end == from ? dialler : accepted;
        return here == null ? 0 : here.waitingBytes();
    }

    boolean touches(Host host) {
        return from == host || to == host;
    }

    /**
     * Resets it. Of what is under way in either direction some bytes still arrive, as many as chance wants; then both ends find it broken.
     */
    public void cut() {
        if (over) return;
        end();
        world.tell(this + " is cut");
        if (dialler != null) dialler.incoming().cut();
        if (accepted != null) accepted.incoming().cut();
    }

    /** It dies without anybody being told: bytes that are sent from now on, and those under way, are gone. */
    public void silence() {
        if (over) return;
        end();
        world.tell(this + " is silent");
        if (dialler != null) dialler.incoming().silence();
        if (accepted != null) accepted.incoming().silence();
    }

    /** What goes to whoever has dialled stands still from now on, or moves again; nothing is lost. */
    public void stallTowardsDialler(boolean stalled) {
        world.tell(this + (stalled ? " stalls" : " moves again"));
        if (dialler != null) dialler.incoming().stall(stalled);
    }

    /** One end has closed it. */
    void end() {
        if (over) return;
        over = true;
        world.over(this);
    }

    @Override
    public String toString() {
        return "line " + number + " from " + from + " to " + to;
    }
}
