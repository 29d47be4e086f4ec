package dev.openline.client;

import dev.openline.protocol.ErrorReply;

/** What an error in answer to a command means for the command. */
final class Refusals {
    private Refusals() {}

    /** Whether the same command may succeed later. Codes below 100 are not for servers to send; clients retry them. */
    static boolean mayPass(ErrorReply error) {
        return error.temporary() || error.code() < 100;
    }

    /** The same for a command with a token: an expired one is no hindrance to who can get the next. */
    static boolean mayPass(ErrorReply error, Credential credential) {
        boolean isExpired = error.code() == ErrorReply.TOKEN_EXPIRED.code();
        if (isExpired) credential.expire();
        return isExpired ? credential.isRenewable() : mayPass(error);
    }
}
