package dev.openline.bench;

import java.io.IOException;

/**
 * One message to many lines; figures are per delivery.
 *
 * @param pipeline publications under way, for a closed load
 * @param rate publications a second instead; 0 for a closed load
 */
record BroadcastCase(int lines, int size, int pipeline, int rate) implements Case {
    @Override
    public String name() {
        String paced = rate > 0 ? "paced " + rate + "/s " : "";
        return paced + "broadcast " + Sizes.text(size) + " to " + Sizes.count(lines) + " lines";
    }

    @Override
    public boolean suits(Contender contender) {
        return contender.speaksWebSocket();
    }

    @Override
    public Figures measure(Server server, double warmUp, double window) throws IOException {
        try (Load load = Load.open(server, "/broadcast", lines)) {
            LoadLine publisher = load.line("/publish");
            Window measured = new Window(window, server.handle());
            MaskedFrames frames = new MaskedFrames(size);
            ClosedLoad closed = new ClosedLoad(load, frames);
            if (rate == 0) return Figures.of(closed.broadcast(publisher, pipeline, warmUp, measured));
            closed.gather(publisher);
            return Figures.of(new OpenLoad(load, frames).broadcast(publisher, rate, warmUp, measured));
        }
    }
}
