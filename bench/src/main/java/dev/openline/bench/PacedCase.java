package dev.openline.bench;

import java.io.IOException;

/**
 * Messages that come straight back, at a fixed rate that leaves the server time to sleep.
 *
 * @param rate messages a second over all lines
 */
record PacedCase(int lines, int size, int rate) implements Case {
    @Override
    public String name() {
        return "paced " + Sizes.count(rate) + "/s of " + Sizes.text(size) + ", " + Sizes.count(lines) + " lines";
    }

    /** The times in the messages have to come back readable. */
    @Override
    public boolean suits(Contender contender) {
        return contender.speaksWebSocket();
    }

    @Override
    public Figures measure(Server server, double warmUp, double window) throws IOException {
        try (Load load = Load.open(server, server.echoPath(), lines)) {
            OpenLoad open = new OpenLoad(load, new MaskedFrames(size));
            return Figures.of(open.echo(rate, warmUp, new Window(window, server.handle())));
        }
    }
}
