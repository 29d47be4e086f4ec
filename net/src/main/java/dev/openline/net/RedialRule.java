package dev.openline.net;

import dev.openline.wire.CloseStatus;

/**
 * Which ends are followed by another dial. Override one method or both; {@link #STANDARD} is what they do otherwise. Called on the line's
 * event loop, so neither may block.
 */
public interface RedialRule {
    /**
     * Redials whatever may pass. Final are: a Close that says that this client or its messages aren't wanted (1003, 1008, 1009, 1010), and an
     * answer below 500 to the opening request other than 408, 425 and 429. A Close with 1000 is redialled: servers say it when they are
     * deployed anew, and whoever wants the line to end closes the {@link RedialingLine} itself, which is always final.
     */
    RedialRule STANDARD = new RedialRule() {};

    /** After a line that was open. The status is 1006 for one that broke without a Close. */
    default NextDial afterClose(CloseStatus status) {
        return switch (status.code()) {
            case 1003, 1008, 1009, 1010 -> NextDial.NEVER;
            default -> RetryHint.of(status).map(NextDial::after).orElse(NextDial.BACKED_OFF);
        };
    }

    /** After a dial that brought no line. */
    default NextDial afterFailedDial(DialFailed why) {
        int status = why.status().orElse(0);
        boolean mayPass = status == 0 || status == 408 || status == 425 || status == 429 || status >= 500;
        if (!mayPass) return NextDial.NEVER;
        return why.retryAfter().map(NextDial::after).orElse(NextDial.BACKED_OFF);
    }
}
