package dev.openline.app;

import dev.openline.client.OpenlineClient;
import dev.openline.client.Subscription;
import dev.openline.protocol.Payload;
import dev.openline.server.OpenlineServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Two programs that keep the chat from being empty: now and then one types and says something, and at a cut they count. They are guests
 * like all others: each has a line of its own and publishes on it.
 */
final class Regulars {
    static final int STEP_MILLIS = 250;

    private static final Logger log = LoggerFactory.getLogger(Regulars.class);
    private static final String TYPING = "typing:lobby";

    private static final int TYPING_MILLIS = 1_800;
    private static final int SHORTEST_PAUSE_MILLIS = 6_000;
    private static final int LONGEST_PAUSE_MILLIS = 18_000;
    private static final int COUNT_TO = 5;
    private static final int COUNT_MILLIS = 150;
    private static final List<String> NAMES = List.of("bot Alto", "bot Basso");
    private static final List<String> LINES = List.of(
            "Still here. So is the line.",
            "I only speak when I have something to say. This was it.",
            "Cut your line and see what I said meanwhile.",
            "Every message here has a number. None is missing on your side, is one?",
            "Nobody asked the server for this message.",
            "The last fifty messages were waiting for you when you came.",
            "Those dots below are me, thinking. They vanish by themselves.",
            "Open this page twice and talk to yourself.",
            "A tunnel is just a line that is cut for a while.",
            "Somebody is bidding downstairs.",
            "The prices move too fast to read. The newest one is all you need.");

    private final Random chance;
    private final List<Guest> guests = new ArrayList<>();
    private int speaker;
    private int line;
    private long typeAt;
    private long sayAt = Long.MAX_VALUE;

    Regulars(Random chance) {
        this.chance = chance;
        this.line = chance.nextInt(LINES.size());
    }

    /** A name, and the line it is heard on. */
    private record Guest(String name, OpenlineClient client, Subscription chat, Subscription typing) {
        static Guest join(String name, OpenlineServer server, ListenOptions listen) {
            Payload self = Payload.of(Json.object().text("name", name).toString());
            OpenlineClient client = OpenlineClient.to(
                            listen.ownAddress(server.port()),
                            o -> listen.trustOwn(o.loops(server.loops()).data(self)))
                    .connect();
            return new Guest(
                    name,
                    client,
                    client.subscribe(Demo.CHAT, publication -> {}),
                    client.subscribe(TYPING, publication -> {}));
        }
    }

    void come(OpenlineServer server, ListenOptions listen) {
        for (String name : NAMES) guests.add(Guest.join(name, server, listen));
    }

    void leave() {
        guests.forEach(guest -> guest.client().close());
    }

    void step(long now) {
        if (now >= sayAt) {
            sayAt = Long.MAX_VALUE;
            typeAt = now + SHORTEST_PAUSE_MILLIS + chance.nextInt(LONGEST_PAUSE_MILLIS - SHORTEST_PAUSE_MILLIS);
            say(guests.get(speaker), LINES.get(line++ % LINES.size()), now);
        } else if (now >= typeAt) {
            typeAt = Long.MAX_VALUE;
            sayAt = now + TYPING_MILLIS;
            speaker = chance.nextInt(guests.size());
            Guest guest = guests.get(speaker);
            sent(guest.typing()
                    .tryPublish(
                            Payload.of(Json.object().text("name", guest.name()).toString())));
        }
    }

    /** Five lines within a second, for somebody who has just been cut off. */
    void countToFive(ScheduledExecutorService stage) {
        for (int i = 1; i <= COUNT_TO; i++) {
            String text = i + " of " + COUNT_TO + ", said while a line was cut";
            stage.schedule(
                    () -> say(guests.get(1), text, System.currentTimeMillis()),
                    (long) i * COUNT_MILLIS,
                    TimeUnit.MILLISECONDS);
        }
    }

    private static void say(Guest guest, String text, long now) {
        sent(guest.chat()
                .publish(Json.object()
                        .text("name", guest.name())
                        .text("text", text)
                        .number("at", now)
                        .toString()));
    }

    /** Small talk is not worth repeating, but that it was lost is worth a line in the log. */
    private static void sent(CompletionStage<?> publish) {
        publish.whenComplete((done, fault) -> {
            if (fault != null) log.info("a regular was not heard: {}", fault.getMessage());
        });
    }
}
