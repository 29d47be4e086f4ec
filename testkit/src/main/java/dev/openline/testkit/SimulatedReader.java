package dev.openline.testkit;

import dev.openline.client.Cause;
import dev.openline.client.ClientListener;
import dev.openline.client.ConnectionState;
import dev.openline.client.OpenlineClient;
import dev.openline.hub.Mode;
import dev.openline.protocol.Encoding;
import dev.openline.protocol.Result;
import dev.openline.protocol.StreamPosition;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A subscriber that holds what it hears against what it was promised. */
final class SimulatedReader {
    final Host host;
    final OpenlineClient client;
    private final World world;
    private final Ledger ledger;
    private final Map<String, Follower> channels = new HashMap<>();
    String id = "";
    private boolean leaving;

    // More than 4 parameters because it is somebody in a world.
    SimulatedReader(World world, Host host, Host backend, Ledger ledger, Encoding encoding) {
        this.world = world;
        this.host = host;
        this.ledger = ledger;
        this.client = OpenlineClient.to(
                backend.uri(Simulation.PORT),
                o -> o.loops(host.loops()).encoding(encoding).listener(new ClientListener() {
                    @Override
                    public void onConnected(Result.ConnectResult session) {
                        id = session.client();
                        world.tell(host + " has a session");
                    }

                    @Override
                    public void onConnecting(Cause why, Duration nextDial) {
                        world.tell(host + " has no session: " + why.code() + " " + why.reason());
                    }

                    @Override
                    public void onDisconnected(Cause why) {
                        if (!leaving) ledger.violated(host + " gave up: " + why.code() + " " + why.reason());
                    }
                }));
    }

    void follow(String channel, Mode mode, boolean fromTheBeginning) {
        Follower follower = new Follower(host.toString(), channel, mode, ledger, world::tell);
        channels.put(channel, follower);
        client.subscribe(channel, follower, o -> {
            if (fromTheBeginning) o.since(new StreamPosition(0, ""));
        });
    }

    Follower of(String channel) {
        Follower follower = channels.get(channel);
        if (follower == null) throw new IllegalArgumentException(host + " does not follow " + channel);
        return follower;
    }

    /** Those channels in mode EVERY whose names begin so. */
    List<Follower> everyOf(String prefix) {
        return channels.values().stream()
                .filter(follower -> follower.channel().startsWith(prefix))
                .toList();
    }

    void leave() {
        leaving = true;
        client.close();
    }

    boolean isConnected() {
        return client.state() == ConnectionState.CONNECTED;
    }
}
