package dev.openline.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class ChannelOptionsTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    @Test
    void aLoggedChannelNeedsASizeAndATime() {
        refused(() -> ChannelOptions.every(0, MINUTE).build(), "historySize 0");
        refused(
                () -> ChannelOptions.every(ChannelOptions.MAX_HISTORY_SIZE + 1, MINUTE)
                        .build(),
                "historySize 1000001");
        refused(() -> ChannelOptions.every(1, Duration.ZERO).build(), "historyTtl PT0S");
        refused(() -> ChannelOptions.every(1, Duration.ofNanos(999_999)).build(), "historyTtl");
        refused(() -> ChannelOptions.latest(Duration.ofDays(3651)).build(), "historyTtl");
        assertThat(ChannelOptions.every(1, Duration.ofMillis(1)).build().logged())
                .isTrue();
    }

    @Test
    void aTransientChannelHasNoHistory() {
        refused(() -> ChannelOptions.unlogged().history(1, Duration.ZERO).build(), "historySize must be 0");
        refused(() -> ChannelOptions.unlogged().history(0, MINUTE).build(), "historyTtl must be 0");
        assertThat(ChannelOptions.unlogged().build().logged()).isFalse();
    }

    @Test
    void offsetsOutliveTheirItems() {
        refused(
                () -> ChannelOptions.every(1, MINUTE)
                        .metaTtl(Duration.ofSeconds(59))
                        .build(),
                "historyMetaTtl PT59S < historyTtl PT1M");
        refused(
                () -> ChannelOptions.every(1, MINUTE)
                        .metaTtl(Duration.ofDays(3651))
                        .build(),
                "historyMetaTtl");
        assertThat(ChannelOptions.every(1, MINUTE).build().historyMetaTtl()).isEqualTo(Duration.ofHours(720));
    }

    @Test
    void nothingIsAllowedOrOfferedUnlessSaid() {
        var options = ChannelOptions.every(1, MINUTE)
                .with(Feature.PRESENCE)
                .allow(Permission.SUBSCRIBE_FOR_CLIENT, Permission.HISTORY_FOR_SUBSCRIBER)
                .build();
        assertThat(options.has(Feature.PRESENCE)).isTrue();
        assertThat(options.has(Feature.JOIN_LEAVE)).isFalse();
        assertThat(options.permissions())
                .containsExactlyInAnyOrder(Permission.SUBSCRIBE_FOR_CLIENT, Permission.HISTORY_FOR_SUBSCRIBER);
        assertThat(options.allows(Permission.PUBLISH_FOR_ANONYMOUS)).isFalse();
    }

    @Test
    void limitsAreCheckedAtBirth() {
        refused(() -> new FanoutLimits(0, 1), "pageLimit 0");
        refused(() -> new FanoutLimits(1, 0), "readsPerPipe 0");
        refused(() -> new HistoryQuery(null, -1, HistoryQuery.Direction.FORWARD), "limit -1");
        refused(() -> new ShardLimits(0, 1, 1, 1 << 20, 1, 1, MINUTE, 16_384, MINUTE, 1), "maxChannels 0");
        refused(() -> new ShardLimits(1, 1, 1, 1 << 20, 1, 1, Duration.ZERO, 16_384, MINUTE, 1), "idempotencyTtl");
        refused(
                () -> new ShardLimits(1, 1, 1, 1 << 20, 1, 1, MINUTE, 16_384, MINUTE.negated(), 1),
                "neverPublishedTtl");
    }

    private static void refused(ThrowingCallable birth, String reason) {
        assertThatThrownBy(birth).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(reason);
    }
}
