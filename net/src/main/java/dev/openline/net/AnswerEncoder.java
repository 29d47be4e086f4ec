package dev.openline.net;

import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseEncoder;

/** Spells answers that are whole, and the heads of those whose bodies are streamed past it. */
final class AnswerEncoder extends HttpResponseEncoder {
    @Override
    protected boolean isContentAlwaysEmpty(HttpResponse answer) {
        return answer instanceof HttpAnswer.Head || super.isContentAlwaysEmpty(answer);
    }
}
