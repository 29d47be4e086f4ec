package dev.openline.net;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/** What a logger says at INFO and above while a test runs. */
final class LogLines extends AppenderBase<ILoggingEvent> implements AutoCloseable {
    private final Logger logger;
    private final Level before;
    private final List<ILoggingEvent> events = new CopyOnWriteArrayList<>();

    LogLines(Class<?> of) {
        logger = (Logger) LoggerFactory.getLogger(of);
        before = logger.getLevel();
        logger.setLevel(Level.INFO);
        logger.addAppender(this);
        start();
    }

    @Override
    protected void append(ILoggingEvent event) {
        events.add(event);
    }

    /** Those that contain a text, without stack traces: one with a trace is an error. */
    List<String> with(String part) {
        return events.stream()
                .filter(event -> event.getFormattedMessage().contains(part))
                .map(event -> {
                    if (event.getThrowableProxy() != null) throw new AssertionError("a stack trace: " + event);
                    return event.getFormattedMessage();
                })
                .toList();
    }

    List<String> all() {
        return with("");
    }

    @Override
    public void close() {
        logger.detachAppender(this);
        logger.setLevel(before);
    }
}
