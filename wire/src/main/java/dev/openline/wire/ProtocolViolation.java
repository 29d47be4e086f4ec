package dev.openline.wire;

/**
 * A rule the peer broke: which, where it is written, and the close it earns. Thrown inside this package and caught in
 * one place there; an application meets it as a value, in {@link WireSink#onViolation}. It has no stack trace, since
 * where our code noticed says nothing about the peer and hostile peers must stay cheap.
 */
public final class ProtocolViolation extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient CloseStatus answer;
    private final String rule;

    ProtocolViolation(CloseStatus answer, String rule, String text) {
        super(text + " (" + rule + ")", null, false, false);
        this.answer = answer.withReason(text);
        this.rule = rule;
    }

    /** The Close the rule asks for; its reason is the violation in words, without any of the peer's bytes. */
    public CloseStatus answer() {
        return answer;
    }

    /** Where the rule is written, such as {@code RFC 6455 §5.1}. */
    public String rule() {
        return rule;
    }
}
