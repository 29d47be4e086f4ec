package dev.openline.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class NamesTest {
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private final AtomicInteger lookups = new AtomicInteger();
    private final Names names = new Names(waiting::add, name -> {
        lookups.incrementAndGet();
        if (name.equals("nowhere")) throw new UnknownHostException(name);
        return List.of(InetAddress.getLoopbackAddress());
    });

    private void work() {
        for (Runnable next = waiting.poll(); next != null; next = waiting.poll()) next.run();
    }

    private static <T> T now(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }

    @Test
    void anAddressNeedsNoLookup() throws UnknownHostException {
        assertThat(now(names.lookUp("127.0.0.2"))).containsExactly(InetAddress.getByName("127.0.0.2"));
        assertThat(now(names.lookUp("::1"))).containsExactly(InetAddress.getByName("::1"));
        assertThat(lookups).hasValue(0);
    }

    @Test
    void aNameIsLookedUpElsewhereAndOnceForAllWhoAskMeanwhile() {
        List<CompletionStage<List<InetAddress>>> asked =
                List.of(names.lookUp("somewhere"), names.lookUp("somewhere"), names.lookUp("somewhere"));
        assertThat(lookups).as("nothing on the caller's thread").hasValue(0);

        work();

        assertThat(lookups).hasValue(1);
        for (var answer : asked) assertThat(now(answer)).hasSize(1);
    }

    @Test
    void anAnswerIsNotKept() {
        names.lookUp("somewhere");
        work();
        names.lookUp("somewhere");
        work();
        assertThat(lookups).hasValue(2);
    }

    @Test
    void aNameThatIsNotFoundFailsAndIsAskedForAgain() {
        CompletionStage<List<InetAddress>> first = names.lookUp("nowhere");
        work();
        assertThatThrownBy(() -> now(first))
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(UnknownHostException.class);
        names.lookUp("nowhere");
        work();
        assertThat(lookups).hasValue(2);
    }

    @Test
    void oneLookupTooManyFailsAtOnce() {
        Names full = new Names(
                task -> {
                    throw new RejectedExecutionException();
                },
                name -> List.of());
        assertThatThrownBy(() -> now(full.lookUp("somewhere"))).hasMessageContaining("too many names");
    }
}
