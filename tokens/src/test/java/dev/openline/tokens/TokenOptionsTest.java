package dev.openline.tokens;

import static dev.openline.tokens.Signers.pair;
import static dev.openline.tokens.Signers.pem;
import static dev.openline.tokens.Verdicts.connection;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.openline.tokens.Algorithm.KeyKind;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** A bad option is refused at once, by its name. */
class TokenOptionsTest {
    private static final TokenOptions.Builder OPTIONS = TokenOptions.builder();
    private static final PublicKey RSA = pair(KeyKind.RSA).getPublic();

    private static void assertRefused(String option, ThrowingCallable setting) {
        assertThatThrownBy(setting).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(option);
    }

    private static int warningsOf(TokenOptions.Builder options) {
        Logger logger = (Logger) LoggerFactory.getLogger(TokenVerifier.class);
        ListAppender<ILoggingEvent> heard = new ListAppender<>();
        heard.start();
        logger.addAppender(heard);
        try {
            TokenVerifier unused = new TokenVerifier(options.build());
            assertThat(unused).isNotNull();
        } finally {
            logger.detachAppender(heard);
        }
        return heard.list.size();
    }

    @Nested
    class Secrets {
        @Test
        void anEmptyOneIsRefused() {
            assertRefused("hmac_secret_key", () -> OPTIONS.hmacSecretKey(""));
            assertRefused("hmac_previous_secret_key", () -> OPTIONS.hmacPreviousSecretKey("", null));
        }

        /** Whoever knows the public key could sign. */
        @Test
        void aKeyInPemIsNoSecret() {
            assertRefused("hmac_secret_key", () -> OPTIONS.hmacSecretKey(pem(RSA)));
        }

        @Test
        void aShortOneIsTakenWithAWarning() {
            TokenOptions.Builder options = TokenOptions.builder().hmacSecretKey("short");
            assertThat(connection(
                                    options,
                                    TokenIssuer.hmac("short").connection("u").sign())
                            .user())
                    .isEqualTo("u");
            assertThat(warningsOf(options)).isEqualTo(1);
            assertThat(warningsOf(TokenOptions.builder().hmacSecretKey("s".repeat(32))))
                    .isZero();
        }
    }

    @Nested
    class Keys {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    "ssh-rsa AAAA",
                    "-----BEGIN PUBLIC KEY-----",
                    "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
                    "-----BEGIN PUBLIC KEY-----\n!\n-----END PUBLIC KEY-----",
                    "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
                    "-----BEGIN RSA PUBLIC KEY-----\nAAAA\n-----END RSA PUBLIC KEY-----",
                    "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
                    "-----BEGIN EC PARAMETERS-----\nAAAA\n-----END EC PARAMETERS-----"
                })
        void whatIsNoPublicKeyIsRefused(String pem) {
            assertRefused("rsa_public_key", () -> OPTIONS.rsaPublicKey(pem));
            assertRefused("ecdsa_public_key", () -> OPTIONS.ecdsaPublicKey(pem));
            assertRefused("ed25519_public_key", () -> OPTIONS.ed25519PublicKey(pem));
        }

        @Test
        void aKeyOfAnotherKindIsRefused() {
            assertRefused("ecdsa_public_key", () -> OPTIONS.ecdsaPublicKey(pem(RSA)));
            assertRefused(
                    "rsa_public_key",
                    () -> OPTIONS.rsaPublicKey(pem(pair(KeyKind.P256).getPublic())));
            assertRefused(
                    "ed25519_public_key",
                    () -> OPTIONS.ed25519PublicKey(pem(pair(KeyKind.P256).getPublic())));
        }

        @Test
        void aKeyThatIsTooSmallIsRefused() throws Exception {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(1024);
            String small = pem(generator.generateKeyPair().getPublic());
            assertRefused("rsa_public_key is an RSA key of 1024 bits", () -> OPTIONS.rsaPublicKey(small));
        }

        @Test
        void anRsaKeyMayHaveTheOlderForm() {
            byte[] spki = RSA.getEncoded();
            byte[] pkcs1 = Arrays.copyOfRange(
                    spki, 24, spki.length); // after the outer head, the algorithm, and the bit string's head
            String pem = "-----BEGIN RSA PUBLIC KEY-----\n"
                    + Base64.getMimeEncoder().encodeToString(pkcs1)
                    + "\n-----END RSA PUBLIC KEY-----";
            assertThat(PemKey.parse("k", "RSA", pem)).isEqualTo(RSA);
            assertThat(((RSAPublicKey) RSA).getModulus().bitLength()).isEqualTo(2048);
        }

        @Test
        void lineBreaksMayBeWrittenAsEnvironmentVariablesHaveThem() {
            assertThat(PemKey.parse("k", "RSA", pem(RSA).replace("\n", "\\n"))).isEqualTo(RSA);
            assertThat(PemKey.parse("k", "RSA", pem(RSA).replace("\n", "\r\n"))).isEqualTo(RSA);
            assertThat(PemKey.parse("k", "RSA", "subject=x\n" + pem(RSA))).isEqualTo(RSA);
        }
    }

    @Nested
    class Endpoints {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "http://issuer.example/keys",
                    "http://127.0.0.1.example/keys",
                    "http://localhost.example/keys",
                    "http://10.0.0.1/keys",
                    "ftp://issuer.example/keys",
                    "file:///etc/keys",
                    "https:///keys",
                    "keys.json",
                    "",
                    "https://a b/"
                })
        void whatIsNotSafeIsRefused(String endpoint) {
            assertRefused("jwks_public_endpoint", () -> JwksOptions.of(endpoint));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "https://issuer.example/keys",
                    "HTTPS://issuer.example/keys",
                    "http://localhost:8080/keys",
                    "http://127.0.0.1:8080/keys",
                    "http://[::1]:8080/keys"
                })
        void httpsAndThisMachineAreSafe(String endpoint) {
            assertThat(JwksOptions.of(endpoint).endpoint()).hasToString(endpoint);
        }

        @Test
        void plainHttpHasToBeAskedForByName() {
            assertThat(JwksOptions.insecure("http://issuer.example/keys").endpoint())
                    .hasHost("issuer.example");
            assertRefused("jwks_public_endpoint", () -> JwksOptions.insecure("ftp://issuer.example/keys"));
        }

        @Test
        void limitsAreCheckedAtBirth() {
            JwksOptions options = JwksOptions.of("https://issuer.example/keys");
            Duration minute = Duration.ofMinutes(1);
            Duration hour = Duration.ofHours(1);
            assertRefused("timeout", () -> options.withTimeout(Duration.ZERO));
            assertRefused("refreshAfter", () -> options.withAges(hour, minute, hour));
            assertRefused("maxStale", () -> options.withAges(minute, hour, minute));
            assertRefused("minFetchInterval", () -> options.withMinFetchInterval(Duration.ZERO));
            assertRefused("maxBytes", () -> options.withBounds(0, 1));
            assertRefused("maxKeys", () -> options.withBounds(1, 0));
            assertRefused("maxWaiting", () -> options.withMaxWaiting(0));
        }
    }

    @Test
    void theRestIsCheckedToo() {
        assertRefused("audience_regex", () -> OPTIONS.audienceRegex("("));
        assertRefused("issuer_regex", () -> OPTIONS.issuerRegex("["));
        assertRefused("user_id_claim", () -> OPTIONS.userIdClaim("a b"));
        assertRefused("user_id_claim", () -> OPTIONS.userIdClaim(""));
        assertRefused("leeway", () -> OPTIONS.leeway(Duration.ofSeconds(-1)));
        assertRefused("leeway", () -> OPTIONS.leeway(Duration.ofHours(2)));
        assertRefused("maxTokenLength", () -> OPTIONS.maxTokenLength(0));
    }
}
