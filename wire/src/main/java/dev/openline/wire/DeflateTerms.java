package dev.openline.wire;

import org.jspecify.annotations.Nullable;

/**
 * The parameters of one permessage-deflate offer or answer, read strictly (RFC 7692 §7.1): each known, at most once, with
 * a value where one belongs and none where not, windows as decimal numbers of 8 to 15 without leading zeros.
 *
 * @param serverWindow null when not given
 * @param clientWindow null when not given
 */
record DeflateTerms(
        boolean serverNoTakeover,
        boolean clientNoTakeover,
        @Nullable Integer serverWindow,
        @Nullable ClientWindow clientWindow) {

    /**
     * What is said about the client's window.
     *
     * @param bits null in an offer that only says that the client can be told (RFC 7692 §7.1.2.2)
     */
    record ClientWindow(@Nullable Integer bits) {}

    /** Which half of the negotiation is read: only in an offer may the client's window be without its value. */
    enum Half {
        OFFER,
        ANSWER
    }

    /** The parameters, or null when they break a rule. */
    static @Nullable DeflateTerms read(Extension extension, Half half) {
        boolean serverNoTakeover = false;
        boolean clientNoTakeover = false;
        Integer serverWindow = null;
        ClientWindow clientWindow = null;
        for (Extension.Parameter parameter : extension.parameters()) {
            String value = parameter.value();
            Integer bits = value == null ? null : bits(value);
            boolean valid;
            switch (parameter.name()) {
                case DeflateParameters.SERVER_NO_TAKEOVER -> {
                    valid = !serverNoTakeover && value == null;
                    serverNoTakeover = true;
                }
                case DeflateParameters.CLIENT_NO_TAKEOVER -> {
                    valid = !clientNoTakeover && value == null;
                    clientNoTakeover = true;
                }
                case DeflateParameters.SERVER_WINDOW -> {
                    valid = serverWindow == null && bits != null;
                    serverWindow = bits;
                }
                case DeflateParameters.CLIENT_WINDOW -> {
                    valid = clientWindow == null && (bits != null || value == null && half == Half.OFFER);
                    clientWindow = new ClientWindow(bits);
                }
                default -> valid = false;
            }
            if (!valid) {
                return null;
            }
        }
        return new DeflateTerms(serverNoTakeover, clientNoTakeover, serverWindow, clientWindow);
    }

    /** RFC 7692 §7.1.2: 8 to 15, in decimal, without leading zeros. */
    private static @Nullable Integer bits(String value) {
        return switch (value) {
            case "8", "9", "10", "11", "12", "13", "14", "15" -> Integer.valueOf(value);
            default -> null;
        };
    }
}
