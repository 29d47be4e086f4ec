package dev.openline.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
    @Test
    void helpNamesTheExitCodes() {
        CommandRun run = CommandRun.of("--help");

        assertThat(run.exitCode()).isEqualTo(Main.OK);
        assertThat(run.out()).contains("0   all went well", "1   it could not be done", "2   bad usage");
        assertThat(run.err()).isEmpty();
    }

    @Test
    void versionIsThatOfTheBuild() {
        CommandRun run = CommandRun.of("--version");

        assertThat(run.exitCode()).isEqualTo(Main.OK);
        assertThat(run.out()).matches("openline \\d+\\.\\d+\\.\\d+(-SNAPSHOT)?( \\([0-9a-f]+\\))?\nJava [^\n]+\n");
    }

    @Test
    void commandMissingIsBadUsageInOneSentence() {
        CommandRun run = CommandRun.of();

        assertThat(run.exitCode()).isEqualTo(Main.USAGE);
        assertThat(run.err()).isEqualTo("openline: a command is missing.\nTry 'openline --help'.\n");
        assertThat(run.out()).isEmpty();
    }

    @Test
    void unknownCommandIsBadUsageInOneSentence() {
        CommandRun run = CommandRun.of("sever");

        assertThat(run.exitCode()).isEqualTo(Main.USAGE);
        assertThat(run.err()).startsWith("openline: ").contains("'sever'").hasLineCount(2);
    }

    @Test
    void unknownOptionIsBadUsageInOneSentence() {
        CommandRun run = CommandRun.of("--prot");

        assertThat(run.exitCode()).isEqualTo(Main.USAGE);
        assertThat(run.err()).startsWith("openline: ").contains("'--prot'").hasLineCount(2);
    }

    @Test
    void renegotiationAndLeakDetectionAreOffUnlessTheProcessSaysOtherwise() {
        assertThat(settled(Map.of()))
                .containsEntry("jdk.tls.rejectClientInitiatedRenegotiation", "true")
                .containsEntry("io.netty.leakDetection.level", "disabled");
        assertThat(settled(Map.of("io.netty.leakDetection.level", "paranoid")))
                .containsEntry("io.netty.leakDetection.level", "paranoid");
        assertThat(settled(Map.of("io.netty.leakDetectionLevel", "simple")))
                .doesNotContainKey("io.netty.leakDetection.level");
        assertThat(settled(Map.of("jdk.tls.rejectClientInitiatedRenegotiation", "false")))
                .containsEntry("jdk.tls.rejectClientInitiatedRenegotiation", "false");
    }

    private static Properties settled(Map<String, String> given) {
        Properties properties = new Properties();
        properties.putAll(given);
        Main.settle(properties);
        return properties;
    }

    @ParameterizedTest
    @ValueSource(strings = {"serve", "echo", "connect"})
    void everyCommandHasHelp(String command) {
        CommandRun run = CommandRun.of(command, "--help");

        assertThat(run.exitCode()).isEqualTo(Main.OK);
        assertThat(run.out()).contains("Usage: openline " + command, "Exit codes:");
    }
}
