package dev.openline.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.regex.Pattern;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class ChannelNamesTest {
    private static final ChannelNames NAMES = ChannelNames.DEFAULT;
    private static final ChannelNames OWN = new ChannelNames(20, "::", "!", ";", "priv-");
    private static final ChannelNames NONE = new ChannelNames(255, "", "", "", "");

    private final ChannelOptions plain = ChannelOptions.unlogged().build();

    @Test
    void theNamespaceIsWhatComesBeforeTheFirstBoundary() {
        assertThat(NAMES.namespaceOf("chat:room:corner")).isEqualTo("chat");
        assertThat(NAMES.namespaceOf("$chat:room")).isEqualTo("chat");
        assertThat(NAMES.namespaceOf("room")).isNull();
        assertThat(NAMES.namespaceOf("")).isNull();
        assertThat(NAMES.namespaceOf(":")).isEmpty();
        assertThat(NAMES.withoutNamespace("$chat:room:corner")).isEqualTo("room:corner");
        assertThat(NAMES.withoutNamespace("$room")).isEqualTo("room");
        assertThat(OWN.namespaceOf("priv-chat::a:b")).isEqualTo("chat");
        assertThat(OWN.withoutNamespace("priv-chat::a:b")).isEqualTo("a:b");
    }

    @Test
    void thePrefixMakesAChannelPrivate() {
        assertThat(NAMES.isPrivate("$chat:room")).isTrue();
        assertThat(NAMES.isPrivate("chat:$room")).isFalse();
        assertThat(OWN.isPrivate("priv-chat::x")).isTrue();
        assertThat(OWN.isPrivate("$chat")).isFalse();
    }

    @Test
    void theUsersAreListedAfterTheLastBoundary() {
        assertThat(NAMES.users("dialog#42,43")).containsExactly("42", "43");
        assertThat(NAMES.users("a#b#c")).containsExactly("c");
        assertThat(NAMES.users("#42")).containsExactly("42");
        assertThat(NAMES.users("dialog")).isEmpty();
        assertThat(OWN.users("dialog!a;b,c")).containsExactly("a", "b,c");
    }

    @Test
    void aListOfNobodyIsStillAList() {
        for (String channel : new String[] {"dialog#", "dialog#,", "dialog#,,"}) {
            assertThat(NAMES.users(channel)).isEmpty();
            assertThat(NAMES.isUserLimited(channel)).isTrue();
        }
        assertThat(NAMES.isUserLimited("dialog")).isFalse();
    }

    @Test
    void anEmptyMarkerMeansNothing() {
        assertThat(NONE.namespaceOf("chat:room")).isNull();
        assertThat(NONE.isPrivate("$chat")).isFalse();
        assertThat(NONE.isUserLimited("a#b")).isFalse();
        assertThat(NONE.users("a#b")).isEmpty();
        assertThat(NONE.withoutNamespace("$chat:room")).isEqualTo("$chat:room");
        assertThat(new ChannelNames(255, ":", "#", "", "$").users("a#b,c")).containsExactly("b,c");
    }

    @Test
    void lengthCountsBytesOfUtf8() {
        assertThat(OWN.validName("x".repeat(20))).isTrue();
        assertThat(OWN.validName("x".repeat(21))).isFalse();
        assertThat(OWN.validName("\u00e9".repeat(10))).isTrue();
        assertThat(OWN.validName("\u00e9".repeat(10) + "x")).isFalse();
        assertThat(OWN.validName("\u20ac".repeat(7))).isFalse();
        assertThat(OWN.validName("\ud83d\ude00".repeat(5))).isTrue();
        assertThat(OWN.validName("\ud83d\ude00".repeat(5) + "x")).isFalse();
    }

    @Test
    void controlAndHalfCharactersAreNoNames() {
        for (String bad : new String[] {"", "a\nb", "a\u0000", "a\u007f", "a\u0085", "\ud83d", "\ude00", "\ud83dx"})
            assertThat(NAMES.validName(bad)).as("%s", bad).isFalse();
    }

    @Test
    void withoutAPatternNamesAreAsciiAndWithOneTheyMatchItAfterTheNamespace() {
        var letters =
                ChannelOptions.unlogged().names(Pattern.compile("\\p{L}+")).build();
        var rules = ChannelRules.builder()
                .namespace("chat", letters)
                .withoutNamespace(plain)
                .build();
        assertThat(rules.optionsFor("caf\u00e9")).isSameAs(plain);
        assertThat(rules.allowsName("caf\u00e9", plain)).isFalse();
        assertThat(rules.allowsName("cafe 1", plain)).isTrue();
        assertThat(rules.allowsName("chat:caf\u00e9", letters)).isTrue();
        assertThat(rules.allowsName("$chat:caf\u00e9", letters)).isTrue();
        assertThat(rules.allowsName("chat:caf\u00e91", letters)).isFalse();
        assertThat(rules.allowsName("chat:", letters)).isFalse();
        assertThat(rules.allowsName("chat:*", letters)).isFalse();
    }

    @Test
    void thePatternChannelIsAllowedWhateverNamesMustMatch() {
        var digits = ChannelOptions.unlogged()
                .names(Pattern.compile("\\d+"))
                .with(Feature.WILDCARD)
                .build();
        var rules = ChannelRules.builder()
                .namespace("chat", digits)
                .namespace("plain", plain)
                .build();
        assertThat(rules.allowsName("chat:*", digits)).isTrue();
        assertThat(rules.allowsName("chat:**", digits)).isFalse();
        assertThat(rules.gathers("chat:*")).isTrue();
        for (String other : new String[] {"$chat:*", "plain:*", "chat:1", "chat:*:*", "*", "chat"})
            assertThat(rules.gathers(other)).as(other).isFalse();
    }

    @Test
    void rulesFollowTheNamesTheyAreGiven() {
        var rules = ChannelRules.builder()
                .names(OWN)
                .namespace("chat", plain)
                .channel("chat::a", plain)
                .build();
        assertThat(rules.names()).isSameAs(OWN);
        assertThat(rules.optionsFor("priv-chat::x")).isSameAs(plain);
        assertThat(rules.optionsFor("chat:x")).isNull();
        assertThat(rules.optionsFor("chat::" + "x".repeat(15))).isNull();
    }

    @Test
    void badMarkersAndLateOnesAreRefused() {
        refused(() -> new ChannelNames(0, ":", "#", ",", "$"), "maxLength 0");
        refused(() -> new ChannelNames(5_000, ":", "#", ",", "$"), "maxLength 5000");
        refused(() -> new ChannelNames(255, ":", ":", ",", "$"), "\":\" stands for two things");
        refused(() -> new ChannelNames(255, "\n", "#", ",", "$"), "printable ASCII");
        refused(() -> new ChannelNames(255, ":::::::::", "#", ",", "$"), "0\u20138");
        var dots = ChannelRules.builder().names(new ChannelNames(255, ".", "#", ",", "$"));
        refused(() -> dots.namespace("a.b", plain), "holds the boundary");
        var rules = ChannelRules.builder().channel("x", plain);
        assertThatThrownBy(() -> rules.names(OWN)).isInstanceOf(IllegalStateException.class);
        refused(() -> rules.channel("caf\u00e9", plain), "printable ASCII");
        rules.channel(
                "caf\u00e9",
                ChannelOptions.latest(Duration.ofHours(1))
                        .names(Pattern.compile(".*"))
                        .build());
    }

    private static void refused(ThrowingCallable birth, String reason) {
        assertThatThrownBy(birth).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(reason);
    }
}
