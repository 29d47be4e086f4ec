package dev.openline.protocol;

import com.fasterxml.jackson.core.StreamReadConstraints;

/**
 * How far a peer may go inside one JSON message; what goes beyond is a {@link MalformedFrame}. How long a message may be is for the one
 * who carries it, and bounds its strings, names and numbers too.
 */
public final class JsonLimits {
    /** How many arrays and objects may be open at once inside a payload. */
    public static final int MAX_PAYLOAD_DEPTH = 256;

    /** The deepest place of a payload: a publisher's info in a publication in a subscription in a connect reply, with some room. */
    private static final int MAX_ENVELOPE_DEPTH = 12;

    static final StreamReadConstraints CONSTRAINTS = StreamReadConstraints.builder()
            .maxNestingDepth(MAX_PAYLOAD_DEPTH + MAX_ENVELOPE_DEPTH)
            .maxNameLength(Integer.MAX_VALUE)
            .maxNumberLength(Integer.MAX_VALUE)
            .maxStringLength(Integer.MAX_VALUE)
            .build();

    private JsonLimits() {}
}
