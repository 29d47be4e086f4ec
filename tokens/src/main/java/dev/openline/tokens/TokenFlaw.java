package dev.openline.tokens;

/** Why a token is invalid: a text for logs that quotes nothing of the token. Without a stack trace, as strangers make it happen. */
final class TokenFlaw extends Exception {
    private static final long serialVersionUID = 1;

    private final String rule;

    TokenFlaw(String rule) {
        super(rule, null, false, false);
        this.rule = rule;
    }

    String rule() {
        return rule;
    }
}
