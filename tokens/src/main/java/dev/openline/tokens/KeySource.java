package dev.openline.tokens;

import java.util.concurrent.CompletionStage;

/** Where a JWK set comes from. */
@FunctionalInterface
interface KeySource {
    /** Begins to fetch the set, without blocking. The stage fails if it can't be had in time and size. */
    CompletionStage<byte[]> fetch();
}
