package dev.openline.hub;

import dev.openline.protocol.ClientInfo;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Who is on one channel, by client id, in the order of joining, and what others learn of it. */
final class Members {
    /** @param shown some of {@link Feature#PRESENCE} and {@link Feature#JOIN_LEAVE} */
    record Member(ClientInfo who, Set<Feature> shown) {
        boolean isPresent() {
            return shown.contains(Feature.PRESENCE);
        }

        boolean isAnnounced() {
            return shown.contains(Feature.JOIN_LEAVE);
        }
    }

    private final Map<String, Member> byClient = new LinkedHashMap<>();
    /** Connections of each user that are present: counted as they come and go, so that asking for the number costs nothing. */
    private final Map<String, Integer> connections = new HashMap<>();

    private int present;

    @Nullable
    Member find(String client) {
        return byClient.get(client);
    }

    void add(Member member) {
        if (byClient.putIfAbsent(member.who().client(), member) != null)
            throw new IllegalStateException("this client is a member already");
        if (!member.isPresent()) return;
        present++;
        connections.merge(member.who().user(), 1, Integer::sum);
    }

    void remove(Member member) {
        if (!byClient.remove(member.who().client(), member)) throw new IllegalStateException("no member");
        if (!member.isPresent()) return;
        present--;
        connections.computeIfPresent(member.who().user(), (user, count) -> count == 1 ? null : count - 1);
    }

    boolean isEmpty() {
        return byClient.isEmpty();
    }

    /** Those who are on the list of who is there. */
    List<ClientInfo> present() {
        List<ClientInfo> found = new ArrayList<>(present);
        for (Member member : byClient.values()) if (member.isPresent()) found.add(member.who());
        return found;
    }

    PresenceStats stats() {
        return new PresenceStats(present, connections.size());
    }
}
