package dev.openline.net;

import dev.openline.wire.Answer;
import dev.openline.wire.ExtensionNegotiation;
import dev.openline.wire.Header;
import dev.openline.wire.Headers;
import dev.openline.wire.ResponseHead;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Judges a request for an upgrade, from its route to the line's setup, in this order: route, rules of the handshake, origin, decision of
 * the application. How HTTP spells the request and the answer is not known here.
 *
 * <p>Two laws: a candidate hears exactly one of its two answers, on its loop, unless the judging was cancelled; and the application is
 * asked only about requests that nothing else speaks against.
 */
final class UpgradeGate {
    private static final Logger log = LoggerFactory.getLogger(WebSocketServer.class);
    private static final QuietLog peers = QuietLog.of(log);

    /** One request for an upgrade, in the words of its HTTP version. All calls come on {@link #loop}. */
    interface Candidate {
        HttpRequest asked();

        EventLoop loop();

        /** The rules of the handshake in this HTTP version, such as {@link dev.openline.wire.ServerHandshake#answer}. */
        Answer judge(List<String> subprotocols, ExtensionNegotiation negotiation);

        /** Write this head; from then on the connection, or stream, is a line of this setup. */
        void open(ResponseHead head, LineSetup setup);

        /** Write this answer; nothing further is heard. */
        void refuse(HttpResponse answer);
    }

    private final ServerOptions options;

    UpgradeGate(ServerOptions options) {
        this.options = options;
    }

    /** Judges; the candidate may be answered before this returns. Called on the candidate's loop. */
    Judging judge(Candidate candidate) {
        Judging judging = new Judging(candidate);
        judging.begin();
        return judging;
    }

    /** One candidate's way through the gate. Used on the candidate's loop, but for the decision's completion. */
    final class Judging {
        private final Candidate candidate;
        private HttpRequest asked;
        private boolean over;
        private RouteOptions.@Nullable Route route;
        private @Nullable ScheduledFuture<?> timeout;

        private Judging(Candidate candidate) {
            this.candidate = candidate;
            this.asked = candidate.asked();
        }

        /** Nobody waits for the answer any more. */
        void cancel() {
            over();
        }

        private void begin() {
            Routes.Found found;
            try {
                found = options.routes().find(asked.rawPath());
            } catch (IllegalArgumentException malformed) {
                refuse(HttpResponse.text(400, "the path can't be read\n"), "malformed path");
                return;
            }
            if (found == null) {
                refuse(HttpResponse.text(404, "no lines are opened on this path\n"), "no such path");
                return;
            }
            RouteOptions.Route route = found.route();
            this.route = route;
            asked = asked.withPathParameters(found.parameters());
            Answer answer = candidate.judge(route.subprotocols(), options.line().extensions());
            if (answer instanceof Answer.Refused refused) {
                refuse(responseOf(refused), refused.why());
                return;
            }
            OriginRule origins = route.origins() == null ? options.origins() : route.origins();
            if (!origins.allows(asked)) {
                refuse(HttpResponse.text(403, "this origin may not open lines here\n"), "origin not allowed");
                return;
            }
            decide(route, (Answer.Accepted) answer);
        }

        private void decide(RouteOptions.Route route, Answer.Accepted accepted) {
            CompletionStage<? extends UpgradeDecision> stage;
            try {
                stage = route.decision().apply(asked);
                if (stage == null) throw new IllegalStateException("the decision is null");
            } catch (Throwable fault) {
                failed(fault);
                return;
            }
            stage.whenComplete((decision, fault) -> {
                if (candidate.loop().inEventLoop()) decided(decision, fault, accepted);
                else onLoop(() -> decided(decision, fault, accepted));
            });
            if (over) return;
            long patience = options.decisionTimeout().toNanos();
            timeout = candidate.loop().schedule(this::late, patience, TimeUnit.NANOSECONDS);
        }

        private void onLoop(Runnable task) {
            try {
                candidate.loop().execute(task);
            } catch (RejectedExecutionException ended) {
                log.debug("the decision about {} came after its loop had ended", asked);
            }
        }

        private void late() {
            if (over) return;
            refuse(
                    HttpResponse.text(503, "no decision in time\n").with("retry-after", "5"),
                    "no decision within " + options.decisionTimeout().toMillis() + " ms");
        }

        private void decided(@Nullable UpgradeDecision decision, @Nullable Throwable fault, Answer.Accepted accepted) {
            if (over) {
                // The connection ended or the time was up; or the stage is none of the JDK's and answers twice.
                log.debug("an answer about {} came when none was wanted any more", asked);
            } else if (fault != null || decision == null) {
                failed(fault == null ? new IllegalStateException("the decision is null") : fault);
            } else if (decision instanceof UpgradeDecision.Refuse refusal) {
                refuse(refusal.response(), "as the application decided");
            } else {
                open((UpgradeDecision.Open) decision, accepted);
            }
        }

        private void open(UpgradeDecision.Open decision, Answer.Accepted routes) {
            Answer.Accepted accepted = routes;
            String chosen = decision.subprotocol();
            if (chosen != null && !chosen.equals(routes.subprotocol())) {
                // Judged once more, with the application's choice as the only one the server knows.
                Answer again = candidate.judge(List.of(chosen), options.line().extensions());
                if (!(again instanceof Answer.Accepted agreed) || !chosen.equals(agreed.subprotocol())) {
                    failed(new IllegalStateException("the decision chose a subprotocol that was not offered"));
                    return;
                }
                accepted = agreed;
            }
            over();
            ResponseHead head = accepted.head();
            Headers headers = head.headers();
            for (Header more : decision.headers()) headers = headers.with(more.name(), more.value());
            LineSetup setup = new LineSetup(
                    options.terms(accepted.subprotocol(), accepted.deflate()),
                    route == null ? decision.handler() : route.heardBy(decision.handler()),
                    asked.kept(decision.attributes()));
            candidate.open(new ResponseHead(head.status(), head.reason(), headers), setup);
        }

        private void failed(Throwable fault) {
            log.warn("deciding about {} failed", asked, fault);
            over();
            candidate.refuse(HttpResponse.text(500, "internal server error\n"));
        }

        private void refuse(HttpResponse response, String why) {
            peers.info(
                    "refused the upgrade of {} on {} with {}: {}",
                    asked.remoteAddress(),
                    asked.rawPath(),
                    response.status(),
                    why);
            over();
            candidate.refuse(response);
        }

        private void over() {
            over = true;
            if (timeout != null) timeout.cancel(false);
        }
    }

    private static HttpResponse responseOf(Answer.Refused refused) {
        HttpResponse response = HttpResponse.text(refused.head().status(), refused.why() + "\n");
        for (Header header : refused.head().headers()) {
            if (!header.name().equalsIgnoreCase("connection")) response = response.with(header.name(), header.value());
        }
        return response;
    }
}
