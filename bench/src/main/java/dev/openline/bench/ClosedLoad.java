package dev.openline.bench;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;

/**
 * A load that keeps so many messages under way, for throughput and its price: what comes back is answered at once by as many more.
 */
final class ClosedLoad {
    private static final long DRAIN_NANOS = TimeUnit.SECONDS.toNanos(20);
    private static final long MEETING_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long AUDIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int AUDIENCE_ATTEMPTS = 10;

    private final Load load;
    private final Exchange exchange;
    private long received;

    ClosedLoad(Load load, MaskedFrames frames) {
        this.load = load;
        this.exchange = new Exchange(frames, Load.READ_BYTES);
    }

    /** Echoes, {@code pipeline} under way on each line: sends as many as come back, those of one read in one write. */
    Window.Throughput echo(int pipeline, double warmUpSeconds, Window window) throws IOException {
        Refill refill = new Refill();
        meet(load.lines().get(0));
        for (LoadLine line : load.lines()) refill.send(line, pipeline);
        run(refill, seconds(warmUpSeconds));
        Window.Throughput throughput = window.measure(() -> received, () -> run(refill, window.nanos()));
        refill.sending = false;
        drain(refill, refill.sent);
        return throughput;
    }

    /** One message there and back on each line. */
    void once() throws IOException {
        Refill refill = new Refill();
        meet(load.lines().get(0));
        refill.sending = false;
        for (LoadLine line : load.lines()) refill.send(line, 1);
        drain(refill, refill.sent);
    }

    /** Learns from a first message what comes back for it. */
    private void meet(LoadLine line) throws IOException {
        Meeting meeting = new Meeting();
        line.owe(exchange, 1);
        long giveUp = System.nanoTime() + MEETING_NANOS;
        while (!exchange.learn(meeting.reply.toByteArray()) && System.nanoTime() - giveUp < 0) load.turn(10, meeting);
        if (exchange.replyBytes() == 0) throw new IllegalStateException("the server doesn't answer");
    }

    /** Only collects. */
    private final class Meeting implements Load.Driver {
        private final ByteArrayOutputStream reply = new ByteArrayOutputStream();

        @Override
        public void writable(LoadLine line) throws IOException {
            line.pay(exchange);
        }

        @Override
        public void readable(LoadLine line, ByteBuffer shared) throws IOException {
            line.read(shared);
            while (shared.hasRemaining()) reply.write(shared.get());
        }
    }

    /** Messages that have come back so far. */
    long received() {
        return received;
    }

    private final class Refill implements Load.Driver {
        private boolean sending = true;
        private long sent;

        @Override
        public void writable(LoadLine line) throws IOException {
            line.pay(exchange);
        }

        @Override
        public void readable(LoadLine line, ByteBuffer shared) throws IOException {
            int messages = line.receive(exchange, shared);
            received += messages;
            if (sending && messages > 0) send(line, messages);
        }

        private void send(LoadLine line, int messages) throws IOException {
            sent += messages;
            line.owe(exchange, messages);
        }
    }

    /**
     * Broadcasts, {@code pipeline} under way: the next is published when as many deliveries have come as one publication makes.
     *
     * @throws IllegalStateException if not every delivery comes: its figures would flatter the server
     */
    Window.Throughput broadcast(LoadLine publisher, int pipeline, double warmUpSeconds, Window window)
            throws IOException {
        Publish publish = new Publish(publisher, pipeline);
        gather(publish);
        publish.sending = true;
        publish.more();
        run(publish, seconds(warmUpSeconds));
        Window.Throughput throughput = window.measure(() -> received, () -> run(publish, window.nanos()));
        publish.sending = false;
        drain(publish, publish.published * load.lines().size());
        return throughput;
    }

    /** Publishes until all lines hear it. */
    void gather(LoadLine publisher) throws IOException {
        gather(new Publish(publisher, 1));
    }

    /** Publishes until all lines hear it: a server may count a line in only after it said that the upgrade is done. */
    private void gather(Publish publish) throws IOException {
        exchange.expectPlain();
        int audience = load.lines().size();
        for (int attempt = 0; attempt < AUDIENCE_ATTEMPTS; attempt++) {
            received = 0;
            publish.one();
            long giveUp = System.nanoTime() + AUDIENCE_NANOS;
            while (received < audience && System.nanoTime() - giveUp < 0) load.turn(10, publish);
            if (received == audience) {
                received = 0;
                publish.published = 0;
                return;
            }
        }
        throw new IllegalStateException("only " + received + " of " + audience + " lines hear what is published");
    }

    private final class Publish implements Load.Driver {
        private final LoadLine publisher;
        private final int pipeline;
        private boolean sending;
        private long published;

        private Publish(LoadLine publisher, int pipeline) {
            this.publisher = publisher;
            this.pipeline = pipeline;
        }

        void one() throws IOException {
            published++;
            publisher.owe(exchange, 1);
        }

        void more() throws IOException {
            while (published - received / load.lines().size() < pipeline) one();
        }

        @Override
        public void writable(LoadLine line) throws IOException {
            line.pay(exchange);
        }

        @Override
        public void readable(LoadLine line, ByteBuffer shared) throws IOException {
            received += line.receive(exchange, shared);
            if (sending) more();
        }
    }

    /** Lets what is under way come back, so that the next window starts with nothing on the lines. */
    private void drain(Load.Driver driver, long expected) throws IOException {
        long giveUp = System.nanoTime() + DRAIN_NANOS;
        while (received < expected && System.nanoTime() - giveUp < 0) load.turn(10, driver);
        if (received != expected) {
            throw new IllegalStateException(
                    "of " + expected + " messages " + received + " came back: these figures would mean nothing");
        }
    }

    private void run(Load.Driver driver, long nanos) throws IOException {
        long end = System.nanoTime() + nanos;
        while (System.nanoTime() - end < 0) load.turn(10, driver);
    }

    private static long seconds(double seconds) {
        return (long) (seconds * TimeUnit.SECONDS.toNanos(1));
    }
}
