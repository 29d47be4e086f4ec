package dev.openline.bench;

import dev.openline.net.Transport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** What has to be known about a run to repeat it: names and values, in the order they are reported. */
final class Environment {
    private Environment() {}

    static Map<String, String> of(RunOptions options, Transport transport, Pinning pinning) throws IOException {
        Map<String, String> about = new LinkedHashMap<>();
        about.put("transport", transport.optionName() + ", both servers");
        about.put("event loops", Integer.toString(options.serverThreads()));
        about.put("processors", pinning.processors() + "; " + pinning.description());
        about.put("java", System.getProperty("java.vendor") + " " + Runtime.version());
        about.put("server flags", String.join(" ", SubjectProcess.flags()));
        about.put("kernel", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        about.put("congestion control", congestionControl());
        about.put("network", "loopback");
        about.put(
                "rounds",
                options.rounds() + ", alternating; " + options.warmUp() + " s warm-up and " + options.window()
                        + " s window each; medians");
        return about;
    }

    private static String congestionControl() throws IOException {
        Path setting = Path.of("/proc/sys/net/ipv4/tcp_congestion_control");
        return Files.isReadable(setting) ? Files.readString(setting).strip() : "unknown";
    }
}
