package dev.openline.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.openline.wire.DeflateCodecs;
import dev.openline.wire.DeflateContext;
import dev.openline.wire.DeflateOptions;
import dev.openline.wire.DeflateParameters;
import dev.openline.wire.MessageKind;
import dev.openline.wire.PerMessageDeflate;
import dev.openline.wire.Role;
import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("lines that agreed on permessage-deflate")
class DeflateLineTest {
    private static final String OFFER = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n";
    private static final DeflateOptions ALONE = DeflateOptions.DEFAULT.withThresholdBytes(100);
    private static final DeflateOptions KEEPING =
            ALONE.withSending(DeflateContext.TAKEOVER).withReceiving(DeflateContext.TAKEOVER);
    private static final String LONG = "the same again and again, ".repeat(40);

    private final BlockingQueue<Heard> lines = new LinkedBlockingQueue<>();
    private WebSocketServer server;

    @BeforeEach
    void listen() throws Exception {
        serve(LineOptions.defaults().withDeflate(ALONE));
    }

    private void serve(LineOptions options) throws Exception {
        if (server != null) server.close();
        server = WebSocketServer.listen(
                o -> o.port(0).transport(Transport.NIO).line(options).webSocket("/", request -> {
                    Heard heard = new Heard();
                    lines.add(heard);
                    return heard;
                }));
    }

    @AfterEach
    void close() {
        server.close();
    }

    private Heard heard() throws InterruptedException {
        return Heard.next(lines);
    }

    @Test
    void areOnlyThoseWhoseServerWasToldTo() throws Exception {
        serve(LineOptions.defaults());
        try (RawPeer peer = RawPeer.open(server.port(), OFFER)) {
            WebSocket line = heard().line();
            assertThat(line.deflate()).isNull();
            line.sendText(LONG);
            assertThat(peer.frame().isCompressed()).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"alone", "keeping"})
    void speakAndHearCompressed(String mode) throws Exception {
        DeflateOptions options = mode.equals("alone") ? ALONE : KEEPING;
        serve(LineOptions.defaults().withDeflate(options));
        try (WebSocketClient client =
                WebSocketClient.create(o -> o.line(LineOptions.defaults().withDeflate(options)))) {
            Heard dialled = new Heard();
            client.dial(URI.create("ws://127.0.0.1:" + server.port() + "/"), dialled);
            WebSocket there = dialled.line();
            Heard heard = heard();
            WebSocket here = heard.line();
            assertThat(there.deflate()).isNotNull().isEqualTo(here.deflate());
            for (int i = 0; i < 20; i++) {
                there.sendText(i + LONG);
                assertThat(heard.text()).isEqualTo(i + LONG);
                here.sendText(i + LONG);
                assertThat(dialled.text()).isEqualTo(i + LONG);
            }
            Awaitility.await().until(() -> here.queuedBytes() == 0 && there.queuedBytes() == 0);
            assertThat(here.sentBytes()).isLessThan(20L * LONG.length() / 5);
            assertThat(there.sentBytes()).isLessThan(20L * LONG.length() / 5);
        }
    }

    @Test
    void sendShortMessagesAsTheyAre() throws Exception {
        try (RawPeer peer = RawPeer.open(server.port(), OFFER)) {
            WebSocket line = heard().line();
            line.sendText("x".repeat(99));
            line.sendText("x".repeat(100));
            RawPeer.Frame first = peer.frame();
            assertThat(first.isCompressed()).isFalse();
            assertThat(first.text()).isEqualTo("x".repeat(99));
            RawPeer.Frame second = peer.frame();
            assertThat(second.isCompressed()).isTrue();
            assertThat(inflated(second)).isEqualTo("x".repeat(100));
        }
    }

    @Test
    void keepTheOrderOfAllThatIsSentFromOtherThreads() throws Exception {
        serve(LineOptions.defaults().withDeflate(KEEPING));
        try (WebSocketClient client =
                WebSocketClient.create(o -> o.line(LineOptions.defaults().withDeflate(KEEPING)))) {
            Heard dialled = new Heard();
            client.dial(URI.create("ws://127.0.0.1:" + server.port() + "/"), dialled);
            WebSocket line = heard().line();
            for (int i = 0; i < 300; i++) {
                String text = i + ":" + LONG.substring(0, i * 3);
                switch (i % 3) {
                    case 0 -> assertThat(line.sendText(text)).isEqualTo(SendResult.ACCEPTED);
                    case 1 -> {
                        SharedFrame frame = frame(text);
                        assertThat(line.send(frame)).isEqualTo(SendResult.ACCEPTED);
                        frame.release();
                    }
                    default -> {
                        CompletableFuture<SendResult> sent = new CompletableFuture<>();
                        line.executor().execute(() -> sent.complete(line.sendText(text)));
                        assertThat(sent.get(10, TimeUnit.SECONDS)).isEqualTo(SendResult.ACCEPTED);
                    }
                }
            }
            for (int i = 0; i < 300; i++) {
                assertThat(dialled.text()).isEqualTo(i + ":" + LONG.substring(0, i * 3));
            }
        }
    }

    @Test
    void countWhatAMessageBecomesAgainstTheQueuesBound() throws Exception {
        try (RawPeer peer = RawPeer.open(server.port(), OFFER)) {
            Heard heard = heard();
            WebSocket line = heard.line();
            CompletableFuture<List<SendResult>> results = new CompletableFuture<>();
            line.executor().execute(() -> {
                // The peer reads nothing: the kernel's buffers fill, then the queue, up to not quite its bound of 1
                // MiB.
                while (line.queuedBytes() < 800 << 10 && line.sentBytes() < 64 << 20) {
                    line.sendBinary(noise(64 << 10));
                }
                results.complete(List.of(
                        line.sendBinary(noise(400 << 10)),
                        line.sendBinary(ByteBuffer.allocate(400 << 10)),
                        line.sendBinary(noise(400 << 10))));
            });
            assertThat(results.get(10, TimeUnit.SECONDS))
                    .containsExactly(SendResult.QUEUE_FULL, SendResult.ACCEPTED, SendResult.QUEUE_FULL);
            assertThat(line.queuedBytes()).isLessThan(1 << 20);
            assertThat(peer.socket().isClosed()).isFalse();
            line.abort();
            assertThat(heard.status().code()).isEqualTo(1006);
        }
    }

    @Test
    void shareOneFrameThatIsCompressedOnceForEachWindow() throws Exception {
        DeflateCodecs codecs = new DeflateCodecs();
        SharedFrame frame = frame(LONG);
        ByteBuf large = frame.bytesFor(deflate(codecs, ALONE, 15));
        ByteBuf small = frame.bytesFor(deflate(codecs, ALONE, 9));
        assertThat(large.readableBytes()).isLessThan(frame.size() / 5);
        assertThat(small).isNotSameAs(large);
        assertThat(frame.bytesFor(deflate(codecs, KEEPING, 15))).isSameAs(large);
        assertThat(frame.bytesFor(deflate(codecs, ALONE.withLevel(9), 9))).isSameAs(small);
        frame.retain();
        frame.release();
        assertThat(large.refCnt()).isEqualTo(1);
        frame.release();
        assertThat(List.of(large.refCnt(), small.refCnt(), frame.bytes().refCnt()))
                .containsOnly(0);
        assertThatIllegalStateException().isThrownBy(frame::retain);
        assertThatIllegalStateException().isThrownBy(frame::release);
        SharedFrame tiny = frame("tiny");
        assertThat(tiny.bytesFor(deflate(codecs, ALONE, 15))).isSameAs(tiny.bytes());
        tiny.release();
        codecs.close();
    }

    @Test
    void hearASharedFrameEachInItsOwnWay() throws Exception {
        serve(LineOptions.defaults().withDeflate(KEEPING));
        try (RawPeer plain = RawPeer.open(server.port());
                RawPeer alone = RawPeer.open(server.port(), OFFER.replace("\r\n", "; server_no_context_takeover\r\n"));
                RawPeer small = RawPeer.open(server.port(), OFFER.replace("\r\n", "; server_max_window_bits=9\r\n"))) {
            List<WebSocket> all = List.of(heard().line(), heard().line(), heard().line());
            SharedFrame frame = frame(LONG);
            for (WebSocket line : all) {
                line.send(frame);
                line.executor().execute(() -> line.send(frame));
            }
            for (int i = 0; i < 2; i++) {
                assertThat(plain.frame().text()).isEqualTo(LONG);
                assertThat(inflated(alone.frame())).isEqualTo(LONG);
                assertThat(inflated(small.frame())).isEqualTo(LONG);
            }
            Awaitility.await().until(() -> frame.bytes().refCnt() == 1);
            frame.release();
            assertThat(frame.bytes().refCnt()).isZero();
        }
    }

    @Test
    void areClosedWithTheirReasonWhenTheirPeerSendsABomb() throws Exception {
        try (RawPeer bomber = RawPeer.open(server.port(), OFFER);
                RawPeer other = RawPeer.open(server.port(), OFFER)) {
            heard();
            WebSocket line = heard().line();
            bomber.say(RawPeer.masked(0xC2, bomb(1_000)));
            assertThat(bomber.frame().closeCode()).isEqualTo(1009);
            line.sendText("still here");
            assertThat(other.frame().text()).isEqualTo("still here");
        }
    }

    @Test
    void shareTheirCompressorsWhichEndWithTheirLoop() throws Exception {
        List<DeflateCodecs> codecs = new ArrayList<>();
        for (int i = 0; i < server.loops().count(); i++) {
            CompletableFuture<DeflateCodecs> here = new CompletableFuture<>();
            server.loops().loop(i).execute(() -> here.complete(LoopCodecs.here()));
            codecs.add(here.get(10, TimeUnit.SECONDS));
        }
        for (int i = 0; i < 8; i++) {
            RawPeer peer = RawPeer.open(server.port(), OFFER);
            WebSocket line = heard().line();
            CompletableFuture<DeflateCodecs> here = new CompletableFuture<>();
            line.sendText(LONG);
            line.executor().execute(() -> here.complete(LoopCodecs.here()));
            assertThat(codecs).contains(here.get(10, TimeUnit.SECONDS));
            assertThat(peer.frame().isCompressed()).isTrue();
            // Reset in the middle of a compressed message.
            peer.say(Arrays.copyOf(RawPeer.masked(0xC1, bomb(64)), 300));
            peer.socket().setSoLinger(true, 0);
            peer.close();
        }
        assertThat(codecs).noneMatch(DeflateCodecs::isClosed);
        server.close();
        Awaitility.await().until(() -> codecs.stream().allMatch(DeflateCodecs::isClosed));
    }

    private static PerMessageDeflate deflate(DeflateCodecs codecs, DeflateOptions options, int bits) {
        DeflateParameters agreed = new DeflateParameters(
                options.sending().withWindowBits(bits), options.receiving().withWindowBits(bits));
        return new PerMessageDeflate(Role.SERVER, agreed, options, codecs);
    }

    private static SharedFrame frame(String text) {
        return SharedFrame.of(MessageKind.TEXT, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static ByteBuffer noise(int size) {
        byte[] noise = new byte[size];
        new java.util.Random(1).nextBytes(noise);
        return ByteBuffer.wrap(noise);
    }

    /** So many MiB of zeros in as many KiB: one of them, again and again. */
    static byte[] bomb(int megabytes) {
        byte[] one = flushed(new byte[1 << 20]);
        ByteBuffer all = ByteBuffer.allocate(megabytes * one.length);
        while (all.hasRemaining()) all.put(one);
        return Arrays.copyOf(all.array(), all.capacity() - 4);
    }

    /** A message as the payload of a compressed one. */
    static byte[] deflated(byte[] message) {
        byte[] flushed = flushed(message);
        return Arrays.copyOf(flushed, flushed.length - 4);
    }

    private static byte[] flushed(byte[] message) {
        Deflater deflater = new Deflater(9, true);
        deflater.setInput(message);
        byte[] bytes = new byte[message.length + 100];
        int size = deflater.deflate(bytes, 0, bytes.length, Deflater.SYNC_FLUSH);
        deflater.end();
        return Arrays.copyOf(bytes, size);
    }

    static String inflated(RawPeer.Frame frame) throws Exception {
        assertThat(frame.isCompressed()).isTrue();
        Inflater inflater = new Inflater(true);
        inflater.setInput(frame.payload());
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        byte[] out = new byte[4096];
        for (int size = inflater.inflate(out); size > 0; size = inflater.inflate(out)) text.write(out, 0, size);
        inflater.end();
        return text.toString(StandardCharsets.UTF_8);
    }
}
