package dev.openline.server;

import dev.openline.hub.ChannelRules;
import dev.openline.hub.HistoryQuery;
import dev.openline.hub.Page;
import dev.openline.hub.PresenceStats;
import dev.openline.hub.PublishRequest;
import dev.openline.hub.Published;
import dev.openline.hub.SubscribeRequest;
import dev.openline.hub.Subscribed;
import dev.openline.protocol.ClientInfo;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where a session hands in what concerns channels. Every answer comes on the session's own event loop, at once if the channel's home is
 * there. Requests of one session about one channel are carried out in the order they were handed in.
 */
interface Desk {
    /** Which channels exist, and how each behaves. */
    ChannelRules rules();

    /**
     * Enters a subscriber. The channel's publications reach the session's loop after the answer and never before it; so does the news
     * of the subscriber's own joining.
     */
    void subscribe(SubscribeRequest request, Consumer<Subscribed> answer);

    void unsubscribe(String channel, String client);

    void publish(PublishRequest request, Consumer<Published> answer);

    void history(String channel, HistoryQuery query, Consumer<Page> answer);

    void presence(String channel, Consumer<@Nullable List<ClientInfo>> answer);

    void presenceStats(String channel, Consumer<@Nullable PresenceStats> answer);
}
