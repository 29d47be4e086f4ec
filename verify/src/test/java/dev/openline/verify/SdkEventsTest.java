package dev.openline.verify;

import org.junit.jupiter.api.BeforeAll;

/** The official SDK without a WebSocket: over server-sent events. */
class SdkEventsTest extends SdkContract {
    @BeforeAll
    static void startNode() {
        start(Sdk.Way.SSE_JSON);
    }
}
