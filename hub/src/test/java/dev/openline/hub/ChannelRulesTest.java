package dev.openline.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ChannelRulesTest {
    private final ChannelOptions chat =
            ChannelOptions.every(10, Duration.ofHours(1)).build();
    private final ChannelOptions ticker =
            ChannelOptions.latest(Duration.ofHours(1)).build();
    private final ChannelOptions plain = ChannelOptions.unlogged().build();
    private final ChannelRules rules = ChannelRules.builder()
            .namespace("chat", chat)
            .channel("chat:prices", ticker)
            .withoutNamespace(plain)
            .build();

    @Test
    void theNamespaceIsTheTextBeforeTheFirstColon() {
        assertThat(rules.optionsFor("chat:room")).isSameAs(chat);
        assertThat(rules.optionsFor("chat:room:corner")).isSameAs(chat);
        assertThat(rules.optionsFor("chat:")).isSameAs(chat);
    }

    @Test
    void aLeadingDollarIsNoPartOfTheNamespace() {
        assertThat(rules.optionsFor("$chat:room")).isSameAs(chat);
        assertThat(rules.optionsFor("$$chat:room")).isNull();
        assertThat(rules.optionsFor("$:room")).isNull();
        assertThat(rules.optionsFor("$room")).isSameAs(plain);
    }

    @Test
    void aListedNameComesBeforeItsNamespace() {
        assertThat(rules.optionsFor("chat:prices")).isSameAs(ticker);
        assertThat(rules.optionsFor("$chat:prices")).isSameAs(chat);
    }

    @Test
    void anUnknownNamespaceIsNoChannelEvenIfPlainNamesAre() {
        assertThat(rules.optionsFor("other:room")).isNull();
        assertThat(rules.optionsFor(":room")).isNull();
        assertThat(rules.optionsFor("room")).isSameAs(plain);
        assertThat(ChannelRules.builder().build().optionsFor("room")).isNull();
    }

    @Test
    void namesAre1To255BytesOfPrintableAscii() {
        assertThat(rules.optionsFor("")).isNull();
        assertThat(rules.optionsFor("x".repeat(255))).isSameAs(plain);
        assertThat(rules.optionsFor("x".repeat(256))).isNull();
        for (String bad : new String[] {"a\nb", "a\u0000", "a\u007f", "a\u0085"})
            assertThat(rules.optionsFor(bad)).isNull();
        for (String bad : new String[] {"caf\u00e9", "\ud83d\ude00"}) {
            assertThat(rules.allowsName(bad, plain)).isFalse();
            assertThat(ChannelRules.validName(bad)).isFalse();
        }
        assertThat(rules.optionsFor("a b~!#/*&,")).isSameAs(plain);
    }

    @Test
    void badRulesAreRefusedAtBirth() {
        var builder = ChannelRules.builder().namespace("ab", plain).channel("x", plain);
        for (String bad : new String[] {"", "a", "a b", "a:b", "$ab", "\u00e4\u00e4"})
            assertThatThrownBy(() -> builder.namespace(bad, plain)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.namespace("ab", plain)).hasMessageContaining("options already");
        assertThatThrownBy(() -> builder.channel("x", plain)).hasMessageContaining("options already");
        assertThatThrownBy(() -> builder.channel("\n", plain)).hasMessageContaining("printable ASCII");
    }
}
