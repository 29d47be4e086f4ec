package dev.openline.server;

import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * What a hook fails its stage with that has said in the log itself what is wrong, and how often: the server says no more. The client is answered as after any
 * other fault. Has no stack trace.
 */
public final class HookFault extends RuntimeException {
    private static final long serialVersionUID = 1;

    public HookFault(String sentence) {
        super(sentence, null, false, false);
    }

    /** Whether a stage failed with one of these, however often it was wrapped on the way. */
    static boolean isIn(@Nullable Throwable fault) {
        Throwable cause = fault;
        while (cause instanceof CompletionException && cause.getCause() != null) cause = cause.getCause();
        return cause instanceof HookFault;
    }
}
