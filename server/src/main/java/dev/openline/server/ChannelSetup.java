package dev.openline.server;

import dev.openline.hub.ChannelOptions;
import dev.openline.hub.Feature;
import dev.openline.hub.Mode;
import dev.openline.hub.Permission;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Configures channels in few words: a mode, a history, what is offered and who may do what. Nothing is allowed unless said so. */
public final class ChannelSetup {
    private Mode mode = Mode.EVERY;
    private int historySize = 100;
    private Duration historyTtl = Duration.ofMinutes(5);
    private final List<Feature> features = new ArrayList<>();
    private final List<Permission> permissions = new ArrayList<>();
    private boolean inMemory;

    private ChannelSetup() {}

    static ChannelOptions of(Consumer<ChannelSetup> configure) {
        ChannelSetup setup = new ChannelSetup();
        configure.accept(setup);
        return setup.build();
    }

    /** Mode {@code every}, with this many publications kept for this long; without a call 100 for 5 minutes. */
    public ChannelSetup history(int size, Duration ttl) {
        this.historySize = size;
        this.historyTtl = ttl;
        return this;
    }

    /** Mode {@code latest}: a slow reader gets the newest publication instead of a backlog. */
    public ChannelSetup latest() {
        this.mode = Mode.LATEST;
        return this;
    }

    /** Mode {@code transient}: no log, no recovery; who can't take a publication at once doesn't get it. */
    public ChannelSetup unlogged() {
        this.mode = Mode.TRANSIENT;
        return this;
    }

    /** Clients can ask who is there. */
    public ChannelSetup presence() {
        features.add(Feature.PRESENCE);
        return this;
    }

    /** Subscribers that ask for it are told who joins and leaves. */
    public ChannelSetup joinLeave() {
        features.add(Feature.JOIN_LEAVE);
        return this;
    }

    /** Clients may do these things. */
    public ChannelSetup allow(Permission... granted) {
        permissions.addAll(List.of(granted));
        return this;
    }

    /** The log ends with the server, whatever {@link OpenlineOptions#logs} says. */
    public ChannelSetup inMemory() {
        inMemory = true;
        return this;
    }

    private ChannelOptions build() {
        ChannelOptions.Builder builder = switch (mode) {
            case EVERY -> ChannelOptions.every(historySize, historyTtl);
            case LATEST -> ChannelOptions.latest(historyTtl).history(historySize, historyTtl);
            case TRANSIENT -> ChannelOptions.unlogged();
        };
        if (inMemory) builder.without(Feature.DURABLE);
        return builder.with(features.toArray(Feature[]::new))
                .allow(permissions.toArray(Permission[]::new))
                .build();
    }
}
