package dev.openline.net;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.FastThreadLocal;
import java.util.ArrayList;

/**
 * The lines of one loop that have frames waiting and no read under way that would flush them. They are flushed together by one task
 * behind whatever is queued on the loop now, so that a burst of publications is one write per line, not one per publication.
 */
final class FlushTurn implements Runnable {
    private static final FastThreadLocal<FlushTurn> TURNS = new FastThreadLocal<>();

    private final EventLoop loop;
    private ArrayList<Line> waiting = new ArrayList<>();
    private ArrayList<Line> flushing = new ArrayList<>();

    private FlushTurn(EventLoop loop) {
        this.loop = loop;
    }

    static FlushTurn of(EventLoop loop) {
        assert loop.inEventLoop() : "a flush turn belongs to its loop";
        FlushTurn turn = TURNS.get();
        if (turn == null) {
            turn = new FlushTurn(loop);
            TURNS.set(turn);
        }
        return turn;
    }

    void add(Line line) {
        if (waiting.isEmpty()) loop.execute(this);
        waiting.add(line);
    }

    @Override
    public void run() {
        ArrayList<Line> lines = waiting;
        waiting = flushing;
        flushing = lines;
        for (int i = 0; i < lines.size(); i++) lines.get(i).flushTurn();
        lines.clear();
    }
}
