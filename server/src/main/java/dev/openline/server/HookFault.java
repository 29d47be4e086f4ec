package dev.openline.server;

/**
 * What a hook fails its stage with that has said in the log itself what is wrong, and how often: the server says no more. The client is answered as after any
 * other fault. Has no stack trace.
 */
public final class HookFault extends RuntimeException {
    private static final long serialVersionUID = 1;

    public HookFault(String sentence) {
        super(sentence, null, false, false);
    }
}
