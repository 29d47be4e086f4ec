package dev.openline.protocol;

import java.util.Objects;

/**
 * How an {@link ApiCall} ended.
 *
 * @param <R> what it results in
 */
public sealed interface ApiReply<R extends ApiResult> {
    /** It was carried out. */
    record Done<R extends ApiResult>(R result) implements ApiReply<R> {
        public Done {
            Objects.requireNonNull(result, "result");
        }
    }

    /** It was understood and refused; nothing happened. */
    record Failed<R extends ApiResult>(ErrorReply error) implements ApiReply<R> {
        public Failed {
            Objects.requireNonNull(error, "error");
        }
    }
}
