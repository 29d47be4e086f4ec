package dev.openline.net;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.kqueue.KQueue;
import io.netty.channel.kqueue.KQueueIoHandler;
import io.netty.channel.kqueue.KQueueServerSocketChannel;
import io.netty.channel.kqueue.KQueueSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How the operating system carries bytes. Which ones work depends on the system, its kernel and, in containers, on its policy. */
public enum Transport {
    /** Linux rings: fewest system calls. Containers often forbid it. */
    IO_URING {
        @Override
        boolean works() {
            return IoUring.isAvailable();
        }

        @Override
        IoHandlerFactory ioHandlers() {
            return Rings.ioHandlers();
        }

        @Override
        Class<? extends ServerSocketChannel> listening() {
            return IoUringServerSocketChannel.class;
        }

        @Override
        void shareReadBuffers(ServerBootstrap server) {
            if (!Rings.hasReadBuffers()) return;
            server.childOption(Rings.BUFFERS_OPTION, Rings.READ_BUFFERS)
                    .childOption(ChannelOption.RECVBUF_ALLOCATOR, RingReads.INSTANCE);
        }

        @Override
        void shareReadBuffers(Bootstrap client) {
            if (!Rings.hasReadBuffers()) return;
            client.option(Rings.BUFFERS_OPTION, Rings.READ_BUFFERS)
                    .option(ChannelOption.RECVBUF_ALLOCATOR, RingReads.INSTANCE);
        }

        @Override
        Class<? extends SocketChannel> dialling() {
            return IoUringSocketChannel.class;
        }

        @Override
        @Nullable
        Throwable whyNot() {
            return IoUring.unavailabilityCause();
        }
    },
    /** Linux readiness. */
    EPOLL {
        @Override
        boolean works() {
            return Epoll.isAvailable();
        }

        @Override
        IoHandlerFactory ioHandlers() {
            return EpollIoHandler.newFactory();
        }

        @Override
        Class<? extends ServerSocketChannel> listening() {
            return EpollServerSocketChannel.class;
        }

        @Override
        Class<? extends SocketChannel> dialling() {
            return EpollSocketChannel.class;
        }

        @Override
        @Nullable
        Throwable whyNot() {
            return Epoll.unavailabilityCause();
        }
    },
    /** macOS and BSD readiness. */
    KQUEUE {
        @Override
        boolean works() {
            return KQueue.isAvailable();
        }

        @Override
        IoHandlerFactory ioHandlers() {
            return KQueueIoHandler.newFactory();
        }

        @Override
        Class<? extends ServerSocketChannel> listening() {
            return KQueueServerSocketChannel.class;
        }

        @Override
        Class<? extends SocketChannel> dialling() {
            return KQueueSocketChannel.class;
        }

        @Override
        @Nullable
        Throwable whyNot() {
            return KQueue.unavailabilityCause();
        }
    },
    /** The JDK's own selectors: everywhere. */
    NIO {
        @Override
        boolean works() {
            return true;
        }

        @Override
        IoHandlerFactory ioHandlers() {
            return NioIoHandler.newFactory();
        }

        @Override
        Class<? extends ServerSocketChannel> listening() {
            return NioServerSocketChannel.class;
        }

        @Override
        Class<? extends SocketChannel> dialling() {
            return NioSocketChannel.class;
        }

        @Override
        @Nullable
        Throwable whyNot() {
            return null;
        }
    };

    // Netty arms a multishot accept again as soon as it has failed, whether accepting is paused or not: a server
    // without
    // file descriptors left would be a busy loop. One accept at a time can pause. Read once, when io_uring is first
    // used.
    private static final String MULTISHOT_ACCEPT = "io.netty.iouring.acceptMultiShotEnabled";

    static {
        if (System.getProperty(MULTISHOT_ACCEPT) == null) System.setProperty(MULTISHOT_ACCEPT, "false");
    }

    abstract boolean works();

    abstract IoHandlerFactory ioHandlers();

    abstract Class<? extends ServerSocketChannel> listening();

    abstract Class<? extends SocketChannel> dialling();

    abstract @Nullable Throwable whyNot();

    /** Lets the sockets that a server accepts read into buffers that the lines of a loop share. */
    void shareReadBuffers(ServerBootstrap server) {
        server.childOption(ChannelOption.RECVBUF_ALLOCATOR, LineReads.INSTANCE);
    }

    /** The same for a socket that dials. */
    void shareReadBuffers(Bootstrap client) {
        client.option(ChannelOption.RECVBUF_ALLOCATOR, LineReads.INSTANCE);
    }

    /** The fastest transport that works on this machine, in the order of this enum. */
    public static Transport fastest() {
        for (Transport transport : values()) {
            if (transport.works()) return transport;
        }
        return NIO;
    }

    /** Whether this transport works here. */
    public boolean isAvailable() {
        return works();
    }

    /**
     * This transport, if it works here.
     *
     * @throws IllegalStateException naming the reason if it does not
     */
    public Transport required() {
        if (works()) return this;
        Throwable why = whyNot();
        String reason = why == null ? "" : ": " + rootMessage(why);
        throw new IllegalStateException("transport " + optionName() + " does not work on this machine" + reason);
    }

    /** The name as written on command lines, such as {@code io_uring}. */
    public String optionName() {
        return name().toLowerCase(Locale.ROOT);
    }

    private static String rootMessage(Throwable why) {
        Throwable root = why;
        while (root.getCause() != null) root = root.getCause();
        return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
    }
}
