package dev.openline.verify;

import org.junit.jupiter.api.BeforeAll;

/** The official SDK over WebSocket, in Protobuf. */
class SdkProtobufTest extends SdkContract {
    @BeforeAll
    static void startNode() {
        start(Sdk.Way.WEBSOCKET_PROTOBUF);
    }
}
