package dev.openline.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.openline.hub.ChannelOptions;
import dev.openline.hub.Feature;
import dev.openline.hub.Mode;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class ChannelRuleTest {
    private static ChannelOptions parse(String rule) {
        return new ChannelRule().convert(rule);
    }

    @Test
    void everyAloneKeepsAHundredForTenMinutes() {
        ChannelOptions options = parse("every");

        assertThat(options.mode()).isEqualTo(Mode.EVERY);
        assertThat(options.historySize()).isEqualTo(100);
        assertThat(options.historyTtl()).isEqualTo(Duration.ofMinutes(10));
        assertThat(options.features()).containsExactly(Feature.FORCE_RECOVERY, Feature.DURABLE);
    }

    @Test
    void allWordsTogetherInAnyOrder() {
        ChannelOptions options = parse("every,ttl=2h,join-leave,presence,history=50");

        assertThat(options.historySize()).isEqualTo(50);
        assertThat(options.historyTtl()).isEqualTo(Duration.ofHours(2));
        assertThat(options.features())
                .containsExactlyInAnyOrder(
                        Feature.PRESENCE, Feature.JOIN_LEAVE, Feature.FORCE_RECOVERY, Feature.DURABLE);
    }

    @Test
    void latestAloneKeepsOne() {
        assertThat(parse("latest").mode()).isEqualTo(Mode.LATEST);
        assertThat(parse("latest").historySize()).isEqualTo(1);
    }

    @Test
    void transientKeepsNothing() {
        assertThat(parse("transient,presence").historySize()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"250ms, PT0.25S", "30s, PT30S", "5m, PT5M", "2h, PT2H", "7d, P7D"})
    void timesHaveAUnit(String said, Duration meant) {
        assertThat(parse("every,ttl=" + said).historyTtl()).isEqualTo(meant);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "sometimes",
                "EVERY",
                "every,",
                "every,histroy=5",
                "every,history=",
                "every,history=0",
                "every,history=-1",
                "every,history=9999999999",
                "every,ttl=5",
                "every,ttl=0s",
                "every,ttl=99999999d",
                "every presence",
                "every,publish",
                "transient,history=5",
                "transient,ttl=5s"
            })
    void whatIsNoRuleIsRefusedWithASentence(String rule) {
        assertThatThrownBy(() -> parse(rule))
                .isInstanceOf(TypeConversionException.class)
                .message()
                .isNotBlank();
    }

    @Test
    void namespaceIsWhatStandsBeforeTheFirstEqualsSign() {
        NamespaceRule rule = new NamespaceRule.Converter().convert("chat=every,history=50");

        assertThat(rule.name()).isEqualTo("chat");
        assertThat(rule.options().historySize()).isEqualTo(50);
    }

    @ParameterizedTest
    @ValueSource(strings = {"chat", "=every", "c:d=every", "chat=", "chat:every"})
    void whatIsNoNamespaceIsRefused(String text) {
        assertThatThrownBy(() -> new NamespaceRule.Converter().convert(text))
                .isInstanceOf(TypeConversionException.class);
    }
}
