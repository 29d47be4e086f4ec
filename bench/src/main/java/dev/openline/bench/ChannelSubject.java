package dev.openline.bench;

import dev.openline.hub.Mode;
import dev.openline.net.EventLoops;
import dev.openline.net.Transport;
import dev.openline.server.OpenlineServer;
import java.io.IOException;
import java.time.Duration;

/**
 * A channel server in a process of its own, with one event loop and one channel, as its users have it: but it has more patience than usual with those who take
 * nothing, so that it can be seen what they cost.
 */
final class ChannelSubject {
    static final String CHANNEL = "news";

    private static final Duration PATIENCE = Duration.ofHours(1);

    private ChannelSubject() {}

    /** @param args the transport, the channel's mode, and how many publications it keeps */
    public static void main(String[] args) throws IOException {
        Mode mode = Mode.valueOf(args[1]);
        int history = Integer.parseInt(args[2]);
        EventLoops loops = EventLoops.start(Transport.valueOf(args[0]), 1);
        OpenlineServer server = OpenlineServer.create(o -> o.insecure()
                        .port(0)
                        .loops(loops)
                        .heartbeat(PATIENCE, PATIENCE.dividedBy(2))
                        .writeTimeout(PATIENCE)
                        .channel(CHANNEL, c -> {
                            switch (mode) {
                                case EVERY -> c.history(history, PATIENCE);
                                case LATEST -> c.history(1, PATIENCE).latest();
                                case TRANSIENT -> c.unlogged();
                            }
                        }))
                .start();
        Subject.answer(server.port());
    }
}
