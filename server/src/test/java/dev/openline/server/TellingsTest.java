package dev.openline.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.protocol.Payload;
import org.junit.jupiter.api.Test;

class TellingsTest {
    private static final long STARTED = 1_000_000;

    private final Tellings tellings = new Tellings("node", STARTED);

    @Test
    void what_was_told_lately_is_said_again_under_the_same_id() {
        Tellings.Telling first = tellings.tell("disconnect", Payload.of("1"), STARTED);
        Tellings.Telling second = tellings.tell("disconnect", Payload.of("2"), STARTED + 1);
        assertThat(first.id()).isNotEqualTo(second.id());
        assertThat(tellings.recent(STARTED + 2)).containsExactly(first, second);
        assertThat(tellings.recent(STARTED + Tellings.KEPT_MILLIS)).containsExactly(second);
        assertThat(tellings.recent(STARTED + 1 + Tellings.KEPT_MILLIS)).isEmpty();
    }

    @Test
    void not_more_than_a_bounded_number_is_kept() {
        Tellings.Telling first = tellings.tell("refresh", Payload.of("1"), STARTED);
        for (int i = 0; i < Tellings.MOST; i++) tellings.tell("refresh", Payload.of("2"), STARTED);
        assertThat(tellings.recent(STARTED)).hasSize(Tellings.MOST).doesNotContain(first);
    }

    @Test
    void what_is_heard_twice_is_taken_once() {
        assertThat(tellings.takes("other:1", STARTED)).isTrue();
        assertThat(tellings.takes("other:1", STARTED)).isFalse();
        assertThat(tellings.takes("other:2", STARTED)).isTrue();
    }

    @Test
    void what_was_told_before_it_started_does_not_concern_a_server() {
        long before = STARTED - Tellings.CLOCKS_DIFFER_MILLIS;
        assertThat(tellings.takes("other:1", before - 1)).isFalse();
        assertThat(tellings.takes("other:2", before)).isTrue();
    }

    @Test
    void of_what_was_taken_the_newest_are_remembered() {
        for (int i = 0; i <= Tellings.MOST; i++)
            assertThat(tellings.takes("other:" + i, STARTED)).isTrue();
        assertThat(tellings.takes("other:1", STARTED)).isFalse();
        assertThat(tellings.takes("other:0", STARTED)).isTrue();
    }
}
