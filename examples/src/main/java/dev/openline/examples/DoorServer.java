package dev.openline.examples;

import dev.openline.net.Attribute;
import dev.openline.net.HttpRequest;
import dev.openline.net.UpgradeDecision;
import dev.openline.net.WebSocket;
import dev.openline.net.WebSocketHandler;
import dev.openline.net.WebSocketServer;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Rooms behind a door: who brings the cookie of a session gets a line, and the line knows who it is. */
public final class DoorServer implements WebSocketHandler {
    private static final Attribute<String> USER = Attribute.named("user");

    /** What a real server asks its database for. */
    private static final Map<String, String> SESSIONS = Map.of("s3cret", "alice", "t0psecret", "bob");

    public static void main(String[] args) throws Exception {
        int port = Integer.getInteger("port", 9002);
        try (var server = WebSocketServer.listen(o -> o.port(port)
                .route("/rooms/{room}", r -> r.decideLater(DoorServer::whoIsIt).blocking()))) {
            System.out.println("ws://localhost:" + server.port() + "/rooms/kitchen");
            Thread.currentThread().join();
        }
    }

    private static CompletionStage<UpgradeDecision> whoIsIt(HttpRequest request) {
        return CompletableFuture.supplyAsync(() -> {
            String session = request.cookie("session");
            String user = session == null ? null : SESSIONS.get(session);
            if (user == null) return new UpgradeDecision.Refuse(401, "no session");
            return new UpgradeDecision.Open(new DoorServer()).with(USER, user);
        });
    }

    /** May block: the route says so. */
    @Override
    public void onText(WebSocket line, String text) {
        line.sendText(line.attribute(USER) + " in the " + line.request().pathParameter("room") + ": " + text);
    }
}
