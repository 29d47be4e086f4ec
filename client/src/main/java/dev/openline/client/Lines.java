package dev.openline.client;

import dev.openline.net.SendResult;
import dev.openline.net.WebSocket;
import dev.openline.net.WebSocketClient;
import dev.openline.net.WebSocketHandler;
import dev.openline.protocol.Command;
import dev.openline.protocol.Encoding;
import dev.openline.protocol.MalformedFrame;
import dev.openline.protocol.MessageFrame;
import dev.openline.protocol.ServerMessage;
import dev.openline.protocol.ServerMessageReader;
import dev.openline.wire.CloseStatus;
import dev.openline.wire.MessageKind;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The lines of a {@link ClientMachine}: dials them, spells commands on them and reads what comes, on its {@link Home}. */
final class Lines {
    private static final Logger log = LoggerFactory.getLogger(OpenlineClient.class);

    /** Commands that leave together are cut into frames of about this size, well below what servers take. */
    private static final int FRAME_BYTES = 32 << 10;

    private final URI address;
    private final Encoding encoding;
    private final WebSocketClient webSockets;
    private final Home home;
    private final ClientMachine machine;

    /** Those that are open, the machine's and such that it has forgotten, by number. */
    private final Map<Long, WebSocket> open = new HashMap<>();

    /** What is left to do when the last line has closed. */
    private @Nullable Runnable farewell;

    // More than 4 parameters because it stands between all of them.
    Lines(URI address, Encoding encoding, WebSocketClient webSockets, Home home, ClientMachine machine) {
        this.address = address;
        this.encoding = encoding;
        this.webSockets = webSockets;
        this.home = home;
        this.machine = machine;
    }

    void dial(long number) {
        webSockets.dial(address, new LineHandler(number)).whenComplete((line, failure) -> {
            if (failure != null) {
                home.hand(() -> machine.dialFailed(number, String.valueOf(failure.getMessage()), Home.now()));
            }
        });
    }

    /** Runs this when no line is open any more. */
    void whenAllClosed(Runnable last) {
        if (open.isEmpty()) last.run();
        else farewell = last;
    }

    /** Hands over what is heard of one line, from the loop that carries it. */
    private final class LineHandler implements WebSocketHandler {
        private final long number;

        LineHandler(long number) {
            this.number = number;
        }

        @Override
        public void onOpen(WebSocket line) {
            if (!agreed(line)) {
                String why = "the server does not speak " + encoding.subprotocol();
                home.hand(() -> machine.dialFailed(number, why, Home.now()));
                line.abort();
                return;
            }
            home.hand(() -> {
                open.put(number, line);
                machine.lineOpened(number, Home.now());
            });
        }

        @Override
        public void onMessage(WebSocket line, MessageKind kind, ByteBuffer payload) {
            if (kind != kind()) {
                home.hand(() -> machine.garbled(number, Home.now()));
                return;
            }
            ServerMessageReader reader = encoding.serverMessages(payload);
            home.hand(() -> read(number, reader));
        }

        @Override
        public void onClosed(WebSocket line, CloseStatus status) {
            home.hand(() -> {
                open.remove(number);
                machine.lineClosed(number, status.code(), status.reason(), Home.now());
                Runnable last = farewell;
                if (last != null && open.isEmpty()) last.run();
            });
        }
    }

    /** Whether the server speaks what was offered. JSON is not offered, for it is what servers speak unless told otherwise. */
    private boolean agreed(WebSocket line) {
        return encoding == Encoding.JSON || encoding.subprotocol().equals(line.subprotocol());
    }

    private MessageKind kind() {
        return encoding.isText() ? MessageKind.TEXT : MessageKind.BINARY;
    }

    private void read(long number, ServerMessageReader reader) {
        try {
            for (ServerMessage message = reader.next(); message != null; message = reader.next()) {
                machine.received(number, message, Home.now());
            }
        } catch (MalformedFrame fault) {
            log.info("dropping the line to {}: {}", address.getAuthority(), fault.getMessage());
            machine.garbled(number, Home.now());
        }
    }

    void send(long number, List<Command> commands) {
        WebSocket line = open.get(number);
        if (line == null) return;
        MessageFrame frame = encoding.frame();
        for (Command command : commands) {
            byte[] encoded = encoding.encode(command);
            if (frame.size() > 0 && frame.size() + encoded.length > FRAME_BYTES) {
                send(line, frame);
                frame.clear();
            }
            frame.add(encoded);
        }
        send(line, frame);
    }

    /** A line on which so much waits is dead or worse; and one that is closed will say so itself. */
    private void send(WebSocket line, MessageFrame frame) {
        if (line.send(kind(), frame.buffer()) != SendResult.QUEUE_FULL) return;
        log.info("dropping the line to {}: {} bytes wait to be sent", address.getAuthority(), line.queuedBytes());
        line.abort();
    }

    /** Does this with a line, if it is open. */
    void with(long number, Consumer<WebSocket> action) {
        WebSocket line = open.get(number);
        if (line != null) action.accept(line);
    }
}
