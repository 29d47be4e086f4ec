package dev.openline.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.openline.protocol.Payload;
import dev.openline.protocol.Publication;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CatchUpFramesTest {
    private final CatchUpFrames frames = new CatchUpFrames();

    @AfterEach
    void clear() {
        frames.clear();
    }

    private static Publication publication(long offset, int size) {
        return new Publication(offset, Payload.of("1".repeat(size)), null, Map.of());
    }

    /** What a line that catches up does. */
    private EncodedPush taken(Publication publication, Publication previous) {
        EncodedPush push = frames.of("news", publication, previous);
        push.frame(Spelling.JSON_MESSAGE, EncodedPush.Form.PLAIN);
        push.release();
        return push;
    }

    @Test
    void lines_that_come_to_the_same_publication_share_its_frame() {
        Publication one = publication(1, 1);
        Publication two = publication(2, 1);
        EncodedPush first = taken(two, one);
        assertThat(taken(two, one)).isSameAs(first);
        // What they had before decides about patches.
        assertThat(taken(two, null)).isNotSameAs(first);
        assertThat(taken(publication(2, 1), one)).isNotSameAs(first);
    }

    @Test
    void what_nobody_has_come_to_for_a_while_is_let_go() {
        Publication one = publication(1, 1);
        EncodedPush first = taken(one, null);
        frames.tick();
        assertThat(taken(one, null)).isSameAs(first);
        frames.tick();
        frames.tick();
        assertThatThrownBy(first::retain).hasMessageContaining("released");
        assertThat(taken(one, null)).isNotSameAs(first);
    }

    @Test
    void no_more_than_its_bounds_is_kept() {
        for (int size : new int[] {1, 10_000}) {
            List<EncodedPush> all = new ArrayList<>();
            for (int offset = 1; offset <= 1_000; offset++) all.add(taken(publication(offset, size), null));
            List<EncodedPush> kept =
                    all.stream().filter(CatchUpFramesTest::isAlive).toList();
            assertThat(kept).hasSizeBetween(50, size == 1 ? 512 : (1 << 20) / 10_000);
            assertThat(kept).contains(all.get(999));
            frames.clear();
            assertThat(kept).noneMatch(CatchUpFramesTest::isAlive);
        }
    }

    private static boolean isAlive(EncodedPush push) {
        try {
            push.retain().release();
            return true;
        } catch (IllegalStateException released) {
            return false;
        }
    }

    @Test
    void a_large_one_is_not_kept() {
        EncodedPush large = taken(publication(1, 100_000), null);
        assertThat(isAlive(large)).isFalse();
    }
}
