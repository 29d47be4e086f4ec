package dev.openline.bench;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** What is measured in every round, in the order of the columns. */
enum Figure {
    PER_SECOND(
            "msg/s",
            "messagesPerSecond",
            "%,.0f",
            "messages back per second with so many under way all the time; deliveries for broadcast"),
    CPU_MICROS(
            "CPU us/msg",
            "serverCpuMicrosPerMessage",
            "%.2f",
            "the server process's time on the CPU per message (or delivery) meanwhile, by the operating system's account"),
    SERVER("server", "serverBusyShare", "%.0f%%", "how busy the server was, of one processor"),
    SYSTEM(
            "system",
            "serverSystemShare",
            "%.0f%%",
            "the kernel's share of that time; the rest is the server's own code"),
    P50(
            "p50 us",
            "latencyP50Micros",
            "%,.0f",
            "half of the messages came back sooner, at the fixed rate, counted from the moment each should have been sent"),
    P99("p99 us", "latencyP99Micros", "%,.0f", "99 of 100 came back sooner"),
    P999("p99.9 us", "latencyP999Micros", "%,.0f", "999 of 1,000 came back sooner"),
    LATE(
            "late us",
            "loadLateP99Micros",
            "%,.0f",
            "the load itself sent 99 of 100 less late than this; its lateness is part of the latencies"),
    MISSING(
            "missing",
            "missingShare",
            "%.1f%%",
            "not back a second after the end of the window; counted as a second late"),
    LOAD("load", "loadBusyShare", "%.0f%%", "how busy the load's only thread was while msg/s was measured"),
    OTHERS(
            "others",
            "otherProcessors",
            "%.2f",
            "processors that were taken by anything else meanwhile, as far as the system tells; disturbs all figures"),
    LINE_BYTES(
            "B/line",
            "bytesPerLine",
            "%,.0f",
            "memory that one more idle line costs the server: live heap and what the process grew by beside its heap"),
    HEAP_BYTES("heap", "heapBytesPerLine", "%,.0f", "of that the heap that lives after a collection"),
    RESIDENT_BYTES("native", "residentBytesPerLine", "%,.0f", "of that the process's growth; all of it without a heap");

    /** What is worth a ratio: the servers' work, not the circumstances. */
    static final Set<Figure> COMPARED = EnumSet.of(PER_SECOND, CPU_MICROS, P50, P99, P999, LINE_BYTES);

    private final String heading;
    private final String jsonName;
    private final String format;
    private final String explanation;

    Figure(String heading, String jsonName, String format, String explanation) {
        this.heading = heading;
        this.jsonName = jsonName;
        this.format = format;
        this.explanation = explanation;
    }

    String heading() {
        return heading;
    }

    String jsonName() {
        return jsonName;
    }

    /** One sentence for {@code --help}. */
    String explanation() {
        return explanation;
    }

    /** As it stands in the table; shares, which are 0 to 1, as percentages. */
    String text(double value) {
        return String.format(Locale.ROOT, format, format.endsWith("%%") ? value * 100 : value);
    }

    /** Characters of its column. */
    int width() {
        return Math.max(heading.length(), 9);
    }
}
