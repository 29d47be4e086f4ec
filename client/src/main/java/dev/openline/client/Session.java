package dev.openline.client;

import dev.openline.protocol.Command;
import dev.openline.protocol.Heartbeat;
import java.util.Iterator;
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
        unanswered.values().removeIf(asked -> asked.question.isAbout(cursor));
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

    /** The oldest question whose time is up, now no longer open; null if there is none. */
    @Nullable
    Question takeOverdue(long now) {
        for (Iterator<Asked> oldest = unanswered.values().iterator(); oldest.hasNext(); ) {
            Asked first = oldest.next();
            if (first.deadline > now) break;
            oldest.remove();
            return first.question;
        }
        return null;
    }

    /** Whether the server's heartbeat is overdue. */
    boolean isSilent(long now) {
        return silentUntil() <= now;
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
