package dev.openline.examples;

import dev.openline.client.Cause;
import dev.openline.client.ClientListener;
import dev.openline.client.OpenlineClient;
import java.time.Duration;

/** Hears a channel, over as many redials as it takes, and says on standard error while there is no line. */
public final class ClockReader implements ClientListener {
    public static void main(String[] args) throws Exception {
        String address = System.getProperty("address", "ws://localhost:8000");
        try (var client =
                OpenlineClient.to(address, o -> o.listener(new ClockReader())).connect()) {
            client.subscribe(
                    "clock",
                    publication -> System.out.println(publication.data().text()));
            Thread.currentThread().join();
        }
    }

    @Override
    public void onConnecting(Cause why, Duration nextDial) {
        System.err.println("no line: " + why.reason() + ", dialling in " + nextDial.toMillis() + " ms");
    }
}
