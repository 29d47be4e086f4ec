package dev.openline.protocol;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** A Protobuf frame in the making: messages, each behind its length. */
final class ProtoFrame implements MessageFrame {
    private final ProtoOutput message = new ProtoOutput(256);
    private final ProtoServerMessageEncoder serverMessages = new ProtoServerMessageEncoder(message);
    private final ProtoCommandEncoder commands = new ProtoCommandEncoder(message);
    private byte[] bytes = new byte[256];
    private int size;

    @Override
    public ProtoFrame add(ServerMessage said) {
        message.clear();
        said.with((ServerMessage.Cases<Void>) serverMessages);
        message.length(0);
        return add(message.copy());
    }

    @Override
    public ProtoFrame add(Command command) {
        message.clear();
        command.with(commands);
        message.length(0);
        return add(message.copy());
    }

    @Override
    public ProtoFrame add(byte[] encoded) {
        if (bytes.length - size < encoded.length)
            bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(size, encoded.length), bytes.length * 2));
        System.arraycopy(encoded, 0, bytes, size, encoded.length);
        size += encoded.length;
        return this;
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public byte[] bytes() {
        return Arrays.copyOf(bytes, size);
    }

    @Override
    public ByteBuffer buffer() {
        return ByteBuffer.wrap(bytes, 0, size).slice();
    }

    @Override
    public void clear() {
        size = 0;
    }
}
