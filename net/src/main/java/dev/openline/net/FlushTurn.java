package dev.openline.net;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.FastThreadLocal;
import java.util.ArrayList;

/**
 * The lines and streams of one loop that have bytes waiting and no read under way that would flush them. They are flushed together by one task
 * behind whatever is queued on the loop now, so that a burst of publications is one write per line, not one per publication.
 */
final class FlushTurn implements Runnable {
    /** Whoever has something to flush. */
    interface Member {
        /** The turn is over. */
        void flushTurn();
    }

    private static final FastThreadLocal<FlushTurn> TURNS = new FastThreadLocal<>();

    private final EventLoop loop;
    private ArrayList<Member> waiting = new ArrayList<>();
    private ArrayList<Member> flushing = new ArrayList<>();

    private FlushTurn(EventLoop loop) {
        this.loop = loop;
    }

    static FlushTurn of(EventLoop loop) {
        assert loop.inEventLoop() : "a flush turn belongs to its loop";
        FlushTurn turn = TURNS.get();
        if (turn == null || turn.loop != loop) {
            turn = new FlushTurn(loop);
            TURNS.set(turn);
        }
        return turn;
    }

    void add(Member member) {
        if (waiting.isEmpty()) loop.execute(this);
        waiting.add(member);
    }

    @Override
    public void run() {
        ArrayList<Member> members = waiting;
        waiting = flushing;
        flushing = members;
        for (int i = 0; i < members.size(); i++) members.get(i).flushTurn();
        members.clear();
    }
}
