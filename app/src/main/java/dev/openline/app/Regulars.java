package dev.openline.app;

import dev.openline.server.OpenlineServer;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Two programs that keep the chat from being empty: now and then one types and says something, and at a cut they count. */
final class Regulars {
    static final int STEP_MILLIS = 250;

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
    private @Nullable OpenlineServer server;
    private String speaker = NAMES.get(0);
    private int line;
    private long typeAt;
    private long sayAt = Long.MAX_VALUE;

    Regulars(Random chance) {
        this.chance = chance;
        this.line = chance.nextInt(LINES.size());
    }

    void come(OpenlineServer to) {
        server = to;
    }

    void leave() {
        server = null;
    }

    void step(long now) {
        if (now >= sayAt) {
            sayAt = Long.MAX_VALUE;
            typeAt = now + SHORTEST_PAUSE_MILLIS + chance.nextInt(LONGEST_PAUSE_MILLIS - SHORTEST_PAUSE_MILLIS);
            say(speaker, LINES.get(line++ % LINES.size()), now);
        } else if (now >= typeAt) {
            typeAt = Long.MAX_VALUE;
            sayAt = now + TYPING_MILLIS;
            speaker = NAMES.get(chance.nextInt(NAMES.size()));
            publish("typing:lobby", Json.object().text("name", speaker).toString());
        }
    }

    /** Five lines within a second, for somebody who has just been cut off. */
    void countToFive(ScheduledExecutorService stage) {
        for (int i = 1; i <= COUNT_TO; i++) {
            String text = i + " of " + COUNT_TO + ", said while a line was cut";
            stage.schedule(
                    () -> say(NAMES.get(1), text, System.currentTimeMillis()),
                    (long) i * COUNT_MILLIS,
                    TimeUnit.MILLISECONDS);
        }
    }

    private void say(String name, String text, long now) {
        publish(
                Demo.CHAT,
                Json.object()
                        .text("name", name)
                        .text("text", text)
                        .number("at", now)
                        .toString());
    }

    private void publish(String channel, String json) {
        OpenlineServer to = server;
        if (to != null) to.publish(channel, json);
    }
}
