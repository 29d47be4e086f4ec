package dev.openline.client;

import dev.openline.protocol.Command;
import dev.openline.protocol.Result;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongFunction;

/**
 * A call of the application on its way: publish, history, presence, rpc.
 *
 * @param what a few words for the message of a failure; no payload
 * @param answer the kind of result that answers it
 * @param bytes of payload it holds until it is answered
 * @param command spells it once its id is known
 * @param outcome for the application; completed by whoever carries out the machine's effects, never by the machine
 */
// More than 4 parameters because it is a record of one call, made in one place.
record Call<R extends Result>(
        String what, Class<R> answer, int bytes, LongFunction<Command.Numbered> command, CompletableFuture<R> outcome) {
    /** Hands over a result of the kind that {@link #answer} names. */
    void complete(Result result) {
        outcome.complete(answer.cast(result));
    }
}
