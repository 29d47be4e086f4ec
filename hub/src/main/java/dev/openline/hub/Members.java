package dev.openline.hub;

import dev.openline.protocol.ClientInfo;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Who is on one channel, by client id, in the order of joining. */
final class Members {
    private final Map<String, ClientInfo> byClient = new LinkedHashMap<>();
    /** Connections of each user: counted as they come and go, so that asking for the number costs nothing. */
    private final Map<String, Integer> connections = new HashMap<>();

    @Nullable
    ClientInfo find(String client) {
        return byClient.get(client);
    }

    void add(ClientInfo who) {
        if (byClient.putIfAbsent(who.client(), who) != null)
            throw new IllegalStateException("this client is a member already");
        connections.merge(who.user(), 1, Integer::sum);
    }

    @Nullable
    ClientInfo remove(String client) {
        ClientInfo who = byClient.remove(client);
        if (who != null) connections.computeIfPresent(who.user(), (user, count) -> count == 1 ? null : count - 1);
        return who;
    }

    List<ClientInfo> all() {
        return List.copyOf(byClient.values());
    }

    PresenceStats stats() {
        return new PresenceStats(byClient.size(), connections.size());
    }
}
