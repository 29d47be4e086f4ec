package dev.openline.net;

import dev.openline.wire.Header;
import dev.openline.wire.Headers;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The head of a request, and what a proxy told of it, as one array of bytes. A line keeps its request for as long as it is open and is
 * hardly ever asked for it: as objects a head takes a kilobyte and more, packed some hundred bytes.
 *
 * <p>It is a row of words, read from the front: whether TLS and a host were told, that host, method, target, then name and value of each
 * field. A word is a number, little end first in pieces of seven bits: either its place in {@link #USUAL}, or how many bytes of UTF-8
 * follow, counted from there.
 */
final class PackedHead {
    /** What most heads are made of, as browsers spell it in HTTP/1 and in HTTP/2; a byte is enough for each. */
    private static final List<String> USUAL = List.of(
            "GET",
            "CONNECT",
            "/",
            "websocket",
            "Upgrade",
            "keep-alive, Upgrade",
            "upgrade",
            "13",
            "0",
            "no-cache",
            "permessage-deflate; client_max_window_bits",
            "permessage-deflate",
            "gzip, deflate, br, zstd",
            "gzip, deflate",
            "*/*",
            "Host",
            "host",
            "Connection",
            "Sec-WebSocket-Key",
            "Sec-WebSocket-Version",
            "sec-websocket-version",
            "Sec-WebSocket-Extensions",
            "sec-websocket-extensions",
            "Sec-WebSocket-Protocol",
            "sec-websocket-protocol",
            "Origin",
            "origin",
            "User-Agent",
            "user-agent",
            "Accept",
            "Accept-Encoding",
            "accept-encoding",
            "Accept-Language",
            "accept-language",
            "Cache-Control",
            "cache-control",
            "Pragma",
            "pragma",
            "Cookie",
            "cookie",
            "Authorization",
            "authorization",
            "content-length",
            "Sec-Fetch-Dest",
            "sec-fetch-dest",
            "Sec-Fetch-Mode",
            "sec-fetch-mode",
            "Sec-Fetch-Site",
            "sec-fetch-site",
            "same-origin",
            "X-Forwarded-For",
            "X-Forwarded-Proto",
            "X-Forwarded-Host",
            "X-Real-IP",
            "Forwarded",
            "https");

    private static final Map<String, Integer> PLACES = places();

    private static final int SECURE = 1;
    private static final int HOST_TOLD = 2;

    private PackedHead() {}

    private static Map<String, Integer> places() {
        Map<String, Integer> places = new HashMap<>();
        for (String word : USUAL) places.put(word, places.size());
        return places;
    }

    static byte[] of(String method, String target, Arrival how, Headers headers) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(256);
        String host = how.host();
        out.write((how.secure() ? SECURE : 0) | (host == null ? 0 : HOST_TOLD));
        if (host != null) word(host, out);
        word(method, out);
        word(target, out);
        for (Header field : headers) {
            word(field.name(), out);
            word(field.value(), out);
        }
        return out.toByteArray();
    }

    private static void word(String word, ByteArrayOutputStream out) {
        Integer place = PLACES.get(word);
        if (place != null) {
            number(place, out);
            return;
        }
        byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
        number(USUAL.size() + bytes.length, out);
        out.writeBytes(bytes);
    }

    private static void number(int number, ByteArrayOutputStream out) {
        int left = number;
        for (; left > 0x7f; left >>>= 7) out.write(left & 0x7f | 0x80);
        out.write(left);
    }

    static boolean isSecure(byte[] head) {
        return (head[0] & SECURE) != 0;
    }

    /** The host that a proxy told, or null. */
    static @Nullable String toldHost(byte[] head) {
        return hasHost(head) ? new Reading(head).word() : null;
    }

    static String method(byte[] head) {
        return request(head).word();
    }

    static String target(byte[] head) {
        Reading reading = request(head);
        reading.word();
        return reading.word();
    }

    static Headers headers(byte[] head) {
        Reading reading = request(head);
        reading.word();
        reading.word();
        List<Header> fields = new ArrayList<>();
        while (reading.at < head.length) fields.add(new Header(reading.word(), reading.word()));
        return Headers.of(fields);
    }

    private static boolean hasHost(byte[] head) {
        return (head[0] & HOST_TOLD) != 0;
    }

    /** From the method on. */
    private static Reading request(byte[] head) {
        Reading reading = new Reading(head);
        if (hasHost(head)) reading.word();
        return reading;
    }

    private static final class Reading {
        private final byte[] head;
        private int at = 1;

        Reading(byte[] head) {
            this.head = head;
        }

        String word() {
            int number = number();
            if (number < USUAL.size()) return USUAL.get(number);
            int length = number - USUAL.size();
            at += length;
            return new String(head, at - length, length, StandardCharsets.UTF_8);
        }

        private int number() {
            int number = 0;
            for (int shift = 0; ; shift += 7) {
                int piece = head[at++];
                number |= (piece & 0x7f) << shift;
                if (piece >= 0) return number;
            }
        }
    }
}
