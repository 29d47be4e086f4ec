package dev.openline.examples;

import dev.openline.client.OpenlineClient;
import dev.openline.client.OutboxUnsupported;
import dev.openline.client.Subscribed;
import dev.openline.client.Subscription;
import dev.openline.client.SubscriptionListener;
import dev.openline.protocol.Direction;
import dev.openline.protocol.Publication;
import dev.openline.protocol.Result.SubscribeResult.Recovery;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** How do I renew tokens, publish exactly once and read a log? The pieces of {@code docs/client.md}. */
final class Bidder implements SubscriptionListener {
    /** The application's own server, which knows who may do what. */
    interface Tickets {
        CompletionStage<@Nullable String> forUser();

        CompletionStage<@Nullable String> forChannel(String channel);
    }

    private final OpenlineClient client;
    private final Subscription auction;

    Bidder(String address, Tickets tickets) {
        client = OpenlineClient.to(address, o -> o.token(tickets::forUser)).connect();
        auction = client.subscribe(
                "$auction",
                this,
                o -> o.token(() -> tickets.forChannel("$auction")).delta());
    }

    void bid(int amount) {
        auction.publish("{\"bid\":" + amount + "}").whenComplete((position, fault) -> {
            if (fault == null) System.out.println("bid " + amount + " is at " + position);
            else if (fault instanceof OutboxUnsupported) System.out.println("another server, please");
            else System.out.println(fault.getMessage());
        });
        System.out.println(client.pending().publishes() + " bids are not acknowledged yet");
    }

    CompletionStage<?> readAll() {
        return auction.historyPages(100, Direction.OLDEST_FIRST, null)
                .forEach(publication -> System.out.println(publication.data().text()));
    }

    @Override
    public void onPublication(Publication publication) {
        System.out.println(publication.data().text());
    }

    @Override
    public void onSubscribed(Subscribed how) {
        if (how.recovery() == Recovery.NOT_RECOVERED) readAll();
    }
}
