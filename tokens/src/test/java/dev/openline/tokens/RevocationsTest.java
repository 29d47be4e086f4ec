package dev.openline.tokens;

import static dev.openline.tokens.Verdicts.NOW;
import static dev.openline.tokens.Verdicts.assertInvalid;
import static dev.openline.tokens.Verdicts.now;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.openline.tokens.Revocations.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class RevocationsTest {
    private static final long SECOND = NOW.getEpochSecond();
    private static final Instant WEEK = NOW.plus(Duration.ofDays(7));

    private final Kept journal = new Kept();
    private final Revocations revocations = Revocations.over(journal, 3, NOW);

    /** A journal in memory. */
    private static final class Kept implements RevocationJournal {
        final List<Revocation> lines = new ArrayList<>();

        final List<Revocation> forgotten = new ArrayList<>();

        @Override
        public CompletionStage<Void> append(Revocation revocation) {
            lines.add(revocation);
            return CompletableFuture.completedStage(null);
        }

        @Override
        public void forget(Revocation revocation) {
            forgotten.add(revocation);
        }

        @Override
        public void replay(Consumer<Revocation> into) {
            lines.forEach(into);
        }
    }

    private boolean revoked(String user, @Nullable String id, @Nullable Long issuedAt) {
        return revocations.isRevoked(user, id, issuedAt, NOW);
    }

    private static Revocation ofUser(String user, long issuedBefore, Instant until) {
        return new Revocation.OfUser(user, Instant.ofEpochSecond(issuedBefore), until);
    }

    @Nested
    class ByUser {
        @Test
        void tokensMadeBeforeAreCoveredAndNewerOnesAreNot() {
            assertThat(revocations.revoke(ofUser("u", SECOND, WEEK), NOW)).isCompletedWithValue(Outcome.KEPT);
            assertThat(revoked("u", null, SECOND - 1)).isTrue();
            assertThat(revoked("u", "id", 0L)).isTrue();
            assertThat(revoked("u", null, SECOND)).isFalse();
            assertThat(revoked("v", null, SECOND - 1)).isFalse();
        }

        @Test
        void aTokenThatDoesNotTellItsAgeIsCovered() {
            revocations.revoke(ofUser("u", 0, WEEK), NOW);
            assertThat(revoked("u", null, null)).isTrue();
            assertThat(revoked("v", null, null)).isFalse();
        }

        /** iat has whole seconds: a token of 10.2 and a revocation at 10.5 must meet. */
        @Test
        void revokingNowCoversTokensOfThisSecond() {
            revocations.revokeUser("u", NOW.plusMillis(500));
            assertThat(revoked("u", null, SECOND)).isTrue();
            assertThat(revoked("u", null, SECOND + 1)).isFalse();
        }

        @Test
        void aSecondRevocationNeverShortensTheFirst() {
            revocations.revoke(ofUser("u", SECOND, WEEK), NOW);
            revocations.revoke(ofUser("u", SECOND - 100, NOW.plusSeconds(1)), NOW);
            assertThat(revocations.isRevoked("u", null, SECOND - 1, WEEK.minusMillis(1)))
                    .isTrue();
            assertThat(revocations.size()).isEqualTo(1);
        }
    }

    @Nested
    class ByToken {
        @Test
        void thisTokenAndNoOtherIsCoveredUntilItExpires() {
            revocations.revoke(new Revocation.OfToken("t1", NOW.plusSeconds(60)), NOW);
            assertThat(revoked("u", "t1", SECOND)).isTrue();
            assertThat(revoked("u", "t2", SECOND)).isFalse();
            assertThat(revoked("t1", null, SECOND)).isFalse();
            assertThat(revocations.isRevoked("u", "t1", SECOND, NOW.plusSeconds(60)))
                    .isFalse();
        }

        @Test
        void whatIsOverIsNotTaken() {
            assertThat(revocations.revoke(new Revocation.OfToken("t1", NOW), NOW))
                    .isCompletedWithValue(Outcome.OVER);
            assertThat(journal.lines).isEmpty();
        }
    }

    @Nested
    class OfEverybody {
        @Test
        void allTokensMadeBeforeAreCovered() {
            revocations.revoke(new Revocation.OfAll(NOW, WEEK), NOW);
            assertThat(revoked("anybody", "id", SECOND - 1)).isTrue();
            assertThat(revoked("", null, null)).isTrue();
            assertThat(revoked("anybody", "id", SECOND)).isFalse();
            assertThat(revocations.isRevoked("anybody", null, null, WEEK)).isFalse();
        }

        @Test
        void aSecondOneNeverShortensTheFirst() {
            revocations.revoke(new Revocation.OfAll(NOW, WEEK), NOW);
            revocations.revoke(new Revocation.OfAll(NOW.minusSeconds(9), NOW.plusSeconds(9)), NOW);
            assertThat(revocations.isRevoked("u", null, SECOND - 1, WEEK.minusMillis(1)))
                    .isTrue();
        }
    }

    @Nested
    class Memory {
        @Test
        void beyondTheBoundARevocationIsRefusedAndSaysSo() {
            for (int i = 0; i < 3; i++) revocations.revoke(ofUser("u" + i, SECOND, WEEK), NOW);
            assertThat(revocations.revoke(new Revocation.OfToken("t", WEEK), NOW))
                    .isCompletedWithValue(Outcome.FULL);
            assertThat(revoked("u", "t", SECOND)).isFalse();
            assertThat(journal.lines).hasSize(3);
            assertThat(revocations.revoke(ofUser("u1", SECOND + 5, WEEK), NOW))
                    .as("one that is there takes no more room")
                    .isCompletedWithValue(Outcome.KEPT);
        }

        @Test
        void whatIsOverMakesRoom() {
            for (int i = 0; i < 3; i++) revocations.revoke(ofUser("u" + i, SECOND, NOW.plusSeconds(i + 1)), NOW);
            assertThat(revocations.revoke(new Revocation.OfToken("t", WEEK), NOW.plusSeconds(1)))
                    .isCompletedWithValue(Outcome.KEPT);
            assertThat(revocations.size()).isEqualTo(3);
            assertThat(journal.forgotten).containsExactly(ofUser("u0", SECOND, NOW.plusSeconds(1)));
            revocations.expire(WEEK);
            assertThat(revocations.size()).isZero();
            assertThat(journal.forgotten).hasSize(4);
        }

        @Test
        void revokingOneUserAgainAndAgainTakesOneEntry() {
            for (int i = 0; i < 1000; i++) revocations.revoke(ofUser("u", SECOND + i, WEEK.plusSeconds(i)), NOW);
            assertThat(revocations.size()).isEqualTo(1);
            assertThat(revocations.snapshot(NOW)).hasSize(1);
        }
    }

    @Nested
    class Journals {
        @Test
        void revocationsSurviveARestart() {
            revocations.revoke(ofUser("u", SECOND, WEEK), NOW);
            revocations.revoke(new Revocation.OfToken("t", NOW.plusSeconds(5)), NOW);
            revocations.revoke(new Revocation.OfAll(NOW.minusSeconds(100), WEEK), NOW);
            Instant later = NOW.plusSeconds(10);
            Revocations again = Revocations.over(journal, 3, later);
            assertThat(again.isRevoked("u", null, SECOND - 1, later)).isTrue();
            assertThat(again.isRevoked("v", null, SECOND - 101, later)).isTrue();
            assertThat(again.isRevoked("v", null, SECOND - 1, later)).isFalse();
            assertThat(again.size()).as("the token's revocation is over").isEqualTo(1);
            assertThat(journal.lines).as("nothing is written again").hasSize(3);
        }

        @Test
        void aSnapshotIsAsGoodAsTheWholeJournal() {
            for (int i = 0; i < 9; i++) revocations.revoke(ofUser("u" + i % 2, SECOND - i, WEEK.plusSeconds(i)), NOW);
            revocations.revoke(new Revocation.OfAll(NOW.minusSeconds(100), WEEK), NOW);
            Kept compact = new Kept();
            compact.lines.addAll(revocations.snapshot(NOW));
            assertThat(compact.lines).hasSize(3);
            assertThat(Revocations.over(compact, 3, NOW).snapshot(NOW))
                    .containsExactlyInAnyOrderElementsOf(revocations.snapshot(NOW));
        }

        @Test
        void aJournalThatFailsIsHeardAndTheRevocationIsInForce() {
            Revocations failing = Revocations.over(
                    new RevocationJournal() {
                        @Override
                        public CompletionStage<Void> append(Revocation revocation) {
                            return CompletableFuture.failedStage(new IllegalStateException("disk full"));
                        }

                        @Override
                        public void forget(Revocation revocation) {}

                        @Override
                        public void replay(Consumer<Revocation> into) {}
                    },
                    3,
                    NOW);
            assertThat(failing.revokeUser("u", NOW))
                    .isCompletedExceptionally()
                    .failsWithin(Duration.ZERO)
                    .withThrowableThat()
                    .withMessageContaining("disk full");
            assertThat(failing.isRevoked("u", null, SECOND, NOW)).isTrue();
        }

        @Test
        void whatAnotherServerHasKeptIsNotKeptTwice() {
            revocations.load(ofUser("u", SECOND, WEEK), NOW);
            assertThat(revoked("u", null, 0L)).isTrue();
            assertThat(journal.lines).isEmpty();
        }

        @Test
        void aJournalBeyondTheBoundIsRefused() {
            for (int i = 0; i < 4; i++) journal.append(ofUser("u" + i, SECOND, WEEK));
            assertThatThrownBy(() -> Revocations.over(journal, 3, NOW)).hasMessageContaining("more than 3");
        }
    }

    @Nested
    class Verdicts {
        private final TokenVerifier verifier =
                new TokenVerifier(Signers.everyKey().build(), revocations);

        @Test
        void aRevokedTokenIsInvalid() {
            String payload = "{\"sub\":\"u\",\"iat\":" + SECOND + ",\"jti\":\"t\",\"channel\":\"\"}";
            assertThat(now(verifier.connection(Signers.hs256(payload), NOW))).isInstanceOf(Verdict.Valid.class);
            revocations.revokeUser("u", NOW);
            assertInvalid(now(verifier.connection(Signers.hs256(payload), NOW)), "revoked");
            String fresh = payload.replace("" + SECOND, "" + (SECOND + 1));
            assertThat(now(verifier.connection(Signers.hs256(fresh), NOW))).isInstanceOf(Verdict.Valid.class);
            revocations.revoke(new Revocation.OfToken("t", WEEK), NOW);
            assertInvalid(now(verifier.connection(Signers.hs256(fresh), NOW)), "revoked");
            String subscription = fresh.replace("\"channel\":\"\"", "\"channel\":\"c\"");
            assertInvalid(now(verifier.subscription(Signers.hs256(subscription), NOW)), "revoked");
        }

        @Test
        void whatIsExpiredAnywayIsSaidToBeExpired() {
            revocations.revokeUser("u", NOW);
            assertThat(now(verifier.connection(Signers.hs256("{\"sub\":\"u\",\"exp\":1}"), NOW)))
                    .isInstanceOf(Verdict.Expired.class);
        }
    }

    /** What was revoked before a check began is seen by it, whatever else is revoked and forgotten meanwhile. */
    @Test
    void checksFromOtherThreadsSeeWhatWasRevoked() throws InterruptedException, ExecutionException {
        long seed = new Random().nextLong();
        Revocations shared = Revocations.over(RevocationJournal.none(), 1000, NOW);
        shared.revoke(new Revocation.OfToken("always", WEEK), NOW);
        shared.revoke(ofUser("always", SECOND, WEEK), NOW);
        ExecutorService threads = Executors.newFixedThreadPool(3);
        try {
            List<Future<Integer>> missed = new ArrayList<>();
            Future<?> changes = threads.submit(() -> change(shared, new Random(seed)));
            for (int i = 0; i < 2; i++) missed.add(threads.submit(() -> misses(shared, changes)));
            changes.get();
            for (Future<Integer> count : missed)
                assertThat(count.get()).as("seed " + seed).isZero();
        } finally {
            threads.shutdownNow();
        }
    }

    private static void change(Revocations shared, Random random) {
        for (int i = 0; i < 20_000; i++) {
            Instant time = NOW.plusMillis(i);
            shared.revoke(ofUser("u" + random.nextInt(50), SECOND + i, time.plusMillis(1 + random.nextInt(50))), time);
            if (i % 100 == 0) shared.revoke(ofUser("always", SECOND - i, time.plusMillis(1)), time);
        }
    }

    private static int misses(Revocations shared, Future<?> until) {
        int missed = 0;
        do {
            if (!shared.isRevoked("x", "always", SECOND, NOW)) missed++;
            if (!shared.isRevoked("always", null, SECOND - 1, NOW)) missed++;
        } while (!until.isDone());
        return missed;
    }
}
