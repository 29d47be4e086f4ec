package dev.openline.protocol;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The JSON encoding of the client protocol. A frame is one or more messages separated by {@code \n}, which never stands inside one.
 *
 * <p>Payloads are cut out and spliced in as they are. In what is read, unknown members are ignored, null counts as not sent, and of a
 * member that comes twice the last one counts. Whatever does not fit the protocol's types is a {@link MalformedFrame}; {@link JsonLimits}
 * has the limits. Stateless; safe for any number of threads.
 */
public final class JsonCodec {
    /** Brackets, names and quotes of a publication push; see {@link #sizeOf}. */
    private static final int PUSH_SIZE = "{'push':{'channel':'','pub':{'data':}}}".length();

    private static final int OFFSET_SIZE = ",'offset':".length();
    private static final int INFO_SIZE = ",'info':{'user':'','client':''}".length();
    private static final int DETAILS_SIZE = ",'conn_info':".length();

    private static final byte[] NO_MEMBERS = {'{', '}'};

    private JsonCodec() {}

    /** Reads what a client sent: the bytes that remain in {@code frame}, whose position stays where it is. */
    public static CommandReader commands(ByteBuffer frame) {
        return new JsonCommandReader(frame);
    }

    /**
     * Reads the one thing that a unidirectional client says, a connect request without a command around it; nothing at all is one without members.
     *
     * @param request whose position stays where it is
     */
    public static Command connectRequest(ByteBuffer request) throws MalformedFrame {
        byte[] bytes = new byte[request.remaining()];
        request.duplicate().get(bytes);
        byte[] text = bytes.length == 0 ? NO_MEMBERS : bytes;
        try (JsonInput in = JsonInput.of(text, 0, text.length)) {
            return new CommandDecoder(in).connectRequest();
        }
    }

    /** Reads what a server sent: the bytes that remain in {@code frame}, whose position stays where it is. */
    public static ServerMessageReader serverMessages(ByteBuffer frame) {
        return new JsonServerMessageReader(frame);
    }

    /** A reply, push or ping as a message of its own. The array is the caller's. */
    public static byte[] encode(ServerMessage message) {
        JsonFrame frame = new JsonFrame(message instanceof Push.PublicationPush push ? sizeOf(push) : 128);
        return frame.add(message).finish();
    }

    /** A command as a message of its own. The array is the caller's. */
    public static byte[] encode(Command command) {
        return new JsonFrame(128).add(command).finish();
    }

    /**
     * The one JSON value that remains in {@code text}, as a payload: see {@link Payload#json}.
     *
     * @throws MalformedFrame if it is something else
     */
    public static Payload payload(ByteBuffer text) throws MalformedFrame {
        byte[] bytes = new byte[text.remaining()];
        text.duplicate().get(bytes);
        try (JsonInput in = JsonInput.of(bytes, 0, bytes.length)) {
            in.begin();
            Payload payload = in.payload();
            in.end();
            return payload;
        }
    }

    /** Whether {@code bytes} are one JSON value that {@link #payload} would take. */
    static boolean isValue(byte[] bytes) {
        try (JsonInput in = JsonInput.of(bytes, 0, bytes.length)) {
            in.begin();
            in.pass();
            in.end();
            return true;
        } catch (MalformedFrame e) {
            return false;
        }
    }

    /**
     * The text of the one JSON string that {@code quoted} is: of publications to a subscriber who takes patches.
     *
     * @throws MalformedFrame if it is something else
     */
    public static Payload textOf(Payload quoted) throws MalformedFrame {
        byte[] bytes = quoted.raw();
        try (JsonInput in = JsonInput.of(bytes, 0, bytes.length)) {
            in.begin();
            Payload text = Payload.of(in.string("data"));
            in.end();
            return text;
        }
    }

    /** The exact size of a push of plain ASCII without tags, so that its array is made once; others grow. */
    static int sizeOf(Push.PublicationPush push) {
        Publication publication = push.publication();
        int size = PUSH_SIZE + push.channel().length() + publication.data().size();
        if (publication.offset() > 0) size += OFFSET_SIZE + JsonOutput.digitCount(publication.offset());
        ClientInfo info = publication.info();
        if (info == null) return size;
        size += INFO_SIZE + info.user().length() + info.client().length();
        return size + sizeOf(info.connectionInfo()) + sizeOf(info.channelInfo());
    }

    private static int sizeOf(@Nullable Payload details) {
        return details == null ? 0 : DETAILS_SIZE + details.size();
    }
}
