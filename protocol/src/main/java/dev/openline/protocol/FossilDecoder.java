package dev.openline.protocol;

import java.util.Arrays;

/**
 * Applies one patch, reading it twice: first only to see that it is right and how much it makes, then into an array of that size. So
 * neither an announced size nor a short patch that copies much takes memory before it is known to be right.
 */
final class FossilDecoder {
    /** As many digits as 2^32-1 has, the largest number there can be: a checksum. */
    private static final int MAX_DIGITS = 6;

    private static final long MAX_NUMBER = 0xFFFF_FFFFL;
    private static final byte[] VALUES = values();

    private final byte[] base;
    private final byte[] delta;
    private int at;

    FossilDecoder(byte[] base, byte[] delta) {
        this.base = base;
        this.delta = delta;
    }

    private static byte[] values() {
        byte[] values = new byte[256];
        Arrays.fill(values, (byte) -1);
        for (int i = 0; i < FossilDelta.DIGITS.length(); i++) values[FossilDelta.DIGITS.charAt(i)] = (byte) i;
        return values;
    }

    byte[] target(int maxTargetBytes) throws MalformedDelta {
        long size = number();
        if (next() != '\n') throw new MalformedDelta("a delta whose size has no end");
        if (size > maxTargetBytes) throw new MalformedDelta("a delta for more than " + maxTargetBytes + " bytes");
        int commands = at;
        long checksum = check(size);
        at = commands;
        byte[] target = carriedOut((int) size);
        if ((FossilDelta.checksum(target) & MAX_NUMBER) != checksum) {
            throw new MalformedDelta("a delta with another checksum: it is damaged, or for another base");
        }
        return target;
    }

    /** Reads all commands without carrying them out, and answers the checksum behind them. */
    private long check(long size) throws MalformedDelta {
        long made = 0;
        while (true) {
            long number = number();
            switch (next()) {
                case '@' -> {
                    long offset = number();
                    if (next() != ',') throw new MalformedDelta("a copy without end in a delta");
                    if (offset + number > base.length)
                        throw new MalformedDelta("a copy from outside of a delta's base");
                    made += number;
                }
                case ':' -> {
                    if (number > delta.length - at) throw new MalformedDelta("a delta that ends inside of a literal");
                    at += (int) number;
                    made += number;
                }
                case ';' -> {
                    if (made != size) throw new MalformedDelta("a delta that makes less than it announced");
                    if (at != delta.length) throw new MalformedDelta("a delta that goes on after its end");
                    return number;
                }
                default -> throw new MalformedDelta("an unknown command in a delta");
            }
            if (made > size) throw new MalformedDelta("a delta that makes more than it announced");
        }
    }

    /** Carries out what was checked. */
    private byte[] carriedOut(int size) throws MalformedDelta {
        byte[] target = new byte[size];
        int made = 0;
        while (true) {
            int number = (int) number();
            int command = next();
            if (command == ';') return target;
            if (command == '@') {
                System.arraycopy(base, (int) number(), target, made, number);
                at++; // the comma
            } else {
                System.arraycopy(delta, at, target, made, number);
                at += number;
            }
            made += number;
        }
    }

    private long number() throws MalformedDelta {
        long number = 0;
        int from = at;
        for (; at < delta.length && VALUES[delta[at] & 0xFF] >= 0; at++) {
            if (at - from == MAX_DIGITS) throw new MalformedDelta("a number in a delta with too many digits");
            number = number << 6 | VALUES[delta[at] & 0xFF];
        }
        if (at == from) throw new MalformedDelta("a delta without a number where one belongs");
        if (number > MAX_NUMBER) throw new MalformedDelta("a number in a delta that is too large");
        return number;
    }

    /** The next byte; -1 at the end. */
    private int next() {
        return at < delta.length ? delta[at++] : -1;
    }
}
