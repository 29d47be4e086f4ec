package dev.openline.net;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;

/**
 * What a simulation puts in the place of the machine's sockets and threads: channels that bring bytes to each other as it pleases, on loops that it
 * runs by hand. See {@link EventLoops#simulated}, and {@link Surroundings} for the time there.
 */
public interface SimulatedSockets {
    /** The loops that the channels are registered with. */
    EventLoopGroup group();

    /** A new channel to listen with. */
    ServerSocketChannel listening();

    /** Does what is due on the loops now, without any time passing: somebody waits for it. */
    void runDue();

    /** A new channel to dial with. */
    SocketChannel dialling();
}
