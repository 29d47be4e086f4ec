package dev.openline.server;

import dev.openline.net.HttpRequest;
import dev.openline.net.HttpResponse;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What pages ask on behalf of a visitor, and so by the rule of origins: sessions on streams, feeds, and polls. */
final class LiveDesk implements FrontDesk.Part {
    private static final String EVENTS = "/sse/";
    private static final String POLL = "/api/poll/";

    private final StreamDesk streams;
    private final FeedDesk feeds;
    private final CrossOrigin crossOrigin;
    private final Set<Unidirectional> unidirectional;

    LiveDesk(StreamDesk streams, FeedDesk feeds, CrossOrigin crossOrigin, Set<Unidirectional> unidirectional) {
        this.unidirectional = unidirectional;
        this.streams = streams;
        this.feeds = feeds;
        this.crossOrigin = crossOrigin;
    }

    @Override
    public @Nullable CompletionStage<HttpResponse> answer(String path, HttpRequest request) {
        if (path.startsWith(EVENTS))
            return crossOrigin.answer(request, "GET", asked -> feeds.events(asked, path.substring(EVENTS.length())));
        if (path.startsWith(POLL))
            return crossOrigin.answer(request, "GET", asked -> feeds.poll(asked, path.substring(POLL.length())));
        return switch (path) {
            case "/connection/http_stream" -> crossOrigin.answer(request, "POST", atOnce(streams::stream));
            case "/connection/sse" -> crossOrigin.answer(request, "GET, POST", atOnce(streams::events));
            case "/emulation" -> crossOrigin.answer(request, "POST", atOnce(streams::emulation));
            case "/connection/uni_http_stream" -> listening(Unidirectional.HTTP_STREAM, Spelling.BARE_LINES, request);
            case "/connection/uni_sse" -> listening(Unidirectional.SSE, Spelling.BARE_EVENTS, request);
            default -> null;
        };
    }

    private @Nullable CompletionStage<HttpResponse> listening(
            Unidirectional transport, Spelling spelling, HttpRequest request) {
        if (!unidirectional.contains(transport)) return null;
        return crossOrigin.answer(request, "GET, POST", atOnce(asked -> streams.unidirectional(spelling, asked)));
    }

    private static Function<HttpRequest, CompletionStage<HttpResponse>> atOnce(
            Function<HttpRequest, HttpResponse> answer) {
        return request -> CompletableFuture.completedStage(answer.apply(request));
    }
}
