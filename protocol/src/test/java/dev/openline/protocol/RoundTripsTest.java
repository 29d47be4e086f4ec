package dev.openline.protocol;

import static dev.openline.protocol.Frames.frame;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("what one side writes the other reads, held against the catalogue")
class RoundTripsTest {
    private static final int SEEDS = 2_000;

    @Test
    void commandsAreWrittenAsTheCatalogueSays() throws MalformedFrame {
        for (long seed = 1; seed <= SEEDS; seed++) {
            Command command = new Samples(seed).command();
            String text = Frames.text(command);
            assertThat(JsonTree.parse(text)).as("seed %d", seed).isEqualTo(JsonTree.unfolded(Catalogue.tree(command)));
            assertThat(text).as("seed %d", seed).doesNotContain("\n");
            assertThat(Frames.commands(text)).as("seed %d", seed).containsExactly(command);
        }
    }

    @Test
    void serverMessagesAreWrittenAsTheCatalogueSays() throws MalformedFrame {
        for (long seed = 1; seed <= SEEDS; seed++) {
            ServerMessage message = new Samples(seed).serverMessage();
            String text = Frames.text(message);
            assertThat(JsonTree.parse(text)).as("seed %d", seed).isEqualTo(JsonTree.unfolded(Catalogue.tree(message)));
            assertThat(text).as("seed %d", seed).doesNotContain("\n");
            assertThat(Frames.serverMessages(text)).as("seed %d", seed).containsExactly(message);
        }
    }

    @Test
    void commandsAreReadInWhateverLegalWayTheyAreSpelled() throws MalformedFrame {
        for (long seed = 1; seed <= SEEDS; seed++) {
            Command command = new Samples(seed).command();
            String text = new Spelling(seed).message(Catalogue.tree(command));
            assertThat(Frames.commands(text)).as("seed %d", seed).containsExactly(command);
        }
    }

    @Test
    void serverMessagesAreReadInWhateverLegalWayTheyAreSpelled() throws MalformedFrame {
        for (long seed = 1; seed <= SEEDS; seed++) {
            ServerMessage message = new Samples(seed).serverMessage();
            String text = new Spelling(seed).message(Catalogue.tree(message));
            assertThat(Frames.serverMessages(text)).as("seed %d", seed).containsExactly(message);
        }
    }

    @Test
    void framesKeepTheOrderOfTheirMessages() throws MalformedFrame {
        JsonFrame commands = new JsonFrame();
        JsonFrame messages = new JsonFrame();
        for (long seed = 1; seed <= 300; seed++) {
            Samples samples = new Samples(seed);
            List<Command> said = new ArrayList<>();
            List<ServerMessage> answered = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                said.add(samples.command());
                answered.add(samples.serverMessage());
            }
            commands.clear();
            said.forEach(commands::add);
            messages.clear();
            answered.forEach(messages::add);
            assertThat(Frames.commands(commands.buffer())).as("seed %d", seed).isEqualTo(said);
            assertThat(Frames.serverMessages(frame(new String(messages.bytes(), StandardCharsets.UTF_8))))
                    .as("seed %d", seed)
                    .isEqualTo(answered);
        }
    }
}
