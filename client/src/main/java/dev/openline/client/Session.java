package dev.openline.client;

import dev.openline.protocol.Command;
import dev.openline.protocol.Heartbeat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is said on one open line: the ids given out, the machine's unanswered questions, the server's heartbeat. Forgotten with the line. */
final class Session {
    private record Asked(Question question, long deadline) {}

    private final ClientSettings settings;

    /** By id. All have the same time limit, so the first is due first. */
    private final Map<Long, Asked> unanswered = new LinkedHashMap<>();

    private long lastId;
    private @Nullable Heartbeat heartbeat;

    /** When the server was last heard. */
    private long heardAt;

    Session(ClientSettings settings) {
        this.settings = settings;
    }

    long nextId() {
        return ++lastId;
    }

    Command ask(Question question, long now) {
        long id = nextId();
        unanswered.put(id, new Asked(question, now + settings.timing().commandMillis()));
        return question.command(id);
    }

    /** The question that was asked with this id, now no longer open; null if there is none. */
    @Nullable
    Question takeAnswered(long id) {
        Asked asked = unanswered.remove(id);
        return asked == null ? null : asked.question;
    }

    /** The answer about this subscription is of no interest any more. */
    void forget(Cursor cursor) {
        unanswered.values().removeIf(asked -> asked.question instanceof Question.Subscribe s && s.cursor() == cursor);
    }

    void heard(long now) {
        heardAt = now;
    }

    void beats(@Nullable Heartbeat heartbeat) {
        this.heartbeat = heartbeat;
    }

    /** Whether the server wants its pings answered. */
    boolean answersPings() {
        return heartbeat != null && heartbeat.answered();
    }

    /** Why this line should be dropped, if it should: the oldest question is overdue, or the server's heartbeat is. */
    @Nullable
    Cause fault(long now) {
        for (Asked first : unanswered.values()) {
            if (first.deadline <= now) return first.question.late();
            break;
        }
        return silentUntil() <= now ? Cause.NO_PING : null;
    }

    long nextDeadline() {
        for (Asked first : unanswered.values()) return Math.min(first.deadline, silentUntil());
        return silentUntil();
    }

    private long silentUntil() {
        Heartbeat beat = heartbeat;
        if (beat == null) return ClientMachine.NEVER;
        return heardAt + beat.pingSeconds() * 1000 + settings.timing().pingSlackMillis();
    }
}
