package dev.openline.protocol;

import com.fasterxml.jackson.core.StreamReadConstraints;

/**
 * How far a peer may go inside one JSON message. How long a whole message may be is for the one who carries it. What goes beyond a
 * limit is a {@link MalformedFrame}.
 */
public final class JsonLimits {
    /** How many arrays and objects may be open at once inside a payload. */
    public static final int MAX_PAYLOAD_DEPTH = 256;

    /**
     * How long the name of a member may be, in bytes, in payloads too: the JSON reader remembers names between messages, some thousands
     * of them, and this bounds what strangers can make it remember.
     */
    public static final int MAX_NAME_LENGTH = 1024;

    /** The deepest place of a payload: a publisher's info in a publication in a subscription in a connect reply, with some room. */
    private static final int MAX_ENVELOPE_DEPTH = 12;

    static final StreamReadConstraints CONSTRAINTS = StreamReadConstraints.builder()
            .maxNestingDepth(MAX_PAYLOAD_DEPTH + MAX_ENVELOPE_DEPTH)
            .maxNameLength(MAX_NAME_LENGTH)
            .maxNumberLength(Integer.MAX_VALUE)
            .maxStringLength(Integer.MAX_VALUE)
            .build();

    private JsonLimits() {}
}
