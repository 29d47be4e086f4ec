package dev.openline.tokens;

import static dev.openline.tokens.Signers.everyKey;
import static dev.openline.tokens.Signers.hs256;
import static dev.openline.tokens.Verdicts.NOW;
import static dev.openline.tokens.Verdicts.connection;
import static dev.openline.tokens.Verdicts.now;
import static dev.openline.tokens.Verdicts.subscription;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.openline.protocol.Payload;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What tokens say. */
class ClaimsTest {
    private static ConnectionToken read(String payload) {
        return connection(everyKey(), hs256(payload));
    }

    @Nested
    class Connections {
        @Test
        void anEmptyTokenIsAnAnonymousConnectionThatNeverExpires() {
            assertThat(read("{}")).isEqualTo(new ConnectionToken("", null, null, Map.of(), null, null, null));
        }

        @Test
        void allClaimsAreRead() {
            ConnectionToken token = read(
                    "{\"sub\":\"42\",\"exp\":1800000060,\"iat\":1799999999,\"jti\":\"t1\",\"info\":{\"name\":\"Ann\"},"
                            + "\"channels\":[\"b\",\"a\",\"b\"],\"meta\":{\"tenant\":7},\"aud\":[\"x\"],\"iss\":\"y\",\"other\":[{}]}");
            assertThat(token)
                    .isEqualTo(new ConnectionToken(
                            "42",
                            1_800_000_060L,
                            Payload.of("{\"name\":\"Ann\"}"),
                            Map.of("b", ChannelGrant.PLAIN, "a", ChannelGrant.PLAIN),
                            Payload.of("{\"tenant\":7}"),
                            "t1",
                            1_799_999_999L));
            assertThat(token.channels().keySet()).containsExactly("b", "a");
        }

        @Test
        void subsWinOverChannels() {
            ConnectionToken token =
                    read("{\"channels\":[\"c\"],\"subs\":{\"x\":null,\"y\":{\"info\":1,\"data\":[2],\"override\":{"
                            + "\"presence\":{\"value\":true},\"join_leave\":{\"value\":false},\"force_recovery\":{},\"other\":3}},"
                            + "\"z\":{\"b64info\":\"/wA=\",\"b64data\":\"AQ==\"}}}");
            assertThat(token.channels().keySet()).containsExactly("x", "y", "z");
            assertThat(token.channels().get("x")).isEqualTo(ChannelGrant.PLAIN);
            assertThat(token.channels().get("y"))
                    .isEqualTo(new ChannelGrant(
                            Payload.of("1"), Payload.of("[2]"), new Overrides(true, false, false, null, null)));
            assertThat(token.channels().get("z"))
                    .isEqualTo(new ChannelGrant(
                            Payload.wrap(new byte[] {-1, 0}), Payload.wrap(new byte[] {1}), Overrides.NONE));
        }

        @Test
        void emptySubsWinToo() {
            assertThat(read("{\"channels\":[\"c\"],\"subs\":{}}").channels()).isEmpty();
        }

        @Test
        void infoInBase64WinsUnlessItIsEmpty() {
            assertThat(read("{\"info\":1,\"b64info\":\"Mg==\"}").info()).isEqualTo(Payload.of("2"));
            assertThat(read("{\"info\":1,\"b64info\":\"\"}").info()).isEqualTo(Payload.of("1"));
        }

        @Test
        void anEmptyChannelIsNone() {
            assertThat(read("{\"channel\":\"\",\"sub\":\"u\"}").user()).isEqualTo("u");
        }

        @Test
        void theUserCanBeInAnotherClaim() {
            String token = hs256("{\"sub\":7,\"user_id\":\"u\"}");
            assertThat(connection(everyKey().userIdClaim("user_id"), token).user())
                    .isEqualTo("u");
            assertThat(connection(everyKey().userIdClaim("nobody"), token).user())
                    .isEmpty();
        }

        @Test
        void namesAreReadThroughEscapes() {
            assertThat(read("{\"\\u0073ub\":\"\\u0041\\ud83d\\ude00\"}").user()).isEqualTo("A\ud83d\ude00");
        }
    }

    @Nested
    class Subscriptions {
        @Test
        void allClaimsAreRead() {
            SubscriptionToken token = subscription(
                    everyKey(),
                    hs256(
                            "{\"sub\":\"42\",\"channel\":\"$c\",\"client\":\"id\",\"exp\":1800000060.9,\"expire_at\":1900000000,\"info\":"
                                    + " \"i\" ,\"b64data\":\"MQ==\",\"override\":{\"force_positioning\":{\"value\":true},"
                                    + "\"force_push_join_leave\":{\"value\":true}},\"jti\":\"t\",\"iat\":1}"));
            assertThat(token)
                    .isEqualTo(new SubscriptionToken(
                            "42",
                            "$c",
                            "id",
                            1_900_000_000L,
                            Payload.of("\"i\""),
                            Payload.of("1"),
                            new Overrides(null, null, null, true, true),
                            "t",
                            1L));
        }

        @Test
        void onlyTheChannelIsNeeded() {
            assertThat(subscription(everyKey(), hs256("{\"channel\":\"c\"}")))
                    .isEqualTo(new SubscriptionToken("", "c", "", null, null, null, Overrides.NONE, null, null));
        }
    }

    /** What an application says goes on as it was signed. */
    @Nested
    class Payloads {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "9007199254740993",
                    "1e400",
                    "-0.0",
                    "1.000000000000000000000000000000000000001",
                    "123456789012345678901234567890",
                    "[1 ,2]",
                    "{\"a\" : {\"b\":[true,null]} }",
                    "\"\\u00e9 \\\" \\\\ \\ud800\"",
                    "\"é\ud83d\ude00\"",
                    "true",
                    "[]",
                    "{}",
                    "\"\""
                })
        void jsonKeepsEveryCharacter(String json) {
            assertThat(read("{\"info\":" + json + "}").info()).isEqualTo(Payload.of(json));
            assertThat(read("{ \"x\" : \"é\" , \"info\" :\t" + json + " , \"y\" : 1 }")
                            .info())
                    .isEqualTo(Payload.of(json));
            assertThat(read("{\"subs\":{\"c\":{\"data\":" + json + "}}}")
                            .channels()
                            .get("c")
                            .data())
                    .isEqualTo(Payload.of(json));
        }

        /** A frame of JSON ends with its line. */
        @Test
        void lineBreaksBetweenTokensAreLeftOut() {
            assertThat(read("{\n\"info\":\r\n{\n\"a\":\n1\n}\n}").info()).isEqualTo(Payload.of("{\"a\":1}"));
        }

        @Test
        void aPayloadMayBeAsDeepAsTheBound() {
            String deep = "[".repeat(63) + "]".repeat(63);
            assertThat(read("{\"info\":" + deep + "}").info()).isEqualTo(Payload.of(deep));
        }

        @Test
        void longTokensAreReadWhole() {
            String text = "\"" + "é".repeat(30_000) + "\"";
            TokenOptions.Builder options = everyKey().maxTokenLength(200_000);
            assertThat(connection(options, hs256("{\"info\":" + text + ",\"sub\":\"u\"}")))
                    .isEqualTo(new ConnectionToken("u", null, Payload.of(text), Map.of(), null, null, null));
        }
    }

    @Nested
    class Parties {
        @Test
        void anAudienceIsOneOfTheTokens() {
            connection(everyKey().audience("us"), hs256("{\"aud\":\"us\"}"));
            connection(everyKey().audience("us"), hs256("{\"aud\":[\"others\",\"us\"]}"));
        }

        @Test
        void regularExpressionsAreFoundAnywhereUnlessAnchored() {
            String token = hs256("{\"aud\":[\"a\",\"app-7\"],\"iss\":\"https://issuer/7\"}");
            connection(everyKey().audienceRegex("p-\\d").issuerRegex("^https://issuer/\\d$"), token);
            assertThat(now(new TokenVerifier(everyKey().issuerRegex("^http$").build()).connection(token, NOW)))
                    .isInstanceOf(Verdict.Invalid.class);
        }

        @Test
        void anExactIssuerIsNoRegularExpression() {
            connection(everyKey().issuer("a.c\\E|"), hs256("{\"iss\":\"a.c\\\\E|\"}"));
            assertThat(now(new TokenVerifier(everyKey().issuer("a.c").build())
                            .connection(hs256("{\"iss\":\"abc\"}"), NOW)))
                    .isInstanceOf(Verdict.Invalid.class);
        }
    }

    @Nested
    class Numbers {
        @ParameterizedTest
        @CsvSource({
            "1800000001, 1800000001",
            "1800000001.999, 1800000001",
            "1.8000000015e9, 1800000001",
            "1e400, 253402300799",
            "1e999999999, 253402300799",
            "99999999999999999999999999, 253402300799",
            "9223372036854775807, 253402300799",
        })
        void datesAreReadWhateverTheirSpelling(String exp, long seconds) {
            assertThat(read("{\"exp\":" + exp + "}").expireAtSeconds()).isEqualTo(seconds);
        }

        @Test
        void aDateOfManyDigitsIsRead() {
            assertThat(read("{\"exp\":" + "9".repeat(5000) + "}").expireAtSeconds())
                    .isEqualTo(253_402_300_799L);
        }

        @Test
        void aDateBeforeTimeBeganIsInThePast() {
            assertThat(read("{\"expire_at\":-1e400}").expireAtSeconds()).isEqualTo(-253_402_300_799L);
        }
    }

    @Test
    void whatTokensSayIsNotInTheirToString() {
        ConnectionToken token = read("{\"sub\":\"u\",\"info\":{\"name\":\"Ann\"},\"meta\":{\"name\":\"Ann\"}}");
        assertThat(token.toString()).doesNotContain("Ann");
        assertThatThrownBy(() -> token.channels().put("x", ChannelGrant.PLAIN))
                .isInstanceOf(UnsupportedOperationException.class);
    }
}
