package dev.openline.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.protocol.Command;
import dev.openline.protocol.Encoding;
import dev.openline.protocol.SubscribeRequest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Ten thousand commands, or broken frames, over a real line. */
class CrowdedFramesTest {
    private static final int CROWD = 10_000;
    private static final int MAX_SUBSCRIPTIONS = SessionLimits.DEFAULT.maxSubscriptions();

    private static ServedSessions sessions;

    /** Decides about those who bring no token. */
    private static volatile CompletableFuture<Authenticator.Admission> admission = new CompletableFuture<>();

    @BeforeAll
    static void start() throws Exception {
        // So that the frame fits, and its answers may wait.
        sessions = new ServedSessions(o -> o.maxMessageBytes(1 << 20)
                .maxQueuedBytes(4 << 20)
                .limits(SessionLimits.DEFAULT.withMaxReadsPerSecond(CROWD))
                .authenticator(attempt -> admission));
    }

    @AfterAll
    static void stop() {
        sessions.close();
    }

    private static Command[] crowd(LongFunction<SubscribeRequest> request) {
        Command[] all = new Command[CROWD];
        for (int i = 0; i < CROWD; i++) all[i] = new Command.Subscribe(2 + i, request.apply(i));
        return all;
    }

    private static List<String> answers(Caller caller) throws InterruptedException {
        List<String> answers = new ArrayList<>();
        for (int i = 0; i < CROWD; i++) answers.add(Caller.nameOf(caller.next()));
        return answers;
    }

    private static List<String> first(int count, String answer, String rest) {
        List<String> all = new ArrayList<>(Collections.nCopies(count, answer));
        all.addAll(Collections.nCopies(CROWD - count, rest));
        return all;
    }

    @ParameterizedTest
    @EnumSource(Encoding.class)
    void subscribesBeyondTheirBoundAreRefusedOneByOne(Encoding encoding) throws Exception {
        try (Caller caller = sessions.connected(encoding)) {
            caller.says(crowd(i -> SubscribeRequest.to("news:" + i)));
            assertThat(answers(caller)).isEqualTo(first(MAX_SUBSCRIPTIONS, "reply", "error 106"));
            sessions.goesOn();
        }
    }

    @ParameterizedTest
    @EnumSource(Encoding.class)
    void subscribesToOneChannelAreOneSubscription(Encoding encoding) throws Exception {
        String channel = "news:one" + encoding;
        try (Caller caller = sessions.connected(encoding)) {
            caller.says(crowd(i -> SubscribeRequest.to(channel)));
            assertThat(answers(caller)).isEqualTo(first(1, "reply", "error 105"));
            sessions.goesOn();
            sessions.server.publish(channel, "1").join();
            assertThat(Caller.nameOf(caller.next())).isEqualTo("publication 1");
        }
    }

    @ParameterizedTest
    @EnumSource(Encoding.class)
    void subscribesWithBadTokensAreOneLineOfTheLog(Encoding encoding) throws Exception {
        try (Caller caller = sessions.connected(encoding)) {
            caller.says(crowd(i -> SubscribeRequest.to("news:" + i).withToken(ServedSessions.MARK + i)));
            assertThat(answers(caller)).isEqualTo(first(CROWD, "error 103", ""));
            assertThat(sessions.logged()).hasSize(1);
            sessions.goesOn();
        }
    }

    @ParameterizedTest
    @EnumSource(Encoding.class)
    void brokenFramesWhileTheConnectIsUnderWayAreOneLineOfTheLog(Encoding encoding) throws Exception {
        admission = new CompletableFuture<>();
        try (Caller caller = sessions.dial(encoding)) {
            caller.says(Command.Connect.by(1, "test", ""));
            for (int i = 0; i < CROWD; i++) caller.says(new byte[] {'{'});
            caller.awaitRead();
            assertThat(sessions.logged()).hasSize(1);
            admission.complete(new Authenticator.Admitted("alice", null, null));
            assertThat(caller.answerTo(1)).isEqualTo("reply");
            assertThat(Caller.nameOf(caller.next())).isEqualTo("closed 3501");
            sessions.goesOn();
        }
    }
}
