package dev.openline.net;

import org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Sending, taking turns and closing at once, in every interleaving that Lincheck finds in its bounds. The answers must be those of a
 * queue without concurrency: what is sent after the close is refused, what is sent before is accepted. And in the end, when
 * the loop has done what it was asked to, the {@link Ledger} balances. So these outcomes are forbidden:
 *
 * <ul>
 *   <li>accepted, the queue stays open, and no turn takes it: a wake-up was lost;
 *   <li>refused, and taken all the same: the sender would send it again;
 *   <li>given back twice: the bytes of the next owner would be written to this line (as CVE-2022-25762 of Tomcat);
 *   <li>never given back: pooled memory leaks with every line that closes under load;
 *   <li>bytes still counted at the end: a line of the same queue would be full for ever.
 * </ul>
 */
@DisplayName("send, take and close in every order")
public class OutboundQueueInterleavingTest {
    /** Interleavings tried for a scenario; {@code -Dopenline.interleavings=N} for a longer search. */
    private static final int INTERLEAVINGS = Integer.getInteger("openline.interleavings", 200);

    private static final int SCENARIOS = Integer.getInteger("openline.scenarios", 6);

    private final Ledger ledger = new Ledger();
    private final ManualLoop loop = new ManualLoop();
    private final OutboundQueue queue = new OutboundQueue(loop, ledger::take);

    @Operation
    public SendResult send() {
        OutboundQueue.Item item = ledger.next();
        return ledger.answered(item, queue.add(item));
    }

    @Operation(nonParallelGroup = "loop")
    public void turn() {
        loop.turn();
    }

    /** As a line does before it writes something of its own. */
    @Operation(nonParallelGroup = "loop")
    public void take() {
        if (!queue.isClosed()) queue.take();
    }

    @Operation(nonParallelGroup = "loop")
    public void close() {
        queue.close();
        ledger.closed();
    }

    /** The loop ends with its server; lines close their queues before. */
    @Operation(nonParallelGroup = "loop")
    public void endLoop() {
        close();
        loop.turn();
        loop.end();
    }

    @Validate
    public void balances() {
        loop.turn();
        ledger.check(queue.bytes());
    }

    @Test
    void answersAndAccountsAreThoseOfAQueueWithoutConcurrency() {
        new ModelCheckingOptions()
                .threads(3)
                .actorsPerThread(2)
                .actorsBefore(1)
                .actorsAfter(1)
                .iterations(SCENARIOS)
                .invocationsPerIteration(INTERLEAVINGS)
                .sequentialSpecification(Sequential.class)
                .addGuarantee(ManagedStrategyGuaranteeKt.forClasses(
                                "dev.openline.net.Ledger", "dev.openline.net.OutboundQueue$Item")
                        .allMethods()
                        .treatAsAtomic())
                .check(OutboundQueueInterleavingTest.class);
    }

    /** What the answers must be. */
    public static final class Sequential {
        private boolean closed;

        public SendResult send() {
            return closed ? SendResult.CLOSED : SendResult.ACCEPTED;
        }

        public void turn() {}

        public void take() {}

        public void close() {
            closed = true;
        }

        public void endLoop() {
            closed = true;
        }
    }
}
