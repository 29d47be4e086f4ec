package dev.openline.bench;

import io.undertow.Handlers;
import io.undertow.Undertow;
import io.undertow.server.HttpHandler;
import io.undertow.websockets.WebSocketConnectionCallback;
import io.undertow.websockets.WebSocketProtocolHandshakeHandler;
import io.undertow.websockets.core.AbstractReceiveListener;
import io.undertow.websockets.core.BufferedBinaryMessage;
import io.undertow.websockets.core.WebSocketCallback;
import io.undertow.websockets.core.WebSocketChannel;
import io.undertow.websockets.core.WebSockets;
import io.undertow.websockets.extensions.PerMessageDeflateHandshake;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.xnio.Pooled;

/** Undertow's core as its own examples use it: whole messages, echoed on the I/O thread. */
@SuppressWarnings("deprecation") // XNIO's Pooled is what Undertow hands out.
final class UndertowSubject {
    private UndertowSubject() {}

    static int start(SubjectOptions options) throws IOException {
        Set<WebSocketChannel> audience = ConcurrentHashMap.newKeySet();
        HttpHandler paths = Handlers.path()
                .addExactPath("/echo", webSocket(UndertowSubject::echo, Set.of(), options))
                .addExactPath("/broadcast", webSocket((channel, data) -> data.free(), audience, options))
                .addExactPath("/publish", webSocket((channel, data) -> tell(audience, data), Set.of(), options));
        Undertow.Builder builder =
                Undertow.builder().setIoThreads(options.threads()).setHandler(paths);
        Identity identity = options.identity();
        if (identity == null) builder.addHttpListener(0, "127.0.0.1");
        else builder.addHttpsListener(0, "127.0.0.1", identity.context());
        Undertow server = builder.build();
        server.start();
        return ((InetSocketAddress) server.getListenerInfo().get(0).getAddress()).getPort();
    }

    private interface Hearing {
        void heard(WebSocketChannel channel, Pooled<ByteBuffer[]> data);
    }

    private static HttpHandler webSocket(Hearing hearing, Set<WebSocketChannel> audience, SubjectOptions options) {
        WebSocketConnectionCallback callback = (exchange, channel) -> {
            channel.getReceiveSetter().set(new AbstractReceiveListener() {
                @Override
                protected long getMaxBinaryBufferSize() {
                    return SubjectOptions.MAX_MESSAGE_BYTES;
                }

                @Override
                protected void onFullBinaryMessage(WebSocketChannel from, BufferedBinaryMessage message) {
                    hearing.heard(from, message.getData());
                }
            });
            if (audience instanceof ConcurrentHashMap.KeySetView<?, ?>) {
                audience.add(channel);
                channel.addCloseTask(audience::remove);
            }
            channel.resumeReceives();
        };
        WebSocketProtocolHandshakeHandler handler = Handlers.websocket(callback);
        return options.compresses() ? handler.addExtension(new PerMessageDeflateHandshake()) : handler;
    }

    private static void echo(WebSocketChannel channel, Pooled<ByteBuffer[]> data) {
        WebSockets.sendBinary(data.getResource(), channel, new WebSocketCallback<>() {
            @Override
            public void complete(WebSocketChannel sent, Void nothing) {
                data.free();
            }

            @Override
            public void onError(WebSocketChannel failed, Void nothing, Throwable cause) {
                data.free();
            }
        });
    }

    private static void tell(Set<WebSocketChannel> audience, Pooled<ByteBuffer[]> data) {
        ByteBuffer whole = WebSockets.mergeBuffers(data.getResource());
        data.free();
        for (WebSocketChannel each : audience) WebSockets.sendBinary(whole.duplicate(), each, null);
    }
}
