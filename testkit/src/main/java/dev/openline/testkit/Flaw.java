package dev.openline.testkit;

import dev.openline.hub.LogEntry;
import dev.openline.hub.StoredLog;
import java.util.ArrayList;
import java.util.List;

/** Something that does not do what it should, to see that it would be noticed. */
enum Flaw {
    NONE,
    /** A publish is acknowledged before it is written. */
    ANSWERS_BEFORE_IT_WRITES,
    /** Idempotency keys are not kept. */
    FORGETS_KEYS {
        @Override
        StoredLog opened(StoredLog log) {
            return new StoredLog(log.epoch(), log.first(), log.top(), log.tail(), List.of(), log.version());
        }
    },
    /** After a restart the newest publication is missing, and its offset is given out again. */
    LOSES_THE_NEWEST {
        @Override
        StoredLog opened(StoredLog log) {
            if (log.tail().isEmpty()) return log;
            List<LogEntry> tail = log.tail().subList(0, log.tail().size() - 1);
            return new StoredLog(log.epoch(), log.first(), log.top() - 1, tail, log.keys(), log.version());
        }
    },
    /** What is read back is not what was written there. */
    READS_THE_WRONG_PAGE {
        @Override
        List<LogEntry> read(List<LogEntry> page) {
            List<LogEntry> wrong = new ArrayList<>(page);
            for (int i = 1; i < wrong.size(); i++) {
                LogEntry right = page.get(i);
                LogEntry other = page.get(i - 1);
                var publication = new dev.openline.protocol.Publication(
                        right.offset(), other.publication().data(), null, java.util.Map.of());
                wrong.set(i, new LogEntry(right.epoch(), publication, right.timeMillis(), null, null, List.of()));
            }
            return wrong;
        }
    },
    /** Of what is read back the first half is not there. */
    SKIPS_HALF_A_PAGE {
        @Override
        List<LogEntry> read(List<LogEntry> page) {
            return page.subList(page.size() / 2, page.size());
        }
    },
    /** Where one line stands still, all of them do. */
    ONE_STALLED_LINE_STALLS_ALL,
    /** Who may not come in does. */
    IMPOSTORS_ARE_ADMITTED,
    /** The lives of logs go on although some of them may have been lost. */
    SAME_LIFE_AFTER_A_POWER_CUT;

    StoredLog opened(StoredLog log) {
        return log;
    }

    List<LogEntry> read(List<LogEntry> page) {
        return page;
    }
}
