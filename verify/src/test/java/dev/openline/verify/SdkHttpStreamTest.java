package dev.openline.verify;

import org.junit.jupiter.api.BeforeAll;

/** The official SDK without a WebSocket: over HTTP streaming, in JSON. */
class SdkHttpStreamTest extends SdkContract {
    @BeforeAll
    static void startNode() {
        start(Sdk.Way.HTTP_STREAM_JSON);
    }
}
