package dev.openline.protocol;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The short words the tests speak: frames as text in, lists of records out. */
final class Frames {
    private Frames() {}

    static ByteBuffer frame(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    static List<Command> commands(String frame) throws MalformedFrame {
        return commands(frame(frame));
    }

    static List<Command> commands(ByteBuffer frame) throws MalformedFrame {
        CommandReader reader = JsonCodec.commands(frame);
        List<Command> all = new ArrayList<>();
        for (Command next = reader.next(); next != null; next = reader.next()) all.add(next);
        return all;
    }

    static List<ServerMessage> serverMessages(String frame) throws MalformedFrame {
        return serverMessages(frame(frame));
    }

    static List<ServerMessage> serverMessages(ByteBuffer frame) throws MalformedFrame {
        ServerMessageReader reader = JsonCodec.serverMessages(frame);
        List<ServerMessage> all = new ArrayList<>();
        for (ServerMessage next = reader.next(); next != null; next = reader.next()) all.add(next);
        return all;
    }

    static String text(ServerMessage message) {
        return new String(JsonCodec.encode(message), StandardCharsets.UTF_8);
    }

    static String text(Command command) {
        return new String(JsonCodec.encode(command), StandardCharsets.UTF_8);
    }
}
