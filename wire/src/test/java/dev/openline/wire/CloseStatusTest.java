package dev.openline.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("RFC 6455 §7.1.6 close reasons")
class CloseStatusTest {
    @Test
    void reasonOf123BytesFitsAndOneMoreIsTheCallersFault() {
        assertThat(new CloseStatus(1000, "x".repeat(123)).reason()).hasSize(123);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new CloseStatus(1000, "x".repeat(124)))
                .withMessageContaining("124");
        assertThatIllegalArgumentException().isThrownBy(() -> new CloseStatus(1000, "é".repeat(62)));
        assertThatIllegalArgumentException().isThrownBy(() -> CloseStatus.NORMAL.withReason("x".repeat(124)));
    }

    @Test
    void codeOutside1000To4999IsTheCallersFault() {
        for (int code : new int[] {-1, 0, 999, 5000, 65536}) {
            assertThatIllegalArgumentException().isThrownBy(() -> new CloseStatus(code, ""));
        }
    }

    @Test
    void tooLongReasonIsCutBetweenCharacters() {
        for (String character : new String[] {"x", "é", "閉", "🌍"}) {
            for (int pad = 0; pad < 5; pad++) {
                CloseStatus cut = CloseStatus.truncated(4000, "-".repeat(pad) + character.repeat(200));
                int bytes = cut.reason().getBytes(StandardCharsets.UTF_8).length;
                int width = character.getBytes(StandardCharsets.UTF_8).length;
                assertThat(bytes).isBetween(124 - width, 123);
                assertThat(cut.reason()).endsWith(character).doesNotContain("?");
            }
        }
        assertThat(CloseStatus.truncated(1000, "short").reason()).isEqualTo("short");
    }

    @Test
    void halfACharacterCountsAsTheQuestionMarkItBecomes() {
        assertThat(CloseStatus.truncated(1000, "\ud800".repeat(200)).reason()).hasSize(123);
    }

    @Test
    void readsAsInALogLine() {
        assertThat(CloseStatus.NORMAL).hasToString("1000");
        assertThat(CloseStatus.GOING_AWAY.withReason("deploy")).hasToString("1001 deploy");
    }
}
