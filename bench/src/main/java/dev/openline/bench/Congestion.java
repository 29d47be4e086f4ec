package dev.openline.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How TCP paces what goes over loopback. Some ways, bbr above all, settle there in one of two very different states by chance, and
 * every figure with them. Sockets of the JDK can't choose, but the loopback route can choose for both ends of every line: that takes
 * root and {@code ip}, and is taken back at the end.
 *
 * @param inUse the name of what is in use, as far as known
 */
record Congestion(String inUse, boolean isOurs) implements AutoCloseable {
    /** Linux keeps one for the network and a narrower one for the usual address. */
    private static final List<String> DESTINATIONS = List.of("127.0.0.0/8", "127.0.0.1");

    /**
     * Chooses for all loopback lines of this machine.
     *
     * @param wanted such as {@code cubic}; null leaves all as it is
     */
    static Congestion set(@Nullable String wanted) throws IOException {
        if (wanted == null) return new Congestion(usual(), false);
        if (!change("congctl", wanted))
            throw new IOException("the loopback route can't be told to use " + wanted + ": that takes root and ip(8)");
        Congestion ours = new Congestion(wanted, true);
        // Also if somebody ends the run; close() then does it twice, which does no harm.
        Runtime.getRuntime().addShutdownHook(new Thread(ours::restore, "congestion"));
        return ours;
    }

    private static String usual() throws IOException {
        Path setting = Path.of("/proc/sys/net/ipv4/tcp_congestion_control");
        return Files.isReadable(setting) ? Files.readString(setting).strip() : "unknown";
    }

    private static boolean change(String... attributes) throws IOException {
        for (String destination : DESTINATIONS) {
            List<String> command = new ArrayList<>(List.of("ip", "route", "change", "table", "local", "local"));
            command.addAll(List.of(destination, "dev", "lo", "proto", "kernel", "scope", "host", "src", "127.0.0.1"));
            command.addAll(List.of(attributes));
            if (!Pinning.succeeds(command)) return false;
        }
        return true;
    }

    String description() {
        return inUse + (isOurs ? ", chosen for the loopback route" : ", the system's choice");
    }

    @Override
    public void close() {
        restore();
    }

    private void restore() {
        try {
            if (isOurs) change();
        } catch (IOException e) {
            throw new UncheckedIOException("the loopback route still uses " + inUse, e);
        }
    }
}
