package dev.openline.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.openline.wire.Header;
import dev.openline.wire.Headers;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("RFC 6455 §10.2 origins")
class OriginRuleTest {
    private static final Arrival THROUGH_PROXY = new Arrival(null, null, true, "a.example");

    private static HttpRequest request(Header... headers) {
        return HttpRequest.of("GET", "/", Headers.of(headers));
    }

    private static HttpRequest from(String host, String origin) {
        return request(new Header("Host", host), new Header("Origin", origin));
    }

    private static HttpRequest overTls(HttpRequest request) {
        return arrived(request, new Arrival(null, null, true, null));
    }

    private static HttpRequest arrived(HttpRequest request, Arrival how) {
        return HttpRequest.of(request.method(), request.target(), request.headers(), how);
    }

    @Test
    void programsThatAreNoPagesPass() {
        assertThat(OriginRule.sameHost().allows(request(new Header("Host", "a.example"))))
                .isTrue();
    }

    @ParameterizedTest(name = "a page of {1} at the host {0}")
    @CsvSource({
        "a.example, http://a.example",
        "a.example, https://a.example",
        "a.example:8000, http://a.example:8000",
        "a.example:443, https://a.example",
        "a.example, https://a.example:443",
        "a.example:80, http://a.example",
        "A.example, HTTP://a.EXAMPLE",
        "a.example., http://a.example.",
        "[::1]:8000, http://[::1]:8000",
        "[2001:DB8::1], https://[2001:db8::1]",
        "my_host:8000, http://my_host:8000",
        "xn--bcher-kva.example, https://xn--bcher-kva.example",
        "127.0.0.1, http://127.0.0.1",
    })
    void aPageOfTheSameHostMay(String host, String origin) {
        assertThat(OriginRule.sameHost().allows(from(host, origin))).isTrue();
    }

    @ParameterizedTest(name = "a page of {1} at the host {0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "a.example:8000 | http://a.example",
                "a.example | http://a.example:8000",
                "a.example:443 | http://a.example",
                "a.example:80 | https://a.example",
                "a.example | http://a.example.",
                "a.example. | http://a.example",
                "a.example | http://a.example:",
                "a.example | http://a.example:080",
                "a.example | http://a.example:+80",
                "a.example | http://a.example:65616",
                "a.example:080 | http://a.example:080",
                "a.example | http://a.example@evil.example",
                "a.example | http://evil.example@a.example",
                "a.example | http://a.example:80@evil.example",
                "a.example | http://a.example#.evil.example",
                "a.example | http://a.example/",
                "a.example | http://a.example?",
                "a.example | http://a.example\\.evil.example",
                "a.example | http://a.example%2eevil.example",
                "a.example | http://%61.example",
                "a.example | http://a.example evil.example",
                "a.example | http://a.example, http://evil.example",
                "a.example | http://xa.example",
                "a.example | http://a.example.evil.example",
                "a.example | ws://a.example",
                "a.example | ftp://a.example",
                "a.example | chrome-extension://a.example",
                "a.example | //a.example",
                "[::1] | http://[::1",
                "[::1] | http://::1",
                "[::1] | http://[::1]x",
                "[::1] | http://[::1]:",
                "[::1] | http://[fe80::1%25lo]",
                "[v1.a] | http://[v1.a]",
                "bücher.example | http://bücher.example",
                "xn--bcher-kva.example | http://bücher.example",
                "a.example | http://ａ.example",
            })
    void aPageOfAnotherHostOrOneThatNoBrowserSpellsMayNot(String host, String origin) {
        assertThat(OriginRule.sameHost().allows(from(host, origin))).isFalse();
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
                "a.example",
                "file://",
                "*"
            })
    void whatIsNoOriginIsRefused(String origin) {
        assertThat(OriginRule.sameHost().allows(from("a.example", origin))).isFalse();
        assertThat(OriginRule.sameHost().allows(from("", origin))).isFalse();
        assertThat(OriginRule.sameHost().allows(from("null", origin))).isFalse();
        assertThat(OriginRule.allowing(List.of("https://b.example")).allows(from("a.example", origin)))
                .isFalse();
    }

    @Test
    void severalOriginsAreNone() {
        HttpRequest two = request(
                new Header("Host", "a.example"),
                new Header("Origin", "http://a.example"),
                new Header("Origin", "http://a.example"));
        assertThat(OriginRule.sameHost().allows(two)).isFalse();
        assertThat(OriginRule.allowing(List.of("http://a.example")).allows(two)).isFalse();
    }

    @Test
    void withoutAHostNothingIsTheSame() {
        assertThat(OriginRule.sameHost().allows(request(new Header("Origin", "http://a.example"))))
                .isFalse();
    }

    @Test
    void overTlsThePageMustHaveComeByTlsToo() {
        assertThat(OriginRule.sameHost().allows(overTls(from("a.example", "https://a.example"))))
                .isTrue();
        assertThat(OriginRule.sameHost().allows(overTls(from("a.example", "http://a.example"))))
                .isFalse();
        assertThat(OriginRule.sameHost().allows(overTls(from("a.example:443", "http://a.example:443"))))
                .isFalse();
    }

    @Test
    void aTrustedProxyNamesTheHostThatThePageDialled() {
        HttpRequest behind = arrived(from("inner:8000", "https://a.example"), THROUGH_PROXY);
        assertThat(OriginRule.sameHost().allows(behind)).isTrue();
        HttpRequest inner = arrived(from("inner:8000", "https://inner:8000"), THROUGH_PROXY);
        assertThat(OriginRule.sameHost().allows(inner)).isFalse();
    }

    @Test
    void anAllowListNamesWholeOrigins() {
        OriginRule rule =
                OriginRule.allowing(List.of("https://b.example", "http://c.example:8080", "capacitor://localhost"));
        assertThat(rule.allows(from("a.example", "https://b.example"))).isTrue();
        assertThat(rule.allows(from("a.example", "https://B.example:443"))).isTrue();
        assertThat(rule.allows(from("a.example", "http://b.example"))).isFalse();
        assertThat(rule.allows(from("a.example", "https://b.example."))).isFalse();
        assertThat(rule.allows(from("a.example", "https://b.example.evil.example")))
                .isFalse();
        assertThat(rule.allows(from("a.example", "https://x.b.example"))).isFalse();
        assertThat(rule.allows(from("a.example", "http://c.example:8080"))).isTrue();
        assertThat(rule.allows(from("a.example", "capacitor://localhost"))).isTrue();
        assertThat(rule.allows(from("a.example", "http://a.example"))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"null", "*", "b.example", "https://b.example/path", "https://*.example", "https://bücher.example"
            })
    void whatIsNoOriginCannotBeAllowed(String origin) {
        assertThatThrownBy(() -> OriginRule.allowing(List.of(origin))).isInstanceOf(IllegalArgumentException.class);
    }
}
