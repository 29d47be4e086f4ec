package dev.openline.app;

import dev.openline.hooks.HookEndpoint;
import dev.openline.protocol.Disconnect;
import dev.openline.protocol.ErrorReply;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What one section of a configuration file says of a place where an application answers.
 *
 * @param endpoint null if there is none to use
 * @param state why there is none
 */
record EndpointSettings(@Nullable HookEndpoint endpoint, State state) {
    enum State {
        SAID,
        UNSAID,
        /** And what is wrong with it is said. */
        WRONG
    }

    /** What is sent there. */
    enum Use {
        QUESTIONS,
        EVENTS
    }

    private static final String EXPECTED = "expected http://… or https://…";
    private static final String NO_REQUEST = "there is no request of a client's behind an event";

    /** Stands in while the rest is checked. */
    private static final HookEndpoint NOWHERE = HookEndpoint.at(URI.create("http://localhost/"));

    /** Reads all that a section says; where it says no endpoint, the rest has to be good nevertheless. */
    static EndpointSettings read(Settings section, Use use) {
        String address = section.text("endpoint", "");
        Reading reading = new Reading(section);
        if (!address.isEmpty()) reading.next("endpoint", before -> HookEndpoint.at(addressOf(address)));
        Duration timeout = section.duration("timeout", NOWHERE.timeout());
        reading.next("timeout", before -> before.within(timeout));
        int inFlight = section.number("max_in_flight", 1, 1_000_000, NOWHERE.maxInFlight());
        reading.next("max_in_flight", before -> before.bounded(inFlight, before.maxAnswerBytes()));
        headers(section, reading, use);
        section.refuse("applications are asked by HTTP here, not by gRPC", "grpc", "grpc_metadata", "grpc_headers");
        if (reading.isWrong) return new EndpointSettings(null, State.WRONG);
        return address.isEmpty()
                ? new EndpointSettings(null, State.UNSAID)
                : new EndpointSettings(reading.endpoint, State.SAID);
    }

    /** As {@link #read}, and it has to say one. */
    static EndpointSettings readSaid(Settings section, Use use) {
        EndpointSettings read = read(section, use);
        if (read.state != State.UNSAID) return read;
        section.fault("endpoint", EXPECTED);
        return new EndpointSettings(null, State.WRONG);
    }

    /** An endpoint that becomes more with every option that is read, and the first thing that was wrong with it. */
    private static final class Reading {
        private final Settings section;
        private HookEndpoint endpoint = NOWHERE;
        private boolean isWrong;

        Reading(Settings section) {
            this.section = section;
        }

        void next(String option, java.util.function.UnaryOperator<HookEndpoint> making) {
            HookEndpoint made = section.made(option, () -> making.apply(endpoint));
            if (made == null) isWrong = true;
            else endpoint = made;
        }
    }

    private static URI addressOf(String address) {
        try {
            return new URI(address);
        } catch (URISyntaxException e) {
            // Its message has the address, and what stands there may be secret.
            throw new IllegalArgumentException(EXPECTED, e);
        }
    }

    private static void headers(Settings section, Reading reading, Use use) {
        HookEndpoint.Meta meta =
                section.flag("include_connection_meta") ? HookEndpoint.Meta.INCLUDED : HookEndpoint.Meta.LEFT_OUT;
        Settings http = section.section("http");
        Map<String, String> always = http.words("static_headers");
        reading.next("http.static_headers", before -> before.passing(List.of(), List.of(), always));
        if (use == Use.EVENTS) {
            section.refuse(NO_REQUEST, "http_headers", "emulated_headers");
            section.refuse("there is no payload in an event", "binary_encoding");
            http.refuse("an answer to an event means nothing but that it was taken", "status_to_code_transforms");
            reading.next("endpoint", before -> before.sending(HookEndpoint.Form.JSON, meta));
        } else {
            HookEndpoint.Form form =
                    section.flag("binary_encoding") ? HookEndpoint.Form.BASE64 : HookEndpoint.Form.JSON;
            List<String> ofTheRequest = section.texts("http_headers");
            List<String> ofTheConnect = section.texts("emulated_headers");
            Map<Integer, HookEndpoint.Meaning> meanings = meanings(http);
            reading.next("http_headers", before -> before.passing(ofTheRequest, List.of(), always));
            reading.next("emulated_headers", before -> before.passing(before.httpHeaders(), ofTheConnect, always));
            reading.next("binary_encoding", before -> before.sending(form, meta).meaning(meanings));
        }
        http.end();
    }

    private static Map<Integer, HookEndpoint.Meaning> meanings(Settings http) {
        Map<Integer, HookEndpoint.Meaning> meanings = new TreeMap<>();
        for (Settings one : http.sections("status_to_code_transforms")) {
            int status = one.number("status_code", 201, 599, 0);
            if (!one.has("status_code")) one.fault("status_code", "expected a status of HTTP");
            HookEndpoint.Meaning meaning = meaning(one);
            if (meaning != null && meanings.put(status, meaning) != null)
                one.fault("status_code", "there is another one of this status");
            one.end();
        }
        return meanings;
    }

    private static HookEndpoint.@Nullable Meaning meaning(Settings one) {
        boolean isError = one.has("to_error");
        if (isError == one.has("to_disconnect")) {
            one.fault("to_error", "expected this or to_disconnect");
            return null;
        }
        Settings said = one.section(isError ? "to_error" : "to_disconnect");
        HookEndpoint.Meaning meaning = isError
                ? new HookEndpoint.Meaning(
                        new ErrorReply(
                                said.number("code", 400, 1_999, 400), said.text("message", ""), said.flag("temporary")),
                        null)
                : new HookEndpoint.Meaning(
                        null, new Disconnect(said.number("code", 4_000, 4_999, 4_000), said.text("reason", "")));
        if (!said.has("code")) said.fault("code", "expected a code");
        said.end();
        return meaning;
    }
}
