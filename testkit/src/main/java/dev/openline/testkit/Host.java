package dev.openline.testkit;

import dev.openline.net.EventLoops;
import dev.openline.net.SimulatedSockets;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;

/** A machine in a {@link World}: an address, and event loops whose connections begin and end there. */
public final class Host {
    private final World world;
    private final String name;
    private final String address;
    private final EventLoops loops;
    private int nextPort = 40_000;
    private boolean down;
    private boolean poweredOff;

    Host(World world, String name, int number) {
        this.world = world;
        this.name = name;
        this.address = "10.0." + number / 250 + "." + (number % 250 + 1);
        this.loops = EventLoops.simulated(new Sockets());
    }

    private final class Sockets implements SimulatedSockets {
        @Override
        public EventLoopGroup group() {
            return world.loop();
        }

        @Override
        public ServerSocketChannel listening() {
            return new SimulatedListener(Host.this);
        }

        @Override
        public void runDue() {
            world.runDue();
        }

        @Override
        public SocketChannel dialling() {
            return new SimulatedChannel(Host.this, null);
        }
    }

    World world() {
        return world;
    }

    public String name() {
        return name;
    }

    /** Its IP address, as servers that run on it should be told. */
    public String address() {
        return address;
    }

    /** For the servers and clients that run on it. */
    public EventLoops loops() {
        return loops;
    }

    /** Where a channel server's WebSocket is, on this host and port. */
    public URI uri(int port) {
        return URI.create("ws://" + address + ":" + port + "/connection/websocket");
    }

    InetSocketAddress freeAddress() {
        return new InetSocketAddress(address, nextPort++);
    }

    boolean isDown() {
        return down;
    }

    boolean isPoweredOff() {
        return poweredOff;
    }

    /** The connections that begin or end here. */
    public List<Connection> connections() {
        return world.connections().stream()
                .filter(connection -> connection.touches(this))
                .toList();
    }

    /** Cuts all its connections, each at a byte that chance picks among those under way. Both ends notice soon. */
    public void cutAll() {
        connections().forEach(Connection::cut);
    }

    /** All its connections die without anybody being told: what is sent on them is gone. */
    public void silenceAll() {
        connections().forEach(Connection::silence);
    }

    /**
     * Ends what runs here at once, as {@code kill -9} does: its connections are reset, its ports closed, and nothing that it still does has an effect
     * outside. Something new may be started here after {@link #restart}.
     */
    public void kill() {
        down = true;
        world.tell(name + " is killed");
        connections().forEach(Connection::cut);
        world.listenersOf(this).forEach(SimulatedListener::vanish);
    }

    /** Ends it as a power cut does: nobody is told anything, and connections are silent. */
    public void powerOff() {
        down = true;
        poweredOff = true;
        world.tell(name + " loses its power");
        connections().forEach(Connection::silence);
        world.listenersOf(this).forEach(SimulatedListener::vanish);
    }

    /** After {@link #kill} or {@link #powerOff}: new servers and clients can be started here. */
    public void restart() {
        down = false;
        poweredOff = false;
        world.tell(name + " is up again");
    }

    @Override
    public String toString() {
        return name;
    }
}
