package dev.openline.tokens;

import static dev.openline.tokens.Signers.encode;
import static dev.openline.tokens.Signers.hs256;
import static dev.openline.tokens.Verdicts.NOW;
import static dev.openline.tokens.Verdicts.now;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every kind of broken token, and what is said of it: always the same words, never the token's. */
class BrokenTokensTest {
    private static final String MARK = "marked-by-the-test";
    private static final String GOOD = hs256("{\"sub\":\"" + MARK + "\"}");
    private static final TokenVerifier VERIFIER =
            new TokenVerifier(Signers.everyKey().audience("us").issuer("them").build());

    /** What a payload needs to get as far as its own claims. */
    private static final String FOR_US = "{\"aud\":\"us\",\"iss\":\"them\",\"sub\":\"" + MARK + "\"";

    private static String header(String json) {
        return hs256(json.getBytes(StandardCharsets.UTF_8), "{}".getBytes(StandardCharsets.UTF_8));
    }

    private static String claims(String more) {
        return hs256(FOR_US + "," + more + "}");
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) bytes[i] = (byte) values[i];
        return bytes;
    }

    static Stream<Arguments> forms() {
        String parts = "not three parts with dots between them (RFC 7515 §7.1)";
        String base64 = "a part is not Base64url (RFC 7515 §2)";
        String spelling = "a part is not in the one spelling of Base64url (RFC 7515 §2)";
        int dot = GOOD.lastIndexOf('.');
        return Stream.of(
                Arguments.of("", parts),
                Arguments.of(".", parts),
                Arguments.of("a.b", parts),
                Arguments.of("a.b.c.d", parts),
                Arguments.of("a.b.c.d.e", parts), // encrypted, RFC 7516
                Arguments.of("..", "the header is not a JSON object"),
                Arguments.of("{\"payload\":\"\",\"signatures\":[]}", parts),
                Arguments.of("!." + GOOD.substring(GOOD.indexOf('.') + 1), base64),
                Arguments.of(GOOD + "=", spelling),
                Arguments.of(GOOD + "\n", base64),
                Arguments.of(" " + GOOD, base64),
                Arguments.of("Bearer " + GOOD, base64),
                Arguments.of(GOOD.substring(0, dot) + ".+/+/", base64),
                Arguments.of(GOOD.substring(0, dot) + ".é", base64),
                Arguments.of(GOOD.substring(0, dot) + ".\u4e00", base64),
                Arguments.of(GOOD.substring(0, dot) + ".A", base64),
                Arguments.of(GOOD.substring(0, dot) + ".AB", spelling),
                Arguments.of(GOOD.substring(0, dot + 1), "the signature is of no key"),
                Arguments.of(GOOD.substring(0, dot) + ".AA", "the signature is of no key"),
                Arguments.of("a".repeat(16 * 1024 + 1), "longer than 16384 characters (maxTokenLength)"));
    }

    static Stream<Arguments> headers() {
        return Stream.of(
                Arguments.of(header("{}"), "the header has no alg"),
                Arguments.of(header("{\"alg\":null}"), "the header has no alg"),
                Arguments.of(header("{\"alg\":1}"), "alg is not a string"),
                Arguments.of(header("{\"alg\":[\"HS256\"]}"), "alg is not a string"),
                Arguments.of(header("{\"alg\":\"HS256\",\"alg\":\"none\"}"), "the header is not JSON"),
                Arguments.of(header("{\"alg\":\"HS256\",\"kid\":7}"), "kid is not a string"),
                Arguments.of(header("{\"alg\":\"HS256\",\"crit\":[\"exp\"]}"), "the header asks for extensions (crit)"),
                Arguments.of(
                        header("{\"alg\":\"HS256\",\"b64\":false,\"crit\":[\"b64\"]}"),
                        "the header asks for extensions (crit)"),
                Arguments.of(header("[]"), "the header is not a JSON object"),
                Arguments.of(header("\"HS256\""), "the header is not a JSON object"),
                Arguments.of(header("{\"alg\":\"HS256\"}{}"), "the header is more than one JSON object"),
                Arguments.of(header("{\"alg\":\"HS256\""), "the header is not JSON"),
                Arguments.of(header("{'alg':'HS256'}"), "the header is not JSON"),
                Arguments.of(header("{\"alg\":\"HS256\",\"x\":" + "[".repeat(64)), "the header is JSON beyond a limit"),
                Arguments.of(encode(bytes('{', 0xff, '}')) + ".e30.AA", "the header is not UTF-8"),
                Arguments.of(
                        encode("{\"alg\":\"HS256\"}".getBytes(StandardCharsets.UTF_16LE)) + ".e30.AA",
                        "the header is not JSON"));
    }

    static Stream<Arguments> payloads() {
        byte[] header = "{\"alg\":\"HS256\"}".getBytes(StandardCharsets.UTF_8);
        return Stream.of(
                Arguments.of(hs256(""), "the payload is not a JSON object"),
                Arguments.of(hs256("null"), "the payload is not a JSON object"),
                Arguments.of(hs256("[{}]"), "the payload is not a JSON object"),
                Arguments.of(hs256("{} {}"), "the payload is more than one JSON object"),
                Arguments.of(hs256("{\"sub\":\"" + MARK), "the payload is not JSON"),
                Arguments.of(hs256("{\"sub\":\"" + MARK + "\",}"), "the payload is not JSON"),
                Arguments.of(hs256("{\"sub\":\"" + MARK + "\",\"sub\":\"b\"}"), "the payload is not JSON"),
                Arguments.of(hs256("{\"exp\":NaN}"), "the payload is not JSON"),
                Arguments.of(hs256("{\"exp\":01}"), "the payload is not JSON"),
                Arguments.of(hs256(header, bytes('{', '"', 0xc3, '"', ':', '1', '}')), "the payload is not UTF-8"),
                Arguments.of(hs256(header, bytes('{', 0, '}', 0)), "the payload is not JSON"),
                Arguments.of(
                        hs256("{\"info\":" + "[".repeat(64) + "]".repeat(64) + "}"),
                        "the payload is JSON beyond a limit"),
                Arguments.of(hs256("{\"info\":" + "{\"a\":".repeat(2000)), "the payload is JSON beyond a limit"));
    }

    static Stream<Arguments> types() {
        return Stream.of(
                Arguments.of(claims("\"exp\":\"1900000000\""), "exp is not a number"),
                Arguments.of(claims("\"exp\":{}"), "exp is not a number"),
                Arguments.of(claims("\"nbf\":true"), "nbf is not a number"),
                Arguments.of(claims("\"iat\":[1]"), "iat is not a number"),
                Arguments.of(claims("\"expire_at\":\"0\""), "expire_at is not a number"),
                Arguments.of(claims("\"jti\":1"), "jti is not a string"),
                Arguments.of(claims("\"jti\":\"\\ud800\""), "jti holds half a character"),
                Arguments.of(claims("\"b64info\":{}"), "b64info is not a string"),
                Arguments.of(claims("\"b64info\":\"?\""), "b64info is not Base64"),
                Arguments.of(claims("\"info\":{\"\\udc00\":1}"), "info is not one JSON value with whole characters"),
                Arguments.of(claims("\"meta\":[]"), "meta is not an object"),
                Arguments.of(claims("\"meta\":\"x\""), "meta is not an object"),
                Arguments.of(claims("\"channels\":\"x\""), "channels is not an array"),
                Arguments.of(claims("\"channels\":[\"x\",1]"), "channels holds what is not a string"),
                Arguments.of(claims("\"channels\":[null]"), "channels holds what is not a string"),
                Arguments.of(claims("\"channels\":[[\"x\"]]"), "channels holds what is not a string"),
                Arguments.of(claims("\"channels\":[\"\"]"), "a channel without a name"),
                Arguments.of(claims("\"subs\":{\"x\":{}},\"channels\":7"), "channels is not an array"),
                Arguments.of(claims("\"subs\":[\"x\"]"), "subs is not an object"),
                Arguments.of(claims("\"subs\":{\"" + MARK + "\":1}"), "a member of subs is not an object"),
                Arguments.of(claims("\"subs\":{\"\\ud800\":{}}"), "a member of subs holds half a character"),
                Arguments.of(claims("\"subs\":{\"\":{}}"), "a channel without a name"),
                Arguments.of(claims("\"subs\":{\"x\":{\"override\":1}}"), "override is not an object"),
                Arguments.of(
                        claims("\"subs\":{\"x\":{\"override\":{\"presence\":true}}}"), "presence is not an object"),
                Arguments.of(
                        claims("\"subs\":{\"x\":{\"override\":{\"join_leave\":{\"value\":1}}}}"),
                        "value is not a boolean"),
                Arguments.of(claims("\"subs\":{\"x\":{\"b64data\":\"=\"}}"), "b64data is not Base64"),
                Arguments.of(claims("\"channel\":\"x\""), "a connection token has no channel"),
                Arguments.of(claims("\"channel\":7"), "channel is not a string"));
    }

    static Stream<Arguments> parties() {
        return Stream.of(
                Arguments.of(hs256("{\"iss\":\"them\"}"), "aud is not what audience asks for"),
                Arguments.of(hs256("{\"iss\":\"them\",\"aud\":\"us!\"}"), "aud is not what audience asks for"),
                Arguments.of(hs256("{\"iss\":\"them\",\"aud\":[]}"), "aud is not what audience asks for"),
                Arguments.of(hs256("{\"iss\":\"them\",\"aud\":[\"US\"]}"), "aud is not what audience asks for"),
                Arguments.of(hs256("{\"iss\":\"them\",\"aud\":{\"us\":1}}"), "aud is not an array"),
                Arguments.of(hs256("{\"iss\":\"them\",\"aud\":[\"us\",1]}"), "aud holds what is not a string"),
                Arguments.of(hs256("{\"aud\":\"us\"}"), "iss is not what issuer asks for"),
                Arguments.of(hs256("{\"aud\":\"us\",\"iss\":\"them\\n\"}"), "iss is not what issuer asks for"),
                Arguments.of(hs256("{\"aud\":\"us\",\"iss\":[\"them\"]}"), "iss is not a string"),
                Arguments.of(hs256("{\"aud\":\"us\",\"iss\":\"them\",\"sub\":7}"), "sub is not a string"),
                Arguments.of(hs256("{\"aud\":\"us\",\"iss\":\"them\",\"sub\":[\"a\"]}"), "sub is not a string"));
    }

    static Stream<Arguments> subscriptions() {
        return Stream.of(
                Arguments.of(hs256(FOR_US + "}"), "a subscription token has a channel"),
                Arguments.of(claims("\"channel\":\"\""), "a subscription token has a channel"),
                Arguments.of(claims("\"channel\":null"), "a subscription token has a channel"),
                Arguments.of(claims("\"channel\":[\"x\"]"), "channel is not a string"),
                Arguments.of(claims("\"channel\":\"x\",\"client\":1"), "client is not a string"),
                Arguments.of(claims("\"channel\":\"x\",\"b64data\":\"*\""), "b64data is not Base64"),
                Arguments.of(claims("\"channel\":\"x\",\"override\":[]"), "override is not an object"));
    }

    @ParameterizedTest
    @MethodSource({"forms", "headers", "payloads", "types", "parties"})
    void aBrokenConnectionTokenIsInvalidAndTheReasonQuotesNothing(String token, String rule) {
        Verdict<ConnectionToken> verdict = now(VERIFIER.connection(token, NOW));
        assertThat(verdict).isEqualTo(new Verdict.Invalid<ConnectionToken>(rule));
        assertThat(rule).doesNotContain(MARK);
    }

    @ParameterizedTest
    @MethodSource({"forms", "headers", "payloads", "subscriptions"})
    void aBrokenSubscriptionTokenIsInvalid(String token, String rule) {
        // A payload that lacks what every subscription token has is refused for that, if it is JSON at all.
        assertThat(now(VERIFIER.subscription(token, NOW))).isEqualTo(new Verdict.Invalid<SubscriptionToken>(rule));
    }

    @Test
    void aSignatureIsLookedAtBeforeThePayload() {
        String forged = GOOD.substring(0, GOOD.indexOf('.') + 1) + encode("not JSON") + ".AA";
        assertThat(now(VERIFIER.connection(forged, NOW)))
                .isEqualTo(new Verdict.Invalid<ConnectionToken>("the signature is of no key"));
    }

    /** RFC 7515 §4.1.3: a token's own key would make everybody an issuer. */
    @Test
    void aKeyInTheHeaderIsIgnored() {
        var stranger = Signers.newPair(Algorithm.KeyKind.P256);
        String jwk = ",\"jwk\":" + Signers.jwk(stranger.getPublic(), "");
        assertThat(now(VERIFIER.connection(Signers.signed(Algorithm.ES256, jwk, FOR_US + "}", stranger), NOW)))
                .isEqualTo(new Verdict.Invalid<ConnectionToken>("the signature is of no key"));
    }

    @Test
    void nullIsAClaimThatWasNotSent() {
        String token = claims(
                "\"exp\":null,\"info\":null,\"channels\":null,\"subs\":null,\"meta\":null,\"channel\":null,\"jti\":null");
        ConnectionToken read = Verdicts.valid(now(VERIFIER.connection(token, NOW)));
        assertThat(read.expireAtSeconds()).isNull();
        assertThat(read.info()).isNull();
        assertThat(read.meta()).isNull();
        assertThat(read.channels()).isEmpty();
    }
}
