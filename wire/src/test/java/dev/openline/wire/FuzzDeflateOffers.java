package dev.openline.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Offers and answers of permessage-deflate between two ends with any wishes. A server's answer keeps to one of the offers; a
 * client takes only answers that keep to its own; and the two of us always agree, and on the same.
 *
 * <p>An input is two bytes of wishes for the server, two for the client, and the value of a peer's header.
 */
public final class FuzzDeflateOffers {
    private FuzzDeflateOffers() {}

    /** One run, for Jazzer. */
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length < 4) {
            return;
        }
        DeflateNegotiation server = wishing(input[0], input[1]);
        DeflateNegotiation client = wishing(input[2], input[3]);
        agreesWithOurselves(server, client);
        String value = new String(Arrays.copyOfRange(input, 4, input.length), StandardCharsets.ISO_8859_1);
        List<Extension> peers = Grammar.extensions(value);
        if (peers == null) {
            return;
        }
        ExtensionNegotiation.Agreement agreed = server.choose(peers);
        if (!agreed.extensions().isEmpty()) {
            Map<String, String> answer = once(agreed.extensions().get(0));
            require(
                    answer != null && peers.stream().anyMatch(offer -> keepsTo(offer, answer)),
                    "an answer to no offer");
        }
        for (Extension answer : peers) {
            if (answer.name().equals(DeflateParameters.NAME) && client.agreedBy(answer) != null) {
                Map<String, String> said = once(answer);
                require(said != null && answers(once(client.offer()), said), "took an answer that is none");
            }
        }
    }

    private static DeflateNegotiation wishing(byte sending, byte receiving) {
        return new DeflateNegotiation(
                DeflateOptions.DEFAULT.withSending(context(sending)).withReceiving(context(receiving)));
    }

    private static DeflateContext context(byte wish) {
        return new DeflateContext((wish & 8) == 0 ? ContextTakeover.NO : ContextTakeover.YES, 8 + (wish & 7));
    }

    private static void agreesWithOurselves(DeflateNegotiation server, DeflateNegotiation client) {
        ExtensionNegotiation.Agreement agreed = server.choose(List.of(client.offer()));
        require(agreed.extensions().size() == 1, "did not agree with ourselves");
        Extension answer =
                Grammar.extensions(agreed.extensions().get(0).toString()).get(0);
        DeflateParameters heard = client.agreedBy(answer);
        require(
                agreed.deflate() != null && agreed.deflate().equals(heard),
                "agreed on " + agreed.deflate() + ", heard " + heard);
    }

    /** Whether an answer is a valid one to an offer, by the words of RFC 7692 §7.1. */
    private static boolean keepsTo(Extension offer, Map<String, String> answer) {
        Map<String, String> offered = once(offer);
        return offer.name().equals(DeflateParameters.NAME)
                && offered != null
                && isKnown(offered)
                && answers(offered, answer);
    }

    private static boolean answers(Map<String, String> offer, Map<String, String> answer) {
        if (!isKnown(answer)
                || answer.containsKey("client_max_window_bits") && window(answer, "client_max_window_bits") == 0) {
            return false;
        }
        boolean forbidsOurs = offer.containsKey("server_no_context_takeover");
        boolean boundsOurs = offer.containsKey("server_max_window_bits");
        return !(forbidsOurs && !answer.containsKey("server_no_context_takeover"))
                && !(boundsOurs && !answer.containsKey("server_max_window_bits"))
                && !(boundsOurs && window(answer, "server_max_window_bits") > window(offer, "server_max_window_bits"))
                && !(answer.containsKey("client_max_window_bits") && !offer.containsKey("client_max_window_bits"))
                && window(answer, "client_max_window_bits") <= bound(window(offer, "client_max_window_bits"));
    }

    private static boolean isKnown(Map<String, String> parameters) {
        for (Map.Entry<String, String> parameter : parameters.entrySet()) {
            String value = parameter.getValue();
            boolean fits = switch (parameter.getKey()) {
                case "server_no_context_takeover", "client_no_context_takeover" -> value.isEmpty();
                case "server_max_window_bits" -> value.matches("[89]|1[0-5]");
                case "client_max_window_bits" -> value.matches("|[89]|1[0-5]");
                default -> false;
            };
            if (!fits) {
                return false;
            }
        }
        return true;
    }

    private static int window(Map<String, String> parameters, String name) {
        String value = parameters.getOrDefault(name, "");
        return value.isEmpty() ? 0 : Integer.parseInt(value);
    }

    private static int bound(int window) {
        return window == 0 ? 15 : window;
    }

    /** The parameters by name, with an empty value where there is none; null when one comes twice. */
    private static Map<String, String> once(Extension extension) {
        Map<String, String> found = new HashMap<>();
        for (Extension.Parameter parameter : extension.parameters()) {
            String value = parameter.value() == null ? "" : parameter.value();
            if (found.put(parameter.name(), value) != null) {
                return null;
            }
        }
        return found;
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }
}
