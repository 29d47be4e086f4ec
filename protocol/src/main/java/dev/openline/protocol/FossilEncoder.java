package dev.openline.protocol;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Finds what a target has in common with its base, and writes the patch. Most changes are small: what both begin and end with is found by
 * comparing, and between changes mostly the same distances hold, so these are tried first: the one of the last copy and the one of the
 * common end. Only where neither helps for a while, blocks of the base are indexed and looked up.
 *
 * <p>Two laws. A copy never begins or ends inside of a UTF-8 character of the target. And work is bounded by the sizes alone: for each
 * place a few candidates are compared; the best of them is either copied, and then all that was compared lies behind, or it was short.
 */
final class FossilEncoder {
    /** How many blocks of the same hash are compared at one place. More find longer copies in repetitive bases; hostile ones have many. */
    static final int MAX_PROBES = 8;

    /** How many bytes long a literal gets before the index is asked. Whatever it finds is extended backwards, so little is lost. */
    private static final int PATIENCE = 16;

    /** A match at a known distance that is shorter would be copied, but may be an accident: the index may know a better one. */
    private static final int LONG_MATCH = 64;

    /** A match at a known distance that is shorter is hardly ever copied: no reason yet to ask the index. */
    private static final int SHORT_MATCH = 6;

    /** A UTF-8 character has at most three bytes that continue it. */
    private static final int MAX_CONTINUATIONS = 3;

    private final byte[] base;
    private final byte[] target;
    private final FossilOutput out;

    /** Up to where the target was written; what follows, up to the next copy, is a literal. */
    private int written;

    /** The distance from places of the target to those of the base that the last copy had. */
    private int distance;

    private @Nullable FossilIndex index;

    /** The best candidate at the current place: where it begins in the target and the base, and how long it is. */
    private int bestFrom;

    private int bestOffset;
    private int bestLength;

    /** Places and candidates looked at and bytes found equal, which is what time goes by. */
    private long steps;

    FossilEncoder(byte[] base, byte[] target) {
        this.base = base;
        this.target = target;
        this.out = new FossilOutput(target.length);
    }

    long steps() {
        return steps;
    }

    byte @Nullable [] encode() {
        out.number(target.length, '\n');
        int shorter = Math.min(base.length, target.length);
        int prefix = equalBytes(0, 0, shorter);
        copy(0, 0, prefix);
        int suffix = equalBytesBefore(base.length, target.length, shorter - prefix);
        search(suffix < FossilIndex.BLOCK ? target.length : target.length - suffix);
        int from = Math.max(written, target.length - suffix);
        copy(from + base.length - target.length, from, target.length);
        literal(target.length);
        out.number(FossilDelta.checksum(target), ';');
        return out.isFull() ? null : out.written();
    }

    /** Copies what can be copied for all that begins before {@code end}. */
    private void search(int end) {
        int last = Math.min(end, target.length - FossilIndex.BLOCK + 1);
        int hash = 0;
        int hashed = target.length; // none yet: no place comes behind it
        for (int at = written; at < last && !out.isFull(); at++) {
            steps++;
            bestLength = 0;
            candidate(at + distance, at);
            candidate(at + base.length - target.length, at);
            if (bestLength < LONG_MATCH && (at - written >= PATIENCE || bestLength >= SHORT_MATCH)) {
                hash = hashed == at - 1 ? FossilIndex.rolled(hash, target, hashed) : FossilIndex.hash(target, at);
                hashed = at;
                probe(hash, at);
            }
            if (bestLength > 0 && copy(bestOffset, bestFrom, bestFrom + bestLength)) at = written - 1;
        }
    }

    private void probe(int hash, int at) {
        if (index == null) index = new FossilIndex(base);
        int block = index.first(hash);
        for (int probes = 0; block >= 0 && probes < MAX_PROBES; probes++) {
            candidate(block * FossilIndex.BLOCK, at);
            block = index.after(block);
        }
    }

    /** Sees how far base and target are equal around these places, and keeps that if it is the best so far. */
    private void candidate(int offset, int at) {
        steps++;
        if (offset < 0 || offset >= base.length || base[offset] != target[at]) return;
        int after = equalBytes(offset, at, Math.min(base.length - offset, target.length - at));
        int before = equalBytesBefore(offset, at, Math.min(offset, at - written));
        if (before + after <= bestLength) return;
        bestLength = before + after;
        bestFrom = at - before;
        bestOffset = offset - before;
    }

    /** How many bytes from these places on are equal, up to {@code max}. */
    private int equalBytes(int offset, int at, int max) {
        int mismatch = Arrays.mismatch(base, offset, offset + max, target, at, at + max);
        int equal = mismatch < 0 ? max : mismatch;
        steps += equal;
        return equal;
    }

    /** How many bytes before these places are equal, up to {@code max}. */
    private int equalBytesBefore(int offset, int at, int max) {
        int equal = 0;
        while (equal < max && base[offset - equal - 1] == target[at - equal - 1]) equal++;
        steps += equal;
        return equal;
    }

    /** Writes target bytes as a copy from the base, less what would split a character; answers false, and writes nothing, if that is not shorter. */
    private boolean copy(int offset, int from, int to) {
        int begin = from;
        while (begin < to && begin - from < MAX_CONTINUATIONS && isInsideCharacter(begin)) begin++;
        int end = to;
        while (end > begin && to - end < MAX_CONTINUATIONS && isInsideCharacter(end)) end--;
        int length = end - begin;
        int start = offset + begin - from;
        int cost = FossilOutput.digits(length) + 1 + FossilOutput.digits(start) + 1;
        if (begin > written) cost += 2; // a literal that ends here has a count of its own
        if (length <= cost) return false;
        literal(begin);
        out.number(length, '@');
        out.number(start, ',');
        written = end;
        distance = start - begin;
        return true;
    }

    /** Whether the target, if it is UTF-8, has a character that begins before {@code at} and goes on there. */
    private boolean isInsideCharacter(int at) {
        return at < target.length && (target[at] & 0xC0) == 0x80;
    }

    /** Writes what was not copied, up to {@code end}. */
    private void literal(int end) {
        if (end == written) return;
        out.number(end - written, ':');
        out.bytes(target, written, end);
        written = end;
    }
}
