package dev.openline.verify;

import org.junit.jupiter.api.BeforeAll;

/** Who comes in with the official SDK, over HTTP streaming. */
class SdkAccessHttpStreamTest extends SdkAccessContract {
    @BeforeAll
    static void startNode() {
        start(Sdk.Way.HTTP_STREAM_JSON);
    }
}
