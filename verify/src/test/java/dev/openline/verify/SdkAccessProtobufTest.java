package dev.openline.verify;

import org.junit.jupiter.api.BeforeAll;

/** Who comes in with the official SDK, over WebSocket, in Protobuf. */
class SdkAccessProtobufTest extends SdkAccessContract {
    @BeforeAll
    static void startNode() {
        start(Sdk.Way.WEBSOCKET_PROTOBUF);
    }
}
