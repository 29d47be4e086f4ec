package dev.openline.protocol;

import dev.openline.protocol.Result.ConnectResult;
import dev.openline.protocol.Result.ConnectResult.Emulation;
import dev.openline.protocol.Result.SubscribeResult;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a server says about a session it opened, while its members come, in any order. */
final class ConnectedMembers {
    String client = "";
    String version = "";
    boolean expires;
    long ttl;

    @Nullable
    Payload data;

    Map<String, SubscribeResult> subs = Map.of();
    long ping;
    boolean pong;
    String session = "";
    String node = "";
    long time;

    ConnectResult result() {
        Expiry expiry = expires ? new Expiry(ttl) : null;
        Heartbeat heartbeat = ping > 0 ? new Heartbeat(ping, pong) : null;
        Emulation emulation = session.isEmpty() ? null : new Emulation(session, node);
        return new ConnectResult(client, version, expiry, data, subs, heartbeat, emulation, time);
    }
}
