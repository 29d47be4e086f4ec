package dev.openline.net;

import java.util.concurrent.CompletionStage;

/** Answers plain HTTP requests on the port that also carries the lines. */
@FunctionalInterface
public interface HttpHandler {
    /**
     * Called on an event loop, so it must not block; the stage may complete on any thread. A failed stage, or an exception, is
     * answered with 500 and logged. One connection's next request is read after this one's answer was written.
     */
    CompletionStage<HttpResponse> handle(HttpRequest request);
}
