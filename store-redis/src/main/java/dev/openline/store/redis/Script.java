package dev.openline.store.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** What Redis carries out as a whole. */
enum Script {
    PUBLISH("begin", "append", "publish"),
    SAY("say"),
    READ("begin", "read"),
    READ_KEYED("begin", "readkeyed"),
    CLEAR("begin", "clear"),
    GIVE_UP("giveup"),
    ENTER("enter"),
    LEAVE("roll", "leave"),
    PRESENCE("roll", "presence"),
    PRESENCE_STATS("roll", "presencestats"),
    REVOKE("revoke"),
    FORGET("forget"),
    REVOCATIONS("revocations");

    private final String text;

    Script(String... parts) {
        StringBuilder all = new StringBuilder();
        for (String part : parts) all.append(read(part + ".lua"));
        text = all.toString();
    }

    /** What it says to a server in a life of a name. Another life has another text: so one that was meant for it is not known to the server. */
    String in(String life) {
        return "local life = '" + life + "'\n" + text;
    }

    private static String read(String name) {
        try (InputStream file = Script.class.getResourceAsStream(name)) {
            if (file == null) throw new IllegalStateException(name + " is missing");
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
