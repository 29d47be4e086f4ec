package dev.openline.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.openline.wire.CloseStatus;
import dev.openline.wire.MessageMemory;
import dev.openline.wire.WireTiming;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What all lines together hold of messages that have not come whole. */
class UnfinishedMessagesTest {
    private static final long MOST = 1 << 20;

    private final UnfinishedMessages unfinished = UnfinishedMessages.atMost(MOST);
    private final BlockingQueue<Heard> lines = new LinkedBlockingQueue<>();
    private final List<RawPeer> peers = new ArrayList<>();
    private WebSocketServer server;

    @BeforeEach
    void listen() throws Exception {
        LineOptions options = LineOptions.defaults()
                .withTiming(WireTiming.DEFAULT.withoutHeartbeat())
                .withUnfinished(unfinished);
        server = WebSocketServer.listen(
                o -> o.port(0).transport(Transport.NIO).line(options).webSocket("/", request -> {
                    Heard heard = new Heard();
                    lines.add(heard);
                    return heard;
                }));
    }

    @AfterEach
    void close() throws Exception {
        for (RawPeer peer : peers) peer.close();
        server.close();
    }

    private Heard heard() throws InterruptedException {
        return Heard.next(lines);
    }

    /** The first frame of a message that has another one. */
    private static byte[] beginning(int bytes) {
        return RawPeer.masked(0x02, new byte[bytes]);
    }

    private static byte[] end(int bytes) {
        return RawPeer.masked(0x80, new byte[bytes]);
    }

    private void awaitHeld(long least, long most) {
        Awaitility.await()
                .untilAsserted(() -> assertThat(unfinished.heldBytes()).isBetween(least, most));
    }

    @Test
    void theLineThatGoesBeyondTheBoundIsClosedWith1013AndTheOthersFinish() throws Exception {
        try (RawPeer patient = RawPeer.open(server.port())) {
            Heard first = heard();
            patient.say(beginning(200_000));
            awaitHeld(200_000, MOST);
            Heard last = first;
            for (int i = 0; i < MOST / 200_000 && !last.closed.isDone(); i++) {
                long before = unfinished.heldBytes();
                RawPeer greedy = RawPeer.open(server.port());
                peers.add(greedy);
                Heard other = heard();
                last = other;
                greedy.say(beginning(200_000));
                Awaitility.await().until(() -> other.closed.isDone() || unfinished.heldBytes() >= before + 200_000);
            }
            assertThat(last.status().code()).isEqualTo(1013);
            peers.get(peers.size() - 1).expectClose(CloseStatus.TRY_AGAIN_LATER);
            assertThat(unfinished.heldBytes()).isLessThanOrEqualTo(MOST);
            patient.say(end(10));
            assertThat(first.binarySizes.poll(10, TimeUnit.SECONDS)).isEqualTo(200_010);
            assertThat(first.closed).isNotDone();
        }
    }

    @Test
    void howeverAMessageEndsItsMemoryIsFreeAgain() throws Exception {
        try (RawPeer whole = RawPeer.open(server.port());
                RawPeer closing = RawPeer.open(server.port());
                RawPeer faulty = RawPeer.open(server.port());
                RawPeer cut = RawPeer.open(server.port())) {
            for (RawPeer peer : new RawPeer[] {whole, closing, faulty, cut}) peer.say(beginning(50_000));
            awaitHeld(200_000, MOST);
            whole.say(end(1));
            closing.say(RawPeer.close(1000));
            faulty.say(RawPeer.text("another message inside this one"));
            cut.socket().setSoLinger(true, 0);
            cut.socket().close();
            awaitHeld(0, 0);
        }
    }

    @Test
    void whatIsGivenBackCanBeTakenAgainToTheLastByte() {
        MessageMemory memory = unfinished.memory();
        int room = PlacedMemory.bytesFor((int) MOST) - (int) MOST;
        MessageMemory.Block all = memory.take((int) MOST - room);
        assertThat(all).isNotNull();
        assertThat(memory.take(1)).isNull();
        assertThat(unfinished.heldBytes()).isEqualTo(MOST);
        all.release();
        assertThat(unfinished.heldBytes()).isZero();
        MessageMemory.Block again = memory.take((int) MOST - room);
        assertThat(again).isNotNull();
        again.release();
    }

    @Test
    void theBoundOfTheProcessIsFiniteAndABoundIsCheckedWhenItIsSet() {
        assertThat(UnfinishedMessages.OF_PROCESS.maxBytes()).isBetween(1L << 20, 256L << 20);
        assertThat(LineOptions.defaults().unfinished()).isSameAs(UnfinishedMessages.OF_PROCESS);
        assertThatIllegalArgumentException().isThrownBy(() -> UnfinishedMessages.atMost(1_000));
    }
}
