package dev.openline.client;

/**
 * A publish was not taken, because as many wait as the outbox may hold. It will not be sent; publish it again when some have been
 * acknowledged. {@link OpenlineClient#pending} shows how many wait.
 */
public final class OutboxFull extends CallNotSent {
    private static final long serialVersionUID = 1L;

    OutboxFull(String call, String why) {
        super(call, why);
    }
}
