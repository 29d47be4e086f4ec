package dev.openline.bench;

import java.io.IOException;

/** One thing to measure, on a server that runs. */
interface Case {
    /** As it stands in the report, such as {@code echo 20 B, 100 lines}. */
    String name();

    Figures measure(SubjectProcess server) throws IOException;
}
