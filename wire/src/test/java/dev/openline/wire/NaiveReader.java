package dev.openline.wire;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A second reader of RFC 6455, written for being obviously right: it has the whole stream, copies everything, and reads
 * one field after the other as the RFC draws them. A failure ends its events as a violation with only a code.
 */
final class NaiveReader {
    private static final Set<Integer> REGISTERED_CODES =
            Set.of(1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014);

    private final Role reader;
    private final WireLimits limits;
    private final DataInputStream in;
    private final List<WireEvent> events = new ArrayList<>();

    private ByteArrayOutputStream message;
    private boolean messageIsText;
    private int fragments;

    private NaiveReader(Role reader, WireLimits limits, byte[] stream) {
        this.reader = reader;
        this.limits = limits;
        this.in = new DataInputStream(new ByteArrayInputStream(stream));
    }

    static List<WireEvent> read(Role reader, WireLimits limits, byte[] stream) {
        NaiveReader naive = new NaiveReader(reader, limits, stream);
        try {
            while (naive.oneFrame()) {
                // goes on
            }
        } catch (Failure failure) {
            naive.events.add(new WireEvent.Violation(failure.code, "", ""));
        } catch (EOFException streamEnds) {
            // What is unfinished is not heard.
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return naive.events;
    }

    private boolean oneFrame() throws IOException {
        int first = in.readUnsignedByte();
        boolean fin = first >= 0x80;
        int reserved = first >> 4 & 7;
        int opcode = first & 15;
        boolean control = opcode >= 8;
        failIf(reserved != 0, 1002);
        failIf(opcode >= 3 && opcode <= 7 || opcode >= 11, 1002);
        failIf(control && !fin, 1002);
        failIf(opcode == 0 && message == null, 1002);
        failIf(opcode == 0 && fragments == limits.maxFragments(), 1008);
        failIf((opcode == 1 || opcode == 2) && message != null, 1002);
        int second = in.readUnsignedByte();
        boolean masked = second >= 0x80;
        failIf(masked != (reader == Role.SERVER), 1002);
        long length = second & 127;
        failIf(control && length > 125, 1002);
        if (length == 126) {
            length = in.readUnsignedShort();
            failIf(length < 126, 1002);
        } else if (length == 127) {
            length = in.readLong();
            failIf(length < 65536, 1002);
        }
        if (!control) {
            failIf(length > limits.maxFrameBytes(), 1009);
            failIf((message == null ? 0 : message.size()) + length > limits.maxMessageBytes(), 1009);
        }
        byte[] key = masked ? in.readNBytes(4) : new byte[4];
        if (key.length < 4) {
            throw new EOFException();
        }
        byte[] payload = in.readNBytes((int) length);
        for (int i = 0; i < payload.length; i++) {
            payload[i] ^= key[i % 4];
        }
        boolean whole = payload.length == length;
        if (control) {
            return whole && control(opcode, payload);
        }
        return data(opcode, fin && whole, payload) && whole;
    }

    private boolean control(int opcode, byte[] payload) {
        String hex = Hex.of(payload);
        switch (opcode) {
            case 8 -> {
                close(payload);
                return false;
            }
            case 9 -> {
                events.add(WireEvent.sentPong(hex));
                events.add(WireEvent.ping(hex));
            }
            default -> events.add(WireEvent.pong(hex));
        }
        return true;
    }

    private void close(byte[] payload) {
        failIf(payload.length == 1, 1002);
        if (payload.length == 0) {
            events.add(WireEvent.sentEmptyClose());
            events.add(WireEvent.closed(1005, ""));
        } else {
            int code = (payload[0] & 255) * 256 + (payload[1] & 255);
            failIf(!REGISTERED_CODES.contains(code) && (code < 3000 || code > 4999), 1002);
            byte[] reason = java.util.Arrays.copyOfRange(payload, 2, payload.length);
            failIf(!isUtf8(reason), 1007);
            events.add(WireEvent.sentClose(code, ""));
            events.add(WireEvent.closed(code, new String(reason, StandardCharsets.UTF_8)));
        }
        if (reader == Role.SERVER) {
            events.add(WireEvent.hungUp());
        }
    }

    private boolean data(int opcode, boolean ends, byte[] payload) {
        if (opcode != 0) {
            message = new ByteArrayOutputStream();
            messageIsText = opcode == 1;
            fragments = 0;
        }
        fragments++;
        message.writeBytes(payload);
        byte[] sofar = message.toByteArray();
        if (messageIsText) {
            failIf(ends ? !isUtf8(sofar) : !beginsUtf8(sofar), 1007);
        }
        if (ends) {
            events.add(
                    messageIsText
                            ? WireEvent.text(new String(sofar, StandardCharsets.UTF_8))
                            : WireEvent.binary(Hex.of(sofar)));
            message = null;
            fragments = 0;
        }
        return true;
    }

    /** Some ending makes it valid, as the JDK sees it; up to three bytes can be missing. */
    private static boolean beginsUtf8(byte[] bytes) {
        for (String ending : "- 80 90 a0 bf 8080 9080 a080 bf80 808080 8f8080 908080 bf8080".split(" ")) {
            ByteArrayOutputStream whole = new ByteArrayOutputStream();
            whole.writeBytes(bytes);
            whole.writeBytes(Hex.bytes(ending.replace("-", "")));
            if (isUtf8(whole.toByteArray())) {
                return true;
            }
        }
        return false;
    }

    private static boolean isUtf8(byte[] bytes) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        return decoder.decode(ByteBuffer.wrap(bytes), CharBuffer.allocate(bytes.length + 1), true)
                .isUnderflow();
    }

    private static void failIf(boolean broken, int code) {
        if (broken) {
            throw new Failure(code);
        }
    }

    private static final class Failure extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final int code;

        Failure(int code) {
            super(null, null, false, false);
            this.code = code;
        }
    }
}
