package dev.openline.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.protocol.Command;
import dev.openline.protocol.Encoding;
import dev.openline.protocol.SubscribeRequest;
import dev.openline.tokens.TokenDraft;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("tokens that are broken in every way, wherever one is handed over, over a real line")
class BadTokensTest {
    private static final String CHANNEL = "$news:x";
    private static final int OVER_A_FRAME = 100_000;

    private static ServedSessions sessions;

    @BeforeAll
    static void start() throws Exception {
        // So that it is the token that is too long, and not the frame.
        sessions = new ServedSessions(o -> o.maxMessageBytes(2 * OVER_A_FRAME));
    }

    @AfterAll
    static void stop() {
        sessions.close();
    }

    /** What is said of a token, by where it is handed over. */
    private enum Verdict {
        GOOD("reply", "reply", "reply", "reply"),
        INVALID("closed 3500", "error 103", "closed 3500", "closed 3500"),
        EXPIRED("error 109", "error 109", "closed 3005", "error 109"),
        /** Genuine, but not for this. */
        MISUSED("closed 3500", "closed 3500", "closed 3500", "closed 3500");

        private final String connect;
        private final String subscribe;
        private final String refresh;
        private final String subRefresh;

        // Four answers, for the four commands that bring a token.
        Verdict(String connect, String subscribe, String refresh, String subRefresh) {
            this.connect = connect;
            this.subscribe = subscribe;
            this.refresh = refresh;
            this.subRefresh = subRefresh;
        }
    }

    /** A way to spoil a good token, before or after it is signed. */
    private record Kind(String name, Verdict verdict, UnaryOperator<TokenDraft> draft, UnaryOperator<String> signed) {
        String spoil(TokenDraft good) {
            return signed.apply(draft.apply(good).sign());
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static Kind claims(String name, Verdict verdict, UnaryOperator<TokenDraft> draft) {
        return new Kind(name, verdict, draft, UnaryOperator.identity());
    }

    private static Kind invalid(String name, UnaryOperator<String> signed) {
        return new Kind(name, Verdict.INVALID, UnaryOperator.identity(), signed);
    }

    private static Stream<Kind> kinds() {
        Instant now = Instant.now();
        return Stream.of(
                claims("good", Verdict.GOOD, draft -> draft),
                new Kind("good, by RS256", Verdict.GOOD, draft -> draft, Forgeries::byRsa),
                claims("expired", Verdict.EXPIRED, draft -> draft.expiresAt(now.minusSeconds(60))),
                claims("not yet valid", Verdict.EXPIRED, draft -> draft.notBefore(now.plusSeconds(300))),
                claims("another audience", Verdict.INVALID, draft -> draft.audience("you")),
                claims("another issuer", Verdict.INVALID, draft -> draft.issuer("us")),
                invalid("another secret", BadTokensTest::byAnotherSecret),
                invalid("another RSA key", Forgeries::byAStrangersRsa),
                invalid("a changed signature", BadTokensTest::changed),
                invalid("changed claims", token -> token.replaceFirst("\\..*\\.", ".e30.")),
                invalid("alg none", Forgeries::unsigned),
                invalid("the public key as a secret", Forgeries::byThePublicKeyAsSecret),
                invalid("the secret as an RSA key", Forgeries::bySecretAsRsa),
                invalid("truncated", token -> token.substring(0, token.length() - 10)),
                invalid("without a signature", token -> token.substring(0, token.lastIndexOf('.'))),
                invalid("the claims alone", token -> token.split("\\.")[1]),
                invalid("no JSON", token -> Forgeries.ofNoJson()),
                invalid("no token", token -> ServedSessions.MARK),
                invalid("100 KB of a genuine one", token -> token + "A".repeat(OVER_A_FRAME)),
                invalid("100 KB of dots", token -> ".".repeat(OVER_A_FRAME)));
    }

    private static String byAnotherSecret(String token) {
        byte[] secret = "another secret that is long enough".getBytes(StandardCharsets.US_ASCII);
        return Forgeries.hmac("{\"alg\":\"HS256\"}", token, secret);
    }

    private static String changed(String token) {
        int last = token.length() - 2;
        return token.substring(0, last) + (token.charAt(last) == 'A' ? 'B' : 'A') + token.substring(last + 1);
    }

    static Stream<Arguments> spoiled() {
        return kinds().flatMap(kind -> Arrays.stream(Encoding.values()).map(encoding -> Arguments.of(encoding, kind)));
    }

    private static String connect(Encoding encoding, String token) throws InterruptedException {
        try (Caller caller = sessions.dial(encoding)) {
            return settled(caller.says(Command.Connect.by(1, "test", token)).answerTo(1));
        }
    }

    private static String refresh(Encoding encoding, String token) throws InterruptedException {
        try (Caller caller = sessions.connected(encoding)) {
            return settled(caller.says(new Command.Refresh(2, token)).answerTo(2));
        }
    }

    private static String subscribe(Encoding encoding, String token) throws InterruptedException {
        try (Caller caller = sessions.connected(encoding)) {
            return settled(subscribe(caller, token));
        }
    }

    private static String subscribe(Caller caller, String token) throws InterruptedException {
        return caller.says(new Command.Subscribe(2, SubscribeRequest.to(CHANNEL).withToken(token)))
                .answerTo(2);
    }

    private static String subRefresh(Encoding encoding, String token) throws InterruptedException {
        try (Caller caller = sessions.connected(encoding)) {
            assertThat(subscribe(
                            caller,
                            ServedSessions.subscription("alice", CHANNEL).sign()))
                    .isEqualTo("reply");
            return settled(
                    caller.says(new Command.SubRefresh(3, CHANNEL, token)).answerTo(3));
        }
    }

    /** Lets the server go on, and passes the answer through. */
    private static String settled(String answer) throws InterruptedException {
        sessions.goesOn();
        return answer;
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("spoiled")
    void aBrokenTokenHasItsAnswerWhereverItIsHandedOver(Encoding encoding, Kind kind) throws Exception {
        Verdict verdict = kind.verdict;
        assertThat(connect(encoding, kind.spoil(ServedSessions.connection("alice"))))
                .isEqualTo(verdict.connect);
        assertThat(refresh(encoding, kind.spoil(ServedSessions.connection("alice"))))
                .isEqualTo(verdict.refresh);
        String forChannel = kind.spoil(ServedSessions.subscription("alice", CHANNEL));
        assertThat(subscribe(encoding, forChannel)).isEqualTo(verdict.subscribe);
        assertThat(subRefresh(encoding, forChannel)).isEqualTo(verdict.subRefresh);
    }

    @ParameterizedTest
    @EnumSource(Encoding.class)
    void aGenuineTokenForSomethingElseHasItsAnswer(Encoding encoding) throws Exception {
        String connection = ServedSessions.connection("alice").sign();
        String ofBob = ServedSessions.connection("bob").sign();
        List<TokenDraft> misused = List.of(
                ServedSessions.subscription("bob", CHANNEL),
                ServedSessions.subscription("", CHANNEL),
                ServedSessions.subscription("alice", "$news:y"),
                ServedSessions.subscription("alice", "news:x"),
                ServedSessions.subscription("alice", CHANNEL).client("another connection"));
        for (TokenDraft draft : misused) {
            assertThat(subscribe(encoding, draft.sign())).isEqualTo(Verdict.MISUSED.subscribe);
            assertThat(subRefresh(encoding, draft.sign())).isEqualTo(Verdict.MISUSED.subRefresh);
        }
        assertThat(refresh(encoding, ofBob)).as("of another user").isEqualTo(Verdict.MISUSED.refresh);
        String ofChannel = ServedSessions.subscription("alice", CHANNEL).sign();
        assertThat(connect(encoding, ofChannel)).as("of a channel").isEqualTo(Verdict.MISUSED.connect);
        assertThat(refresh(encoding, ofChannel)).as("of a channel").isEqualTo(Verdict.MISUSED.refresh);
        assertThat(subscribe(encoding, connection)).as("of no channel").isEqualTo(Verdict.INVALID.subscribe);
        assertThat(subRefresh(encoding, connection)).as("of no channel").isEqualTo(Verdict.INVALID.subRefresh);
    }
}
