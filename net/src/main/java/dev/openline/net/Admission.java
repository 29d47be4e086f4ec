package dev.openline.net;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Who may come in to one server, and who is there.
 *
 * <p>Every connection takes a {@link Seat} before its first byte is read and gives it back when its channel has closed, however that came
 * about. Counts hang on nothing else, so they are exact. A connection over a limit is heard out to its first request, so that it can be
 * told {@code 503} and when to come again; when too many of those are waiting for that already, further ones are closed without a word.
 *
 * <p>{@link #enter} runs on the connection's loop; everything else on any thread.
 */
final class Admission {
    private static final QuietLog peers = QuietLog.of(LoggerFactory.getLogger(WebSocketServer.class));

    /** Connections over a limit that may be open at a time, only to be told so. */
    static final int MAX_BEING_REFUSED = 1_000;

    static final String MAX_CONNECTIONS_ARE_OPEN = "maxConnections are open";

    private static final int SOONEST_RETRY_SECONDS = 2;
    private static final int LATEST_RETRY_SECONDS = 10;

    private final ServerOptions options;
    private final Map<EventLoop, LoopSeats> loops = new IdentityHashMap<>();
    private final AtomicInteger seated = new AtomicInteger();

    /** Lines that share an HTTP/2 connection with another: each counts as a connection of its own would. */
    private final AtomicInteger furtherLines = new AtomicInteger();

    private final AtomicInteger beingRefused = new AtomicInteger();
    private final AddressCounts addresses;
    private final ConnectRate rate;

    private enum Phase {
        OPEN,
        NOT_READY,
        DRAINING
    }

    private volatile Phase phase = Phase.OPEN;

    Admission(ServerOptions options, EventLoops loops) {
        this.options = options;
        this.addresses = new AddressCounts(options.maxConnectionsPerAddress());
        this.rate = new ConnectRate(options.maxConnectsPerSecond());
        for (int i = 0; i < loops.count(); i++) this.loops.put(loops.loop(i), new LoopSeats(this, loops.loop(i)));
    }

    /** Seats a connection that was just accepted; null when there is not even room to refuse it, and it was closed. */
    @Nullable
    Seat enter(Channel channel) {
        Network from = counted(channel.remoteAddress());
        String refusal = refusalOf(from);
        if (refusal != null) {
            peers.info("refused a connection of {}: {}", channel.remoteAddress(), refusal);
            if (!add(beingRefused, MAX_BEING_REFUSED)) {
                channel.close();
                return null;
            }
        }
        LoopSeats loop = seatsOf(channel);
        Seat seat = refusal == null ? new Seat(loop, channel, from) : new Seat.Refused(loop, channel, refusal);
        seat.take();
        return seat;
    }

    /** Counts a newcomer, or says why it may not come in. */
    private @Nullable String refusalOf(Network from) {
        if (isDraining()) return "the server is going away";
        if (!rate.allows(Surroundings.nanoTime())) return "more than maxConnectsPerSecond";
        if (!add(seated, options.maxConnections() - furtherLines.get())) return MAX_CONNECTIONS_ARE_OPEN;
        if (addresses.add(from)) return null;
        seated.decrementAndGet();
        return "maxConnectionsPerAddress are open";
    }

    private Network counted(java.net.@Nullable SocketAddress remote) {
        if (!addresses.isLimited() || !(remote instanceof InetSocketAddress inet)) return Network.UNCOUNTED;
        return counted(inet.getAddress());
    }

    Network counted(@Nullable InetAddress address) {
        if (!addresses.isLimited() || address == null) return Network.UNCOUNTED;
        if (address.isLoopbackAddress() && options.isLoopbackExempt()) return Network.UNCOUNTED;
        // It carries everybody: its connections count for those that it names.
        if (options.trustedProxies().trusts(address)) return Network.UNCOUNTED;
        return Network.of(address);
    }

    AddressCounts addresses() {
        return addresses;
    }

    /** Counts a line that comes on a connection which carries one already; false if that would be one too many. */
    boolean addFurtherLine() {
        return add(furtherLines, options.maxConnections() - seated.get());
    }

    void removeFurtherLine() {
        furtherLines.decrementAndGet();
    }

    void left(Seat seat) {
        addresses.remove(seat.network());
        (seat.refusal() == null ? seated : beingRefused).decrementAndGet();
    }

    private LoopSeats seatsOf(Channel channel) {
        LoopSeats seats = loops.get(channel.eventLoop());
        if (seats == null) throw new IllegalStateException("a connection on a loop that is not the server's");
        return seats;
    }

    private static boolean add(AtomicInteger count, int most) {
        if (count.incrementAndGet() <= most) return true;
        count.decrementAndGet();
        return false;
    }

    // --- what is told to those who come
    // ------------------------------------------------------------------------------------------

    /** The answer to a request that came too many: spread, so that those who were refused together do not come back together. */
    static HttpResponse refusal(String why) {
        int seconds = Surroundings.random().nextInt(SOONEST_RETRY_SECONDS, LATEST_RETRY_SECONDS + 1);
        return HttpResponse.text(503, why + "\n").with("retry-after", Integer.toString(seconds));
    }

    /** What a load balancer is told on {@link ServerOptions#readiness}. */
    HttpResponse readiness() {
        if (phase != Phase.OPEN) return HttpResponse.text(503, "going away\n");
        return options.ready().getAsBoolean()
                ? HttpResponse.text(200, "ready\n")
                : HttpResponse.text(503, "something that is needed is away\n");
    }

    void notReady() {
        if (phase == Phase.OPEN) phase = Phase.NOT_READY;
    }

    void drain() {
        phase = Phase.DRAINING;
    }

    /** Whether nobody is let in any more, and every HTTP answer is the last of its connection. */
    boolean isDraining() {
        return phase == Phase.DRAINING;
    }

    // --- who is there
    // ------------------------------------------------------------------------------------------------------------

    /** Connections that are open, those that are being refused not counted. */
    int connections() {
        return seated.get();
    }

    /** Connections that are open only to be refused. */
    int beingRefused() {
        return beingRefused.get();
    }

    /** Visits what is there, loop by loop, each on its own thread. */
    void onEachLoop(Consumer<LoopSeats> visit) {
        loops.forEach((loop, seats) -> loop.execute(() -> visit.accept(seats)));
    }

    int loopCount() {
        return loops.size();
    }
}
