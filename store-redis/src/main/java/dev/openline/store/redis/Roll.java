package dev.openline.store.redis;

import dev.openline.protocol.ClientInfo;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The clients of this server that are on lists of who is there, and are kept there: each is said again before it ends. What is said of one client is said in order,
 * also by different threads.
 */
final class Roll {
    /** Clients of one channel that are said together. */
    private static final int MOST_TOGETHER = 200;

    private final RedisStore store;
    private final byte[] ttl;
    private final Map<Keys, Map<String, Member>> channels = new HashMap<>();

    /** @param joined when, in milliseconds since 1970 */
    private record Member(ClientInfo who, long joined) {}

    Roll(RedisStore store, long ttlMillis) {
        this.store = store;
        this.ttl = RedisStore.bytes(ttlMillis);
    }

    synchronized void enter(Keys channel, ClientInfo who, long now) {
        Member member = new Member(who, now);
        channels.computeIfAbsent(channel, any -> new HashMap<>()).put(who.client(), member);
        say(channel, List.of(member));
    }

    synchronized void leave(Keys channel, ClientInfo who) {
        channels.computeIfPresent(channel, (name, clients) -> {
            clients.remove(who.client());
            return clients.isEmpty() ? null : clients;
        });
        store.run(Script.LEAVE, channel.roll(), new byte[][] {who.client().getBytes(StandardCharsets.UTF_8)});
    }

    /** Says all of them again. */
    void keep() {
        List<Keys> all;
        synchronized (this) {
            all = List.copyOf(channels.keySet());
        }
        for (Keys channel : all) keep(channel);
    }

    private synchronized void keep(Keys channel) {
        Map<String, Member> clients = channels.get(channel);
        if (clients == null) return;
        List<Member> all = new ArrayList<>(clients.values());
        for (int i = 0; i < all.size(); i += MOST_TOGETHER)
            say(channel, all.subList(i, Math.min(all.size(), i + MOST_TOGETHER)));
    }

    private void say(Keys channel, List<Member> members) {
        byte[][] values = new byte[1 + 3 * members.size()][];
        values[0] = ttl;
        int next = 1;
        for (Member member : members) {
            ClientInfo who = member.who();
            byte[] user = who.user().getBytes(StandardCharsets.UTF_8);
            values[next++] = who.client().getBytes(StandardCharsets.UTF_8);
            values[next++] = RedisStore.bytes(user.length);
            values[next++] = Spoken.member(who, member.joined());
        }
        store.run(Script.ENTER, channel.roll(), values);
    }
}
