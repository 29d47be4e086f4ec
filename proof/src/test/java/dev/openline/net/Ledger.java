package dev.openline.net;

import dev.openline.wire.MessageKind;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.buffer.UnpooledHeapByteBuf;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Writes down what became of every message put into an {@link OutboundQueue}, and holds it against what was promised. */
final class Ledger {
    /** A message: its owner gives it back once. */
    private static final class Message extends UnpooledHeapByteBuf {
        private final Thread sender;
        private final int number;
        private int releases;
        private int taken;
        private SendResult result;

        Message(Thread sender, int number) {
            super(UnpooledByteBufAllocator.DEFAULT, 1, 1);
            this.sender = sender;
            this.number = number;
        }

        @Override
        public boolean release() {
            releases++;
            return true;
        }

        @Override
        public String toString() {
            return sender.getName() + "#" + number + " " + result + ", taken " + taken + ", released " + releases;
        }
    }

    private final List<Message> messages = new ArrayList<>();
    private final List<Message> taken = new ArrayList<>();
    private boolean closed;

    synchronized OutboundQueue.Item next() {
        Message message = new Message(Thread.currentThread(), messages.size());
        messages.add(message);
        return new OutboundQueue.Item(MessageKind.BINARY, message, null);
    }

    synchronized SendResult answered(OutboundQueue.Item item, SendResult result) {
        ((Message) item.bytes()).result = result;
        return result;
    }

    /** As a line's taker: the item is written and given back. */
    synchronized void take(OutboundQueue.Item item) {
        Message message = (Message) item.bytes();
        message.taken++;
        taken.add(message);
        message.release();
    }

    synchronized void closed() {
        closed = true;
    }

    /** When every sender has its answer and the loop has nothing left to do. */
    synchronized void check(long queuedBytes) {
        Map<Thread, Integer> last = new HashMap<>();
        for (Message message : taken) {
            Integer before = last.put(message.sender, message.number);
            require(before == null || before < message.number, "out of the order of its sender");
        }
        for (Message message : messages) {
            require(message.releases == 1, "not given back exactly once");
            require(message.taken <= 1, "taken twice");
            require(message.result == SendResult.ACCEPTED || message.taken == 0, "refused, and taken");
            require(closed || message.result == SendResult.ACCEPTED, "refused by an open queue");
            require(closed || message.taken == 1, "accepted by a queue that stayed open, and lost");
        }
        require(queuedBytes == 0, queuedBytes + " bytes counted in an empty queue");
    }

    private void require(boolean holds, String what) {
        if (!holds) throw new IllegalStateException(what + ": " + messages);
    }
}
