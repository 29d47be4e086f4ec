package dev.openline.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.protocol.Command;
import dev.openline.protocol.Direction;
import dev.openline.protocol.Encoding;
import dev.openline.protocol.Payload;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Clients that ask for more than anybody could want, over a real line, with the usual limits. */
class GreedyClientsTest {
    private static ServedSessions sessions;

    @BeforeAll
    static void start() throws Exception {
        sessions = new ServedSessions();
    }

    @AfterAll
    static void stop() {
        sessions.close();
    }

    @Test
    void questionsBeyondTheirRateAreRefusedOneByOneAndMayBeAskedAgain() throws Exception {
        int most = SessionLimits.DEFAULT.maxReadsPerSecond();
        try (Caller caller = sessions.connected(Encoding.JSON)) {
            Command[] all = new Command[2 * most];
            for (int i = 0; i < all.length; i++) all[i] = new Command.Presence(2 + i, "news:" + i);
            caller.says(all);
            List<String> answers = new ArrayList<>();
            for (int i = 0; i < all.length; i++) answers.add(Caller.nameOf(caller.next()));
            assertThat(answers).filteredOn("reply"::equals).hasSizeGreaterThanOrEqualTo(most);
            assertThat(answers).contains("error 111");
            sessions.goesOn();
        }
    }

    @Test
    void whatOneFrameAsksForIsAnsweredInPartsAndOnlyAsFarAsThereIsRoom() throws Exception {
        try (Caller caller = sessions.connected(Encoding.JSON)) {
            for (int i = 0; i < 20; i++)
                sessions.server
                        .publish("news:large", Payload.of('"' + "x".repeat(50_000) + '"'))
                        .toCompletableFuture()
                        .join();
            Command[] all = new Command[400];
            for (int i = 0; i < all.length; i++)
                all[i] = new Command.History(2 + i, "news:large", 20, null, Direction.OLDEST_FIRST);
            caller.says(all);
            List<String> answers = new ArrayList<>();
            do answers.add(Caller.nameOf(caller.next()));
            while (answers.size() < all.length
                    && answers.get(answers.size() - 1).equals("reply"));
            // 400 MB in one frame would be refused by the client; in parts, it depends on how fast it reads.
            assertThat(answers.get(answers.size() - 1)).isIn("reply", "closed 3008");
            assertThat(answers).hasSizeGreaterThan(1);
            sessions.goesOn();
        }
    }
}
