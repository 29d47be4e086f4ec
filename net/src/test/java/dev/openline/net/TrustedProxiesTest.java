package dev.openline.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.openline.wire.Header;
import dev.openline.wire.Headers;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("who is believed about where a request comes from")
class TrustedProxiesTest {
    private static final TrustedProxies PROXIES = TrustedProxies.at("10.0.0.0/8", "fd00::/8");

    private static Arrival from(String peer) {
        SocketAddress address = new InetSocketAddress(AddressRange.literal(peer), 4711);
        return new Arrival(address, address, false, null);
    }

    private static String client(Arrival arrival) {
        return ((InetSocketAddress) arrival.client()).getAddress().getHostAddress();
    }

    private static Headers headers(String... namesAndValues) {
        java.util.List<Header> fields = new java.util.ArrayList<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            fields.add(new Header(namesAndValues[i], namesAndValues[i + 1]));
        }
        return Headers.of(fields);
    }

    @ParameterizedTest(name = "{0}: {1} -> {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                "10.1.1.1 | 203.0.113.7 | 203.0.113.7",
                "10.1.1.1 | 198.51.100.9, 203.0.113.7 | 203.0.113.7",
                "10.1.1.1 | 198.51.100.9, 203.0.113.7, 10.2.2.2 | 203.0.113.7",
                "10.1.1.1 | 10.3.3.3, 10.2.2.2 | 10.3.3.3",
                "10.1.1.1 | 203.0.113.7, unknown | 10.1.1.1",
                "10.1.1.1 | 203.0.113.7, 10.2.2.2, nonsense | 10.1.1.1",
                "10.1.1.1 | 203.0.113.7:1234 | 203.0.113.7",
                "10.1.1.1 | [2001:db8::7]:1234 | 2001:db8:0:0:0:0:0:7",
                "10.1.1.1 | 2001:db8::7 | 2001:db8:0:0:0:0:0:7",
                "10.1.1.1 | ::ffff:203.0.113.7 | 203.0.113.7",
                "fd00::1 | 203.0.113.7 | 203.0.113.7",
                "10.1.1.1 | localhost | 10.1.1.1",
                "10.1.1.1 | , , | 10.1.1.1",
                "203.0.113.1 | 198.51.100.9 | 203.0.113.1",
                "11.0.0.1 | 198.51.100.9 | 11.0.0.1",
            })
    void theRightmostAddressThatIsNoTrustedProxyIsTheClient(String peer, String forwarded, String expected) {
        Arrival arrival = PROXIES.believe(from(peer), headers("X-Forwarded-For", forwarded));
        assertThat(client(arrival)).isEqualTo(expected);
        assertThat(arrival.peer()).isEqualTo(from(peer).peer());
    }

    @Test
    void severalFieldsAreOneList() {
        Headers two = headers("X-Forwarded-For", "203.0.113.7", "x-forwarded-for", "198.51.100.9, 10.2.2.2");
        assertThat(client(PROXIES.believe(from("10.1.1.1"), two))).isEqualTo("198.51.100.9");
    }

    @Test
    void onlyTheKindOfHeaderThatTheProxiesSendIsRead() {
        Headers both = headers("X-Forwarded-For", "203.0.113.7", "Forwarded", "for=198.51.100.9");
        assertThat(client(PROXIES.believe(from("10.1.1.1"), both))).isEqualTo("203.0.113.7");
        assertThat(client(PROXIES.sendingForwarded().believe(from("10.1.1.1"), both)))
                .isEqualTo("198.51.100.9");
        assertThat(client(PROXIES.sendingNoHeaders().believe(from("10.1.1.1"), both)))
                .isEqualTo("10.1.1.1");
        assertThat(client(TrustedProxies.none().believe(from("10.1.1.1"), both)))
                .isEqualTo("10.1.1.1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "for=203.0.113.7 | 203.0.113.7",
                "For=\"203.0.113.7:80\";proto=https;by=10.1.1.1 | 203.0.113.7",
                "for=\"[2001:db8::7]:47011\" | 2001:db8:0:0:0:0:0:7",
                "for=198.51.100.9, for=203.0.113.7, for=10.2.2.2 | 203.0.113.7",
                "for=\"a, for=198.51.100.9\", for=203.0.113.7 | 203.0.113.7",
                "for=198.51.100.9, for=unknown | 10.1.1.1",
                "for=198.51.100.9, for=_hidden | 10.1.1.1",
                "for=\"198.51.100.9, for=203.0.113.7 | 10.1.1.1",
                "for=198.51.100.9\"x\" | 10.1.1.1",
                "nonsense | 10.1.1.1",
            })
    void forwardedIsReadByItsGrammarAndNotAtAllWhereItBreaksIt(String forwarded, String expected) {
        Arrival arrival = PROXIES.sendingForwarded().believe(from("10.1.1.1"), headers("Forwarded", forwarded));
        assertThat(client(arrival)).isEqualTo(expected);
    }

    @Test
    void schemeAndHostAreThoseThatTheProxyNextToTheClientSaw() {
        Headers listed = headers(
                "X-Forwarded-For", "198.51.100.9, 203.0.113.7, 10.2.2.2",
                "X-Forwarded-Proto", "http, https, http",
                "X-Forwarded-Host", "evil.example, a.example, inner.example");
        Arrival arrival = PROXIES.believe(from("10.1.1.1"), listed);
        assertThat(arrival.secure()).isTrue();
        assertThat(arrival.host()).isEqualTo("a.example");
        Headers one = headers("X-Forwarded-For", "198.51.100.9, 203.0.113.7", "X-Forwarded-Proto", "https");
        assertThat(PROXIES.believe(from("10.1.1.1"), one).secure()).isTrue();
        Headers forwarded = headers(
                "Forwarded",
                "for=198.51.100.9;host=evil.example, for=203.0.113.7;proto=https;host=a.example, for=10.2.2.2");
        Arrival by = PROXIES.sendingForwarded().believe(from("10.1.1.1"), forwarded);
        assertThat(by.secure()).isTrue();
        assertThat(by.host()).isEqualTo("a.example");
    }

    @Test
    void strangersSayNothingAboutSchemeAndHost() {
        Headers spoofed =
                headers("X-Forwarded-Proto", "https", "X-Forwarded-Host", "a.example", "Forwarded", "proto=https");
        Arrival arrival = PROXIES.believe(from("203.0.113.1"), spoofed);
        assertThat(arrival).isEqualTo(from("203.0.113.1"));
    }

    @Test
    void aMalformedSchemeOrHostIsNone() {
        Headers bad =
                headers("X-Forwarded-For", "203.0.113.7", "X-Forwarded-Proto", "gopher", "X-Forwarded-Host", "a b");
        Arrival arrival = PROXIES.believe(from("10.1.1.1"), bad);
        assertThat(arrival.secure()).isFalse();
        assertThat(arrival.host()).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "example.com",
                "10.0.0.0/33",
                "10.0.0.0/",
                "10.0.0.0/-1",
                "::1/129",
                "[::1]",
                "10.0.0",
                "fe80::1%lo"
            })
    void whatIsNoAddressCannotBeTrusted(String range) {
        assertThatThrownBy(() -> TrustedProxies.at(range)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.255.255.255, true",
        "10.0.0.0/8, 11.0.0.0, false",
        "10.1.2.3, 10.1.2.3, true",
        "10.1.2.3, 10.1.2.4, false",
        "10.1.2.128/25, 10.1.2.127, false",
        "10.1.2.128/25, 10.1.2.255, true",
        "0.0.0.0/0, 1.2.3.4, true",
        "0.0.0.0/0, ::1, false",
        "2001:db8::/33, 2001:db8:7fff::1, true",
        "2001:db8::/33, 2001:db8:8000::1, false",
        "::ffff:10.1.2.3, 10.1.2.3, true",
    })
    void aRangeIsItsFirstBits(String range, String address, boolean inside) {
        InetAddress literal = AddressRange.literal(address);
        assertThat(AddressRange.parse(range).contains(literal)).isEqualTo(inside);
    }
}
