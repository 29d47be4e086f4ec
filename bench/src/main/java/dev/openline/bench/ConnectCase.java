package dev.openline.bench;

import java.io.IOException;

/**
 * Clients that connect, upgrade, close and go; a message is one such client.
 *
 * @param clients under way at a time
 */
record ConnectCase(int clients) implements Case {
    @Override
    public String name() {
        return "connect, upgrade, close, " + Sizes.count(clients) + " at a time";
    }

    @Override
    public boolean suits(Contender contender) {
        return contender.speaksWebSocket();
    }

    @Override
    public Figures measure(Server server, double warmUp, double window) throws IOException {
        try (ConnectLoad load = new ConnectLoad(server)) {
            return Figures.of(load.run(clients, warmUp, new Window(window, server.handle())));
        }
    }
}
