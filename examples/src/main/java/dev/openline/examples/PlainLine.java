package dev.openline.examples;

import dev.openline.net.DialFailed;
import dev.openline.net.NextDial;
import dev.openline.net.RedialRule;
import dev.openline.net.RedialingLine;
import dev.openline.net.RetryHint;
import dev.openline.net.WebSocket;
import dev.openline.net.WebSocketClient;
import dev.openline.net.WebSocketHandler;
import dev.openline.wire.CloseStatus;
import java.net.URI;
import java.time.Duration;

/** How do I keep a line open to any WebSocket server, and say what ends it? The pieces of {@code docs/client.md}. */
final class PlainLine {
    private PlainLine() {}

    static RedialingLine kept(WebSocketHandler handler) {
        var client = WebSocketClient.create(o -> o.header("Cookie", "…"));
        var line = client.keepOpen(URI.create("ws://localhost:9001/"), handler);
        line.sendText("hello");
        return line;
    }

    static void patient(WebSocketClient client, URI address, WebSocketHandler handler) {
        client.keepOpen(
                address,
                handler,
                o -> o.rule(new RedialRule() {
                    @Override
                    public NextDial afterFailedDial(DialFailed why) {
                        return why.status().orElse(0) == 404
                                ? NextDial.BACKED_OFF
                                : RedialRule.STANDARD.afterFailedDial(why);
                    }
                }));
    }

    static void restart(WebSocket line) {
        line.close(RetryHint.in(CloseStatus.SERVICE_RESTART, Duration.ofSeconds(10)));
    }
}
