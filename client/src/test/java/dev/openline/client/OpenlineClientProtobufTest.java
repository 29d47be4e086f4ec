package dev.openline.client;

import dev.openline.protocol.Encoding;
import java.util.function.Consumer;

/** The same, spoken in Protobuf. */
class OpenlineClientProtobufTest extends OpenlineClientTest {
    @Override
    OpenlineClient clientOf(int port, Consumer<OpenlineClientOptions> more) {
        return super.clientOf(port, more.andThen(o -> o.encoding(Encoding.PROTOBUF)));
    }
}
