package dev.openline.examples;

import dev.openline.client.OpenlineClient;

/** Hears a channel, over as many redials as it takes. */
public final class ClockReader {
    public static void main(String[] args) throws Exception {
        String address = System.getProperty("address", "ws://localhost:8000");
        try (var client = OpenlineClient.to(address).connect()) {
            client.subscribe(
                    "clock",
                    publication -> System.out.println(publication.data().text()));
            Thread.currentThread().join();
        }
    }

    private ClockReader() {}
}
