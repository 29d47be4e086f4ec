package dev.openline.wire;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Both halves of agreeing on permessage-deflate (RFC 7692 §5 and §7.1): a server's choice, a client's offer and check. */
record DeflateNegotiation(DeflateOptions options) implements ExtensionNegotiation {
    /** "Per-Message Compressed", the first reserved bit (RFC 7692 §6). */
    static final int RSV1 = 0x40;

    // --- server

    /** The first offer that can be met; offers that break a rule, and other extensions, are passed over (RFC 7692 §5.1). */
    @Override
    public Agreement choose(List<Extension> offers) {
        for (Extension offer : offers) {
            if (offer.name().equals(DeflateParameters.NAME)) {
                DeflateTerms terms = DeflateTerms.read(offer, DeflateTerms.Half.OFFER);
                if (terms != null) {
                    return accepted(terms);
                }
            }
        }
        return Agreement.NOTHING;
    }

    private Agreement accepted(DeflateTerms offer) {
        DeflateContext sending = options.sending();
        DeflateContext server = new DeflateContext(
                offer.serverNoTakeover() ? ContextTakeover.NO : sending.takeover(),
                smaller(sending.windowBits(), offer.serverWindow()));
        DeflateContext client = client(offer);
        List<Extension.Parameter> answer = new ArrayList<>();
        for (Extension.Parameter parameter :
                new DeflateParameters(server, client).toExtension().parameters()) {
            // RFC 7692 §7.1.2.2: the client's window may be named only to a client that said it can be told.
            if (!parameter.name().equals(DeflateParameters.CLIENT_WINDOW) || offer.clientWindow() != null) {
                answer.add(parameter);
            }
        }
        // RFC 7692 §7.1.2.1: an offered bound is accepted by saying it, also the largest.
        if (offer.serverWindow() != null && server.windowBits() == DeflateContext.MAX_WINDOW_BITS) {
            answer.add(new Extension.Parameter(DeflateParameters.SERVER_WINDOW, "15"));
        }
        return new Agreement(
                List.of(new Extension(DeflateParameters.NAME, answer)),
                PerMessageDeflate.RESERVED,
                new DeflateParameters(server, client));
    }

    /**
     * RFC 7692 §7.1.1.2 lets a server forbid the client's takeover unasked. That is also done to a client that can't be
     * told a window, when its own would make us keep more than we want to.
     */
    private DeflateContext client(DeflateTerms offer) {
        DeflateContext wanted = options.receiving();
        DeflateTerms.ClientWindow said = offer.clientWindow();
        if (said != null) {
            ContextTakeover takeover = offer.clientNoTakeover() ? ContextTakeover.NO : wanted.takeover();
            return new DeflateContext(takeover, smaller(wanted.windowBits(), said.bits()));
        }
        boolean tooLarge = wanted.windowBits() < DeflateContext.MAX_WINDOW_BITS;
        return offer.clientNoTakeover() || tooLarge || !wanted.isTakenOver()
                ? DeflateContext.NO_TAKEOVER
                : DeflateContext.TAKEOVER;
    }

    // --- client

    /** One offer. It always says that this client can be told a window. */
    Extension offer() {
        Extension terms = new DeflateParameters(options.receiving(), options.sending()).toExtension();
        List<Extension.Parameter> parameters = new ArrayList<>(terms.parameters());
        if (options.sending().windowBits() == DeflateContext.MAX_WINDOW_BITS) {
            parameters.add(new Extension.Parameter(DeflateParameters.CLIENT_WINDOW, null));
        }
        return new Extension(DeflateParameters.NAME, parameters);
    }

    /** What the server's answer to {@link #offer} agrees to, or null when it does not fit: the connection then fails. */
    @Nullable
    DeflateParameters agreedBy(Extension answer) {
        DeflateTerms terms = DeflateTerms.read(answer, DeflateTerms.Half.ANSWER);
        if (terms == null || exceeds(options.sending(), said(terms.clientWindow()))) {
            return null;
        }
        DeflateContext receiving = options.receiving();
        // RFC 7692 §7.1.1.1 and §7.1.2.1: what we asked the server for is accepted by saying it, never in silence.
        boolean takesOver = !receiving.isTakenOver() && !terms.serverNoTakeover();
        boolean silent = receiving.windowBits() < DeflateContext.MAX_WINDOW_BITS && terms.serverWindow() == null;
        if (takesOver || silent || exceeds(receiving, terms.serverWindow())) {
            return null;
        }
        DeflateContext server = new DeflateContext(
                terms.serverNoTakeover() ? ContextTakeover.NO : receiving.takeover(),
                smaller(DeflateContext.MAX_WINDOW_BITS, terms.serverWindow()));
        DeflateContext sending = options.sending();
        DeflateContext client = new DeflateContext(
                terms.clientNoTakeover() ? ContextTakeover.NO : sending.takeover(),
                smaller(sending.windowBits(), said(terms.clientWindow())));
        return new DeflateParameters(server, client);
    }

    private static boolean exceeds(DeflateContext bound, @Nullable Integer bits) {
        return bits != null && bits > bound.windowBits();
    }

    private static @Nullable Integer said(DeflateTerms.@Nullable ClientWindow window) {
        return window == null ? null : window.bits();
    }

    private static int smaller(int bits, @Nullable Integer other) {
        return other == null ? bits : Math.min(bits, other);
    }
}
