package dev.openline.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * The place of one connection in its server: counted, and in the list of its loop, from before its first byte until its channel has
 * closed. It is all that a server keeps of a connection beside its channel. Used on the connection's loop only.
 */
class Seat implements ChannelFutureListener {
    /** The one handler of a channel that knows how its connection should end. */
    interface Occupant extends ChannelHandler {
        /** The server goes away and it is this connection's turn: begins a goodbye that the peer may answer. On its loop. */
        void leave();

        /** Ends the connection now; what was said already still leaves as far as the system takes it. On its loop. */
        void cut(String why);
    }

    /** The place of a connection that is over a limit: it is told why, and nothing else. */
    static final class Refused extends Seat {
        private final String why;

        Refused(LoopSeats loop, Channel channel, String why) {
            super(loop, channel, Network.UNCOUNTED);
            this.why = why;
        }

        @Override
        String refusal() {
            return why;
        }
    }

    private final Channel channel;
    private Network network;

    @Nullable
    Seat previous;

    @Nullable
    Seat next;

    /** The list this seat is in, or was last: one of its loop's. */
    LoopSeats.Row row;

    Seat(LoopSeats loop, Channel channel, Network network) {
        this.row = loop.staying();
        this.channel = channel;
        this.network = network;
    }

    void take() {
        row.add(this);
        channel.closeFuture().addListener(this);
    }

    @Override
    public void operationComplete(ChannelFuture closed) {
        admission().left(this);
        row.loop().remove(this);
    }

    Admission admission() {
        return row.loop().admission();
    }

    /** Why this connection is told 503 and nothing else; null for one that is welcome. */
    @Nullable
    String refusal() {
        return null;
    }

    /** The network this connection is counted for. */
    Network network() {
        return network;
    }

    /**
     * A proxy that is trusted has said for whom this connection is: it counts for that one from now on.
     *
     * @return why it may not come in, or null
     */
    @Nullable
    String isFrom(InetAddress client) {
        Network told = admission().counted(client);
        if (told.equals(network)) return null;
        if (!admission().addresses().add(told)) return "maxConnectionsPerAddress are open";
        admission().addresses().remove(network);
        network = told;
        return null;
    }

    /** It is this connection's turn to leave. */
    void leave() {
        Occupant occupant = channel.pipeline().get(Occupant.class);
        if (occupant == null) channel.close();
        else occupant.leave();
    }

    void cut(String why) {
        Occupant occupant = channel.pipeline().get(Occupant.class);
        if (occupant == null) channel.close();
        else occupant.cut(why);
    }
}
