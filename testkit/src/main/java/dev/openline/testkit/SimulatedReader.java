package dev.openline.testkit;

import dev.openline.client.Cause;
import dev.openline.client.ClientListener;
import dev.openline.client.ConnectionState;
import dev.openline.client.OpenlineClient;
import dev.openline.client.Subscribed;
import dev.openline.client.SubscriptionListener;
import dev.openline.hub.Mode;
import dev.openline.protocol.Publication;
import dev.openline.protocol.Result;
import dev.openline.protocol.StreamPosition;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A subscriber that holds what it hears against what it was promised. */
final class SimulatedReader {
    final Host host;
    final OpenlineClient client;
    private final World world;
    private final Ledger ledger;
    private final Map<String, Following> channels = new HashMap<>();
    String id = "";
    private boolean leaving;

    SimulatedReader(World world, Host host, Host backend, Ledger ledger) {
        this.world = world;
        this.host = host;
        this.ledger = ledger;
        this.client = OpenlineClient.to(
                backend.uri(Simulation.PORT),
                o -> o.loops(host.loops()).listener(new ClientListener() {
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
        Following following = new Following(channel, mode);
        channels.put(channel, following);
        client.subscribe(channel, following, o -> {
            if (fromTheBeginning) o.since(new StreamPosition(0, ""));
        });
    }

    Following of(String channel) {
        Following following = channels.get(channel);
        if (following == null) throw new IllegalArgumentException(host + " does not follow " + channel);
        return following;
    }

    void leave() {
        leaving = true;
        client.close();
    }

    boolean isConnected() {
        return client.state() == ConnectionState.CONNECTED;
    }

    /** One channel, as this subscriber knows it. */
    final class Following implements SubscriptionListener {
        private final String channel;
        private final Mode mode;
        private @Nullable String epoch;
        private boolean subscribed;
        long last;
        long first = 1;
        String newest = "";
        int told;
        final TreeMap<Long, String> heard = new TreeMap<>();

        Following(String channel, Mode mode) {
            this.channel = channel;
            this.mode = mode;
        }

        @Nullable
        String epoch() {
            return epoch;
        }

        @Override
        public void onSubscribing(Cause why) {
            subscribed = false;
        }

        @Override
        public void onSubscribed(Subscribed how) {
            subscribed = true;
            StreamPosition position = how.position();
            if (position == null) return;
            if (how.recovered() && epoch != null) {
                if (!position.epoch().equals(epoch) && mode == Mode.EVERY)
                    ledger.violated(host + " recovered " + channel + " from " + epoch + " in " + position.epoch());
                epoch = position.epoch();
                return;
            }
            if (epoch != null) told++;
            world.tell(host + " is told that " + channel + " goes on at " + position.epoch() + ":" + position.offset());
            epoch = position.epoch();
            last = position.offset();
            first = last + 1;
            heard.clear();
        }

        @Override
        public void onPublication(Publication publication) {
            String payload = Simulation.payloadOf(publication);
            if (!subscribed) ledger.violated(host + " heard " + payload + " on " + channel + " outside a subscription");
            newest = payload;
            if (mode == Mode.TRANSIENT || epoch == null) return;
            long offset = publication.offset();
            boolean follows = mode == Mode.EVERY ? offset == last + 1 : offset > last;
            if (!follows) ledger.violated(host + " heard " + channel + " " + epoch + ":" + offset + " after " + last);
            last = offset;
            heard.put(offset, payload);
            ledger.said(channel, epoch, offset, payload);
        }
    }
}
