package dev.openline.bench;

import java.io.IOException;

/**
 * Messages that come straight back, so many under way on each line all the time.
 *
 * @param size payload bytes
 * @param pipeline messages under way on each line
 * @param variant what goes with WebSocket; with deflate the messages are JSON
 */
record EchoCase(int lines, int size, int pipeline, Variant variant) implements Case {
    EchoCase(int lines, int size, int pipeline) {
        this(lines, size, pipeline, Variant.PLAIN);
    }

    @Override
    public String name() {
        String bursts = pipeline > 1 ? ", bursts of " + pipeline : "";
        return "echo " + Sizes.text(size) + ", " + Sizes.count(lines) + " lines" + bursts + variant.suffix();
    }

    @Override
    public Figures measure(Server server, double warmUp, double window) throws IOException {
        try (Load load = Load.open(server, server.echoPath(), lines)) {
            ClosedLoad closed = new ClosedLoad(load, MaskedFrames.of(size, variant));
            return Figures.of(closed.echo(pipeline, warmUp, new Window(window, server.handle())));
        }
    }
}
