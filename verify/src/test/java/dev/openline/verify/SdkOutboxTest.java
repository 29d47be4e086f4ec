package dev.openline.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The outbox of openline.js as a small module on top of the official JavaScript SDK, unchanged. */
@DisplayName("the outbox on the official SDK")
class SdkOutboxTest {
    private static final Path MODULES =
            Path.of("../client-js/src/main/resources/dev/openline/js").toAbsolutePath();
    private static final int COUNT = 30;
    private static final int LOST_ANSWERS = 5;

    @Test
    void eachPublishIsAppliedOnceAndInOrderThroughLinesThatBreakInsteadOfAnAnswer() throws Exception {
        try (OnceServer server = OnceServer.start()) {
            Map<String, String> environment = Map.of(
                    "OPENLINE_JS", MODULES.toString(),
                    "URL_OF_SERVER", "ws://127.0.0.1:" + server.server().port() + "/connection/websocket",
                    "COUNT", Integer.toString(COUNT),
                    "LOST_ANSWERS", Integer.toString(LOST_ANSWERS));
            try (NodeScript script = NodeScript.start("outbox.mjs", environment)) {
                for (int i = 1; i <= COUNT; i++) {
                    assertThat(script.next()).isEqualTo(List.of("applied", Integer.toString(i), "string"));
                }
                assertThat(script.next()).isEqualTo(List.of("waiting", "0"));
                assertThat(script.next().get(1)).isEqualTo(numbers());
                assertThat(script.exitCode()).as(script.output()).isZero();
            }
            assertThat(server.asked()).hasSize(COUNT + LOST_ANSWERS);
        }
    }

    private static String numbers() {
        return IntStream.rangeClosed(1, COUNT).mapToObj(Integer::toString).collect(Collectors.joining(","));
    }
}
