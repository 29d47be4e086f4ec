package dev.openline.hooks;

import dev.openline.protocol.Disconnect;
import dev.openline.protocol.ErrorReply;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Where an application answers, and what it is sent. Immutable.
 *
 * @param address {@code http} or {@code https}; what it redirects to is not followed
 * @param timeout for one question, connecting included; an answer that takes longer counts as a fault. Default 1 s
 * @param httpHeaders names of the fields of the client's own request that are passed on
 * @param emulatedHeaders names of the fields that the client wrote into its {@code connect} which are passed on: its own words, unlike those before. Where
 *     both have a field, the request's counts
 * @param staticHeaders fields that are always sent, unless one of those before has their name
 * @param form how payloads are sent
 * @param meta whether what the application attached to the client is sent along
 * @param statuses what an answer with another status than 200 means; otherwise it is a fault
 * @param maxInFlight questions that wait for an answer at once; one more is answered as a fault at once. Default 1 000
 * @param maxAnswerBytes the largest answer; a larger one is a fault. Default 1 MiB
 */
public record HookEndpoint(
        URI address,
        Duration timeout,
        List<String> httpHeaders,
        List<String> emulatedHeaders,
        Map<String, String> staticHeaders,
        Form form,
        Meta meta,
        Map<Integer, Meaning> statuses,
        int maxInFlight,
        int maxAnswerBytes) {
    /** How payloads are sent and read. */
    public enum Form {
        /** As JSON values in the question. */
        JSON,
        /** As base64 texts of their bytes, in members that begin with {@code b64}. */
        BASE64
    }

    /** Whether the application's own remark about a client is sent back to it. */
    public enum Meta {
        LEFT_OUT,
        INCLUDED
    }

    /**
     * What a status means: exactly one of the two is given.
     *
     * @param error the command is answered with it
     * @param disconnect the line is closed with it
     */
    public record Meaning(
            @Nullable ErrorReply error, @Nullable Disconnect disconnect) {
        public Meaning {
            if ((error == null) == (disconnect == null))
                throw new IllegalArgumentException("a status means an error or a disconnect");
        }
    }

    /** @throws IllegalArgumentException for an address that is none, a time or count that is not positive, or a header that can't be sent */
    public HookEndpoint {
        check(address);
        if (timeout.toMillis() < 1) throw new IllegalArgumentException("timeout " + timeout + " < 1 ms");
        if (maxInFlight < 1) throw new IllegalArgumentException("maxInFlight " + maxInFlight + " < 1");
        if (maxAnswerBytes < 1) throw new IllegalArgumentException("maxAnswerBytes " + maxAnswerBytes + " < 1");
        httpHeaders = names(httpHeaders);
        emulatedHeaders = names(emulatedHeaders);
        Map<String, String> fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        fields.putAll(staticHeaders);
        fields.forEach((name, value) -> {
            if (!canBeSent(value))
                throw new IllegalArgumentException("the value of the header " + name(name) + " can't be sent");
        });
        fields.keySet().forEach(HookEndpoint::name);
        staticHeaders = Map.copyOf(fields);
        statuses = Map.copyOf(statuses);
    }

    private static void check(URI address) {
        String scheme = address.getScheme() == null ? "" : address.getScheme().toLowerCase(Locale.ROOT);
        if (scheme.equals("grpc"))
            throw new IllegalArgumentException(
                    "applications are asked by HTTP here, not by gRPC: http://… or https://…");
        if (!scheme.equals("http") && !scheme.equals("https") || address.getRawAuthority() == null)
            throw new IllegalArgumentException("expected http://… or https://…");
        if (address.getRawUserInfo() != null)
            throw new IllegalArgumentException("give a name and a password as the static header Authorization");
        if (address.getHost() == null)
            throw new IllegalArgumentException("the name of its host is none; there can't be an underscore in it");
    }

    /** Whether this can be the value of a field; a line break in it would end the field and begin another. */
    static boolean canBeSent(String value) {
        return value.chars().allMatch(c -> c == '\t' || c >= ' ' && c < 0x7f);
    }

    private static List<String> names(List<String> names) {
        TreeSet<String> lower = new TreeSet<>();
        for (String name : names) lower.add(name(name));
        return List.copyOf(lower);
    }

    /** The fields that an HTTP connection needs for itself can't be passed on. */
    private static String name(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (!lower.matches("[-!#$%&'*+.^_`|~0-9a-z]+"))
            throw new IllegalArgumentException("no header name: it has a character that is none of a name");
        if (List.of("connection", "content-length", "expect", "host", "upgrade", "content-type", "transfer-encoding")
                .contains(lower)) throw new IllegalArgumentException("the header " + lower + " can't be passed on");
        return lower;
    }

    /** With the defaults. */
    public static HookEndpoint at(URI address) {
        return new HookEndpoint(
                address,
                Duration.ofSeconds(1),
                List.of(),
                List.of(),
                Map.of(),
                Form.JSON,
                Meta.LEFT_OUT,
                Map.of(),
                1_000,
                1 << 20);
    }

    /** The same with another time. */
    public HookEndpoint within(Duration time) {
        return new HookEndpoint(
                address,
                time,
                httpHeaders,
                emulatedHeaders,
                staticHeaders,
                form,
                meta,
                statuses,
                maxInFlight,
                maxAnswerBytes);
    }

    /** The same, passing these fields on. */
    public HookEndpoint passing(List<String> ofTheRequest, List<String> ofTheConnect, Map<String, String> always) {
        return new HookEndpoint(
                address,
                timeout,
                ofTheRequest,
                ofTheConnect,
                always,
                form,
                meta,
                statuses,
                maxInFlight,
                maxAnswerBytes);
    }

    /** The same with payloads in another form, and with or without what the application attached to the client. */
    public HookEndpoint sending(Form payloads, Meta remark) {
        return new HookEndpoint(
                address,
                timeout,
                httpHeaders,
                emulatedHeaders,
                staticHeaders,
                payloads,
                remark,
                statuses,
                maxInFlight,
                maxAnswerBytes);
    }

    /** The same, where these statuses mean something. */
    public HookEndpoint meaning(Map<Integer, Meaning> ofStatuses) {
        return new HookEndpoint(
                address,
                timeout,
                httpHeaders,
                emulatedHeaders,
                staticHeaders,
                form,
                meta,
                ofStatuses,
                maxInFlight,
                maxAnswerBytes);
    }

    /** The same with other bounds. */
    public HookEndpoint bounded(int inFlight, int answerBytes) {
        return new HookEndpoint(
                address,
                timeout,
                httpHeaders,
                emulatedHeaders,
                staticHeaders,
                form,
                meta,
                statuses,
                inFlight,
                answerBytes);
    }

    /** Without the headers and the query, which may hold secrets. */
    @Override
    public String toString() {
        return address.getScheme() + "://" + address.getRawAuthority() + address.getRawPath();
    }
}
