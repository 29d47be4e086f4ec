package dev.openline.tokens;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.concurrent.CompletionStage;

/** What tests say about verdicts. */
final class Verdicts {
    static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);

    private Verdicts() {}

    /** The verdict of a stage that is complete: keys were at hand. */
    static <T> T now(CompletionStage<T> stage) {
        assertThat(stage.toCompletableFuture()).as("nothing has to be fetched").isDone();
        return stage.toCompletableFuture().join();
    }

    static ConnectionToken connection(TokenOptions.Builder options, String token) {
        return valid(now(new TokenVerifier(options.build()).connection(token, NOW)));
    }

    static SubscriptionToken subscription(TokenOptions.Builder options, String token) {
        return valid(now(new TokenVerifier(options.build()).subscription(token, NOW)));
    }

    static <T> T valid(Verdict<T> verdict) {
        assertThat(verdict).isInstanceOf(Verdict.Valid.class);
        return ((Verdict.Valid<T>) verdict).token();
    }

    static <T> void assertInvalid(Verdict<T> verdict, String rule) {
        assertThat(verdict).isEqualTo(new Verdict.Invalid<T>(rule));
    }
}
