package dev.openline.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.openline.wire.Header;
import dev.openline.wire.Headers;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("RFC 6455 §10.2 origins")
class OriginRuleTest {
    private static Headers from(String host, String origin) {
        return Headers.of(new Header("Host", host), new Header("Origin", origin));
    }

    @Test
    void programsThatAreNoPagesPass() {
        assertThat(OriginRule.sameHost().allows(Headers.of(new Header("Host", "a.example"))))
                .isTrue();
    }

    @Test
    void theSamePortIsPartOfTheSameHost() {
        assertThat(OriginRule.sameHost().allows(from("a.example:8000", "http://a.example:8000")))
                .isTrue();
        assertThat(OriginRule.sameHost().allows(from("a.example:8000", "http://a.example")))
                .isFalse();
        assertThat(OriginRule.sameHost().allows(from("a.example:443", "https://a.example")))
                .isTrue();
        assertThat(OriginRule.sameHost().allows(from("a.example:443", "http://a.example")))
                .isFalse();
        assertThat(OriginRule.sameHost().allows(from("A.example", "http://a.EXAMPLE")))
                .isTrue();
        assertThat(OriginRule.sameHost().allows(from("[::1]:8000", "http://[::1]:8000")))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "",
                "NULL",
                "://",
                "http://",
                "http:///",
                "javascript:alert(1)",
                "http://a.example.",
                "a.example"
            })
    void whatIsNoOriginOfTheHostIsRefused(String origin) {
        assertThat(OriginRule.sameHost().allows(from("a.example", origin))).isFalse();
        assertThat(OriginRule.sameHost().allows(from("", origin))).isFalse();
        assertThat(OriginRule.allowing(List.of("https://b.example")).allows(from("a.example", origin)))
                .isFalse();
    }

    @Test
    void anAllowListNamesWholeOrigins() {
        OriginRule rule = OriginRule.allowing(List.of("https://b.example", "http://c.example:8080"));
        assertThat(rule.allows(from("a.example", "https://b.example"))).isTrue();
        assertThat(rule.allows(from("a.example", "https://B.example:443"))).isTrue();
        assertThat(rule.allows(from("a.example", "http://b.example"))).isFalse();
        assertThat(rule.allows(from("a.example", "https://b.example.evil.example")))
                .isFalse();
        assertThat(rule.allows(from("a.example", "https://x.b.example"))).isFalse();
        assertThat(rule.allows(from("a.example", "http://c.example:8080"))).isTrue();
        assertThat(rule.allows(from("a.example", "http://a.example"))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "*", "b.example", "https://b.example/path", "https://*.example/"})
    void whatIsNoOriginCannotBeAllowed(String origin) {
        assertThatThrownBy(() -> OriginRule.allowing(List.of(origin))).isInstanceOf(IllegalArgumentException.class);
    }
}
