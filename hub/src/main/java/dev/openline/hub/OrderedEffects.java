package dev.openline.hub;

import dev.openline.protocol.ClientInfo;
import dev.openline.protocol.Publication;
import dev.openline.protocol.StreamPosition;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Keeps effects in order when one causes another. Carrying an effect to a line may break that line, and its end has effects of its own; without
 * this, some loops or lines would hear that somebody left before they hear that he joined. What is caused within an effect waits until that has been
 * carried everywhere.
 */
final class OrderedEffects implements ShardEffects {
    private final ShardEffects effects;
    private final Queue<Runnable> later = new ArrayDeque<>();
    private boolean busy;

    OrderedEffects(ShardEffects effects) {
        this.effects = effects;
    }

    @Override
    public void publication(
            LoopSet loops, String channel, String epoch, Publication publication, @Nullable Publication previous) {
        if (busy) {
            later.add(() -> effects.publication(loops, channel, epoch, publication, previous));
            return;
        }
        busy = true;
        try {
            effects.publication(loops, channel, epoch, publication, previous);
            rest();
        } finally {
            busy = false;
        }
    }

    @Override
    public void advanced(LoopSet loops, String channel, StreamPosition top) {
        inTurn(() -> effects.advanced(loops, channel, top));
    }

    @Override
    public void stale(LoopSet loops, String channel) {
        inTurn(() -> effects.stale(loops, channel));
    }

    @Override
    public void joined(LoopSet loops, String channel, ClientInfo who) {
        inTurn(() -> effects.joined(loops, channel, who));
    }

    @Override
    public void left(LoopSet loops, String channel, ClientInfo who) {
        inTurn(() -> effects.left(loops, channel, who));
    }

    @Override
    public void occupied(String channel) {
        inTurn(() -> effects.occupied(channel));
    }

    @Override
    public void vacated(String channel) {
        inTurn(() -> effects.vacated(channel));
    }

    @Override
    public void gathered(String pattern, Publication publication) {
        inTurn(() -> effects.gathered(pattern, publication));
    }

    private void inTurn(Runnable effect) {
        later.add(effect);
        if (busy) return;
        busy = true;
        try {
            rest();
        } finally {
            busy = false;
        }
    }

    private void rest() {
        for (Runnable effect = later.poll(); effect != null; effect = later.poll()) effect.run();
    }
}
