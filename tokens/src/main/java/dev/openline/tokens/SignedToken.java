package dev.openline.tokens;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * A token in the compact form of RFC 7515 §7.1, taken apart: nothing of it is believed yet, and its payload has not been looked into.
 * Its header's other parameters are ignored as §4 wants it, also those that carry or name a key ({@code jwk}, {@code jku}, {@code x5c}):
 * keys come from the server's options only.
 */
final class SignedToken {
    private final Algorithm algorithm;
    private final @Nullable String keyId;
    private final byte[] input;
    private final byte[] payload;
    private final byte[] signature;

    private SignedToken(JsonMembers header, byte[] input, byte[] payload, byte[] signature) throws TokenFlaw {
        this.algorithm = algorithm(header);
        this.keyId = header.string("kid");
        this.input = input;
        this.payload = payload;
        this.signature = signature;
    }

    static SignedToken parse(String token) throws TokenFlaw {
        int first = token.indexOf('.');
        int second = token.indexOf('.', first + 1);
        if (first < 0 || second < 0 || token.indexOf('.', second + 1) >= 0)
            throw new TokenFlaw("not three parts with dots between them (RFC 7515 §7.1)");
        JsonMembers header = JsonMembers.read(decode(token.substring(0, first)), "the header");
        return new SignedToken(
                header,
                token.substring(0, second).getBytes(StandardCharsets.US_ASCII),
                decode(token.substring(first + 1, second)),
                decode(token.substring(second + 1)));
    }

    private static Algorithm algorithm(JsonMembers header) throws TokenFlaw {
        // RFC 7515 §4.1.11: what is listed there must be understood, and none of it is. So a payload that is not Base64
        // (RFC 7797), which
        // must be listed, is refused too.
        if (header.has("crit")) throw new TokenFlaw("the header asks for extensions (crit)");
        String name = header.string("alg");
        if (name == null) throw new TokenFlaw("the header has no alg");
        Algorithm algorithm = Algorithm.named(name);
        if (algorithm == null) throw new TokenFlaw("the header's alg is none that is known here");
        return algorithm;
    }

    /** Base64url without padding (RFC 7515 §2), and one spelling only: unused bits at the end are 0, so a token has one text. */
    private static byte[] decode(String part) throws TokenFlaw {
        byte[] text = part.getBytes(StandardCharsets.ISO_8859_1);
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(text);
            if (!Arrays.equals(Base64.getUrlEncoder().withoutPadding().encode(bytes), text))
                throw new TokenFlaw("a part is not in the one spelling of Base64url (RFC 7515 §2)");
            return bytes;
        } catch (IllegalArgumentException e) {
            throw new TokenFlaw("a part is not Base64url (RFC 7515 §2)");
        }
    }

    Algorithm algorithm() {
        return algorithm;
    }

    /** What the header calls the key ({@code kid}), or null. */
    @Nullable
    String keyId() {
        return keyId;
    }

    /** What was signed (RFC 7515 §5.1): header and payload as they came. */
    byte[] input() {
        return input;
    }

    byte[] payload() {
        return payload;
    }

    byte[] signature() {
        return signature;
    }

    /** Nothing of the token but its algorithm. */
    @Override
    public String toString() {
        return "SignedToken[" + algorithm + "]";
    }
}
