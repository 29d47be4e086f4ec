package dev.openline.net;

/** What becomes of a request for an upgrade that is well-formed and comes from an allowed origin. */
public sealed interface UpgradeDecision {
    /** The line is opened, and this handler hears it. */
    record Open(WebSocketHandler handler) implements UpgradeDecision {}

    /** The upgrade is refused with this answer, whose status should be 4xx or 5xx, and the connection is closed. */
    record Refuse(HttpResponse response) implements UpgradeDecision {
        public Refuse {
            if (response.status() < 300) {
                throw new IllegalArgumentException("status " + response.status() + " does not refuse");
            }
        }
    }
}
