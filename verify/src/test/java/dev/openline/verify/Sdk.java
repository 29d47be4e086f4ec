package dev.openline.verify;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;

/**
 * The official JavaScript SDK, which node runs and a test plays. What a client hears is kept by what it is about: {@code line},
 * {@code answer} or a channel; each is read in order, as words with spaces between them.
 */
final class Sdk implements AutoCloseable {
    /** How clients reach the server. */
    enum Way {
        WEBSOCKET_JSON,
        WEBSOCKET_PROTOBUF,
        HTTP_STREAM_JSON,
        HTTP_STREAM_PROTOBUF,
        SSE_JSON;

        private Map<String, String> environment() {
            int end = name().lastIndexOf('_');
            return Map.of(
                    "TRANSPORT", name().substring(0, end).toLowerCase(Locale.ROOT),
                    "ENCODING", name().substring(end + 1).toLowerCase(Locale.ROOT));
        }
    }

    private final NodeScript script;
    private final Map<String, Queue<String>> unread = new HashMap<>();
    private int clients;

    private Sdk(Way way) {
        script = NodeScript.start("centrifuge.mjs", way.environment());
    }

    static Sdk start(Way way) {
        Sdk sdk = new Sdk(way);
        sdk.next("sdk", "line");
        return sdk;
    }

    /** A new client of the server on this port, not connected. */
    Client client(int port) {
        return client(port, "{}");
    }

    /** A new client with options of the SDK's own. */
    Client client(int port, String options) {
        Client client = new Client("client" + ++clients);
        client.tell("new", "ws://127.0.0.1:" + port + "/connection/websocket", options);
        return client;
    }

    private String next(String client, String about) {
        Queue<String> wanted = unread(client, about);
        while (wanted.isEmpty()) {
            List<String> words = script.next();
            unread(words.get(0), words.get(1))
                    .add(String.join(" ", words.subList(2, words.size())).strip());
        }
        return wanted.remove();
    }

    private Queue<String> unread(String client, String about) {
        return unread.computeIfAbsent(client + " " + about, key -> new ArrayDeque<>());
    }

    /** All that was said on both sides. */
    String output() {
        return script.output();
    }

    @Override
    public void close() {
        script.close();
    }

    /** One client of the SDK. */
    final class Client {
        private final String name;

        private Client(String name) {
            this.name = name;
        }

        /** Calls a method of the script's client. */
        void tell(String verb, String... words) {
            String[] line = new String[words.length + 2];
            line[0] = name;
            line[1] = verb;
            System.arraycopy(words, 0, line, 2, words.length);
            script.say(line);
        }

        /** What is heard next about the line, or on a channel. */
        String next(String about) {
            return Sdk.this.next(name, about);
        }

        /** Calls a method that is answered. */
        String ask(String verb, String... words) {
            tell(verb, words);
            return next("answer");
        }

        /** Dials, and answers the id that the server gave. */
        String connect() {
            tell("connect");
            String dialling = next("line");
            if (!dialling.startsWith("connecting")) throw new AssertionError("expected connecting: " + dialling);
            return connected();
        }

        /** Waits until the line is up, passing over failed dials, and answers the id that the server gave. */
        String connected() {
            String heard = next("line");
            while (heard.startsWith("connecting")) heard = next("line");
            if (!heard.startsWith("connected ")) throw new AssertionError("expected connected: " + heard);
            return heard.substring("connected ".length());
        }

        /** Subscribes, and answers how it was subscribed. */
        String subscribe(String channel, String options) {
            tell("subscribe", channel, options);
            String asking = next(channel);
            if (!asking.startsWith("subscribing")) throw new AssertionError("expected subscribing: " + asking);
            return next(channel);
        }
    }
}
