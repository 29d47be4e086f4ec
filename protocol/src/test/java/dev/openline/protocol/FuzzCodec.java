package dev.openline.protocol;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** What {@link FuzzJson} and {@link FuzzProtobuf} have in common. */
final class FuzzCodec {
    private FuzzCodec() {}

    /** Reads the input as every kind of frame there is: only the documented refusal is thrown, and what was read can be spelled and read again. */
    static void run(Encoding encoding, byte[] input) {
        for (Command command : commands(encoding, input)) {
            List<Command> again = commands(encoding, spelled(encoding, command));
            if (!again.equals(List.of(command))) throw new AssertionError(command + " came back as " + again);
        }
        for (ServerMessage message : messages(encoding, input)) {
            byte[] spelled = spelled(encoding, message);
            List<ServerMessage> again = messages(encoding, spelled);
            if (spelled.length > 0 && !again.equals(List.of(message)))
                throw new AssertionError(message + " came back as " + again);
        }
        try {
            EmulationRequest.decode(encoding, ByteBuffer.wrap(input));
        } catch (MalformedFrame refused) {
            requireSentence(refused);
        }
    }

    private static List<Command> commands(Encoding encoding, byte[] frame) {
        List<Command> read = new ArrayList<>();
        CommandReader reader = encoding.commands(ByteBuffer.wrap(frame));
        try {
            for (Command next = reader.next(); next != null; next = reader.next()) read.add(next);
        } catch (MalformedFrame refused) {
            requireSentence(refused);
        }
        return read;
    }

    private static List<ServerMessage> messages(Encoding encoding, byte[] frame) {
        List<ServerMessage> read = new ArrayList<>();
        ServerMessageReader reader = encoding.serverMessages(ByteBuffer.wrap(frame));
        try {
            for (ServerMessage next = reader.next(); next != null; next = reader.next()) read.add(next);
        } catch (MalformedFrame refused) {
            requireSentence(refused);
        }
        return read;
    }

    private static void requireSentence(MalformedFrame refused) {
        if (refused.getMessage() == null || refused.disconnect() == null)
            throw new AssertionError("a refusal that says nothing", refused);
    }

    private static byte[] spelled(Encoding encoding, Command command) {
        return encoding.encode(command);
    }

    private static byte[] spelled(Encoding encoding, ServerMessage message) {
        return encoding.encode(message);
    }
}
