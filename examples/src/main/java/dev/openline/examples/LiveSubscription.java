package dev.openline.examples;

import dev.openline.client.OpenlineClient;
import java.io.IOException;

/** How do I hear a channel, whatever happens to the line? Start a server with a channel {@code news} on port 8000 first. */
public final class LiveSubscription {
    private LiveSubscription() {}

    public static void main(String[] args) throws IOException {
        try (var client = OpenlineClient.to("ws://localhost:8000").connect()) {
            var news = client.subscribe(
                    "news", publication -> System.out.println(publication.data().text()));
            news.publish("{\"headline\":\"hello\"}");
            System.in.read(); // until Enter
        }
    }
}
