package dev.openline.server;

import dev.openline.net.EventLoops;
import dev.openline.net.Surroundings;
import dev.openline.protocol.ApiCall;
import dev.openline.protocol.Disconnect;
import dev.openline.protocol.ErrorReply;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The sessions of one server, by client id, by user, and by the address that emulated ones are reached at. Any thread. */
final class Connections {
    private static final Logger log = LoggerFactory.getLogger(OpenlineServer.class);

    private final Admissions admissions;
    private final @Nullable ConnectionListener listener;
    private final EventLoops loops;
    private final LoopHub[] hubs;
    private final Map<String, SessionLine> open = new ConcurrentHashMap<>();

    private final Map<String, StreamCarrier> emulated = new ConcurrentHashMap<>();
    private final AtomicInteger followers = new AtomicInteger();

    /** Clients that are connected, by user. */
    private final Map<String, Set<String>> users = new ConcurrentHashMap<>();

    private volatile @Nullable Siblings siblings;

    Connections(Admissions admissions, @Nullable ConnectionListener listener, EventLoops loops, LoopHub[] hubs) {
        this.admissions = admissions;
        this.listener = listener;
        this.loops = loops;
        this.hubs = hubs;
    }

    /** There are other servers, on which the same users may be. */
    void tellOthers(Siblings others) {
        siblings = others;
    }

    /** The hub of the loop that runs this code. */
    LoopHub hubHere() {
        return hubs[loops.current()];
    }

    long nowMillis() {
        return TimeUnit.NANOSECONDS.toMillis(Surroundings.nanoTime());
    }

    Future<?> schedule(Runnable task, long delay, TimeUnit unit) {
        return loops.loop(loops.current()).schedule(task, delay, unit);
    }

    /** Runs a task on the loop of a carrier, at once if this is it. */
    void onLoop(Carrier carrier, Runnable task) {
        int here = loops.current();
        if (here >= 0 && carrier.executor() == loops.loop(here)) task.run();
        else carrier.executor().execute(task);
    }

    Reception receptionFor(Carrier carrier) {
        return new CarrierReception(carrier, this, admissions);
    }

    /** What a client that only listens is told when its connect fails. */
    Disconnect refusal(ErrorReply error) {
        return admissions.rules().refusal(error);
    }

    void opened(String client, SessionLine line) {
        open.put(client, line);
    }

    void closed(String client, SessionLine line) {
        open.remove(client, line);
    }

    /** Counts a connected client with its user's others; why it can't be one more, or null. */
    @Nullable
    Disconnect enter(Client client) {
        int limit = admissions.rules().limits().maxConnectionsPerUser();
        boolean replaces =
                admissions.rules().singleConnection() && !client.user().isEmpty();
        String id = client.id();
        List<String> replaced = new ArrayList<>();
        Set<String> clients = users.compute(client.user(), (user, present) -> {
            Set<String> all = present == null ? ConcurrentHashMap.newKeySet() : present;
            if (replaces) replaced.addAll(all);
            if (replaces || limit == 0 || user.isEmpty() || all.size() < limit) all.add(id);
            return all;
        });
        if (!clients.contains(id)) return Disconnect.CONNECTION_LIMIT;
        Siblings others = siblings;
        if (replaces && others != null)
            SharedOperations.tell(
                    others,
                    new ApiCall.Disconnect(
                            new ApiCall.Target(client.user(), "", ""),
                            List.of(id),
                            Disconnect.CONNECTION_LIMIT.code(),
                            Disconnect.CONNECTION_LIMIT.reason()));
        for (String earlier : replaced) {
            SessionLine line = open.get(earlier);
            if (line != null) line.onLoop(session -> session.close(Disconnect.CONNECTION_LIMIT));
        }
        tell(() -> {
            if (listener != null) listener.connected(client);
        });
        return null;
    }

    void left(Client client, @Nullable Disconnect why) {
        boolean[] entered = new boolean[1];
        users.computeIfPresent(client.user(), (user, clients) -> {
            entered[0] = clients.remove(client.id());
            return clients.isEmpty() ? null : clients;
        });
        if (!entered[0]) return;
        tell(() -> {
            if (listener != null) listener.disconnected(client, why);
        });
    }

    private static void tell(Runnable news) {
        try {
            news.run();
        } catch (RuntimeException fault) {
            log.warn("the connection listener failed", fault);
        }
    }

    @Nullable
    SessionLine line(String client) {
        return open.get(client);
    }

    /** The connected clients that a call of the API means. */
    List<SessionLine> linesOf(ApiCall.Target target) {
        Set<String> clients = users.get(target.user());
        if (clients == null) return List.of();
        List<SessionLine> lines = new ArrayList<>();
        for (String client : clients) {
            if (!target.client().isEmpty() && !target.client().equals(client)) continue;
            SessionLine line = open.get(client);
            if (line != null && (target.session().isEmpty() || line.hasSession(target.session()))) lines.add(line);
        }
        return lines;
    }

    /** Lines in the order of their client ids, after that of {@code client}; those of one user, or with null of all. */
    List<SessionLine> after(String client, @Nullable String user) {
        Collection<String> ids = user == null ? open.keySet() : users.getOrDefault(user, Set.of());
        return ids.stream()
                .filter(id -> id.compareTo(client) > 0)
                .sorted()
                .map(open::get)
                .filter(Objects::nonNull)
                .toList();
    }

    Collection<SessionLine> all() {
        return open.values();
    }

    /** The session whose commands come to this address. */
    @Nullable
    StreamCarrier emulated(String session) {
        return emulated.get(session);
    }

    void emulated(String session, StreamCarrier carrier) {
        emulated.put(session, carrier);
    }

    void emulatedNoMore(String session) {
        emulated.remove(session);
    }

    /** Followers of feeds come and go. */
    void followed(int more) {
        followers.addAndGet(more);
    }

    long feedBeatMillis() {
        return admissions.rules().limits().pingInterval().toMillis();
    }

    /** Sessions, connected or about to, and followers of feeds. */
    int count() {
        return open.size() + followers.get();
    }

    int userCount() {
        return users.size();
    }
}
