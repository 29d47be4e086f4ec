package dev.openline.protocol;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Commands of a session that come by a request of their own, because the way that its answers go carries only one direction.
 *
 * @param node the server that has the session
 * @param session which session: whoever knows it speaks for the client. Not for logs
 * @param data a frame of the session's encoding; not to be changed
 */
public record EmulationRequest(String node, String session, byte[] data) {
    /**
     * Reads the body of a request: in JSON an object whose {@code data} is the frame's text as a string, in Protobuf a message by itself.
     *
     * @throws MalformedFrame if it is something else
     */
    public static EmulationRequest decode(Encoding encoding, ByteBuffer body) throws MalformedFrame {
        byte[] bytes = new byte[body.remaining()];
        body.duplicate().get(bytes);
        return encoding == Encoding.JSON ? json(bytes) : protobuf(bytes);
    }

    private static EmulationRequest json(byte[] bytes) throws MalformedFrame {
        String node = "";
        String session = "";
        String data = "";
        try (JsonInput in = JsonInput.of(bytes, 0, bytes.length)) {
            in.begin();
            in.enterObject("emulation");
            for (String member = in.nextMember(); member != null; member = in.nextMember()) {
                switch (member) {
                    case "node" -> node = in.string("node");
                    case "session" -> session = in.string("session");
                    case "data" -> data = in.string("data");
                    default -> in.skip();
                }
            }
            in.end();
        }
        return new EmulationRequest(node, session, data.getBytes(StandardCharsets.UTF_8));
    }

    private static EmulationRequest protobuf(byte[] bytes) throws MalformedFrame {
        String node = "";
        String session = "";
        byte[] data = {};
        ProtoInput in = ProtoInput.of(bytes, 0, bytes.length);
        for (int field = in.next(); field != 0; field = in.next()) {
            switch (field) {
                case 1 -> node = in.string("node");
                case 2 -> session = in.string("session");
                case 3 -> data = in.bytes("data");
                default -> in.skip();
            }
        }
        return new EmulationRequest(node, session, data);
    }

    /** The node only. */
    @Override
    public String toString() {
        return "EmulationRequest[node=" + node + "]";
    }
}
