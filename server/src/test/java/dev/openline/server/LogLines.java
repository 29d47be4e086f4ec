package dev.openline.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import org.slf4j.LoggerFactory;

/** What all of Openline says at INFO and above while a test runs. */
final class LogLines extends AppenderBase<ILoggingEvent> implements AutoCloseable {
    private final Logger logger = (Logger) LoggerFactory.getLogger("dev.openline");
    private final Level before = logger.getLevel();
    private final LinkedBlockingQueue<ILoggingEvent> events = new LinkedBlockingQueue<>();

    LogLines() {
        logger.setLevel(Level.INFO);
        logger.setAdditive(false);
        logger.addAppender(this);
        start();
    }

    @Override
    protected void append(ILoggingEvent event) {
        events.add(event);
    }

    /** What was said since this was asked last; a line with a stack trace is an error. */
    List<String> take() {
        List<ILoggingEvent> taken = new ArrayList<>();
        events.drainTo(taken);
        return taken.stream()
                .map(event -> {
                    if (event.getThrowableProxy() != null) throw new AssertionError("a stack trace: " + event);
                    return event.getFormattedMessage();
                })
                .toList();
    }

    @Override
    public void close() {
        logger.detachAppender(this);
        logger.setAdditive(true);
        logger.setLevel(before);
    }
}
