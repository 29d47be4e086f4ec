package dev.openline.hooks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.hub.Feature;
import dev.openline.hub.PublishRequest;
import dev.openline.net.HttpRequest;
import dev.openline.protocol.ClientInfo;
import dev.openline.protocol.Disconnect;
import dev.openline.protocol.Encoding;
import dev.openline.protocol.ErrorReply;
import dev.openline.protocol.Payload;
import dev.openline.protocol.SubscribeRequest;
import dev.openline.server.Authenticator;
import dev.openline.server.Client;
import dev.openline.server.Grant;
import dev.openline.server.HookFault;
import dev.openline.server.PublishHook;
import dev.openline.server.RefreshHook;
import dev.openline.server.RpcRefused;
import dev.openline.server.SubscribeHook;
import dev.openline.wire.Header;
import dev.openline.wire.Headers;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class HttpHooksTest {
    private static final HttpRequest REQUEST = HttpRequest.of(
            "GET",
            "/connection/websocket",
            Headers.of(new Header("Cookie", "session=abc"), new Header("X-Real-Ip", "203.0.113.9")));

    @RegisterExtension
    final Application application = new Application();

    private static <T> T await(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private static Throwable fault(CompletionStage<?> stage) {
        try {
            stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
        } catch (CompletionException e) {
            return e.getCause();
        }
        throw new AssertionError("it did not fail");
    }

    private static Authenticator.Attempt attempt() {
        return attempt("", Payload.of("{\"room\":1}"));
    }

    private static Authenticator.Attempt attempt(String token, Payload data) {
        return new Authenticator.Attempt(
                "c1",
                token,
                data,
                Map.of("X-Tenant", "green", "Cookie", "forged=1", "X-Split", "a\r\nb"),
                REQUEST,
                new Authenticator.Attempt.Library("js", "5"),
                Set.of("news"),
                "websocket",
                Encoding.JSON);
    }

    private static Client client() {
        return new Client(
                new ClientInfo("42", "c1", null, null),
                "websocket",
                Encoding.PROTOBUF,
                REQUEST,
                Map.of(),
                Payload.of("{\"plan\":\"gold\"}"),
                null);
    }

    @Nested
    class Connect {
        private Authenticator.Admission ask(String answer) throws Exception {
            application.answers("/connect", answer);
            return await(HttpHooks.connect(application.endpoint("/connect")).authenticate(attempt()));
        }

        @Test
        void is_asked_with_what_the_client_brings_and_the_fields_that_may_pass() throws Exception {
            application.answers("/connect", "{}");
            HookEndpoint endpoint = application
                    .endpoint("/connect")
                    .passing(
                            List.of("cookie", "X-Real-IP"),
                            List.of("x-tenant", "Cookie", "x-split"),
                            Map.of("Authorization", "Bearer ours", "x-tenant", "ours"));
            await(HttpHooks.connect(endpoint).authenticate(attempt()));
            Application.Asked asked = application.next();
            assertThat(asked.body())
                    .isEqualTo(
                            "{\"client\":\"c1\",\"transport\":\"websocket\",\"protocol\":\"json\",\"encoding\":\"json\","
                                    + "\"name\":\"js\",\"version\":\"5\",\"channels\":[\"news\"],\"data\":{\"room\":1}}");
            assertThat(asked.headers())
                    .containsEntry("content-type", "application/json")
                    .containsEntry("cookie", "session=abc")
                    .containsEntry("x-real-ip", "203.0.113.9")
                    .containsEntry("x-tenant", "green")
                    .containsEntry("authorization", "Bearer ours")
                    .doesNotContainKey("x-split");
        }

        @Test
        void admits_with_all_that_the_answer_says() throws Exception {
            var admitted = (Authenticator.Admitted)
                    ask("{\"result\":{\"user\":\"42\",\"expire_at\":1900000000,\"info\":{\"n\":1.0e5},\"data\":[1, 2],"
                            + "\"channels\":[\"a\"],\"subs\":{\"b\":{\"data\":\"x\",\"override\":{\"presence\":{\"value\":false}}}},"
                            + "\"meta\":{\"plan\":\"gold\"}}}");
            assertThat(admitted.user()).isEqualTo("42");
            assertThat(admitted.expireAtSeconds()).isEqualTo(1_900_000_000L);
            assertThat(admitted.refreshed()).isEqualTo(Grant.Refreshed.BY_SERVER);
            assertThat(admitted.connectionInfo()).isEqualTo(Payload.of("{\"n\":1.0e5}"));
            assertThat(admitted.data()).isEqualTo(Payload.of("[1, 2]"));
            assertThat(admitted.meta()).isEqualTo(Payload.of("{\"plan\":\"gold\"}"));
            assertThat(admitted.subs().get("a")).isEqualTo(Grant.PLAIN);
            assertThat(admitted.subs().get("b").data()).isEqualTo(Payload.of("\"x\""));
            assertThat(admitted.subs().get("b").overrides()).isEqualTo(Map.of(Feature.PRESENCE, false));
        }

        @Test
        void is_not_asked_about_a_client_with_a_token() throws Exception {
            assertThat(await(
                            HttpHooks.connect(application.endpoint("/connect")).authenticate(attempt("a token", null))))
                    .isEqualTo(new Authenticator.Dropped(Disconnect.INVALID_TOKEN));
            assertThat(application.asked).isEmpty();
        }

        @Test
        void is_asked_in_base64_about_what_is_no_JSON_and_may_answer_so() throws Exception {
            application.answers("/connect", "{\"result\":{\"b64info\":\"AQI=\",\"b64data\":\"Aw==\"}}");
            var admitted = (Authenticator.Admitted) await(HttpHooks.connect(application.endpoint("/connect"))
                    .authenticate(attempt("", Payload.wrap(new byte[] {(byte) 0xff, 0}))));
            assertThat(application.next().body()).endsWith("\"b64data\":\"/wA=\"}");
            assertThat(admitted.connectionInfo()).isEqualTo(Payload.wrap(new byte[] {1, 2}));
            assertThat(admitted.data()).isEqualTo(Payload.wrap(new byte[] {3}));
        }

        @Test
        void leaves_payloads_as_they_stand_there() throws Exception {
            var admitted = (Authenticator.Admitted) ask(
                    "\n {\"result\" : {\"user\":\"Zo\\u00eb\", \"info\": \"grüße\" ,\"data\":{ \"a\" :-1.50E+2}}} ");
            assertThat(admitted.user()).isEqualTo("Zoë");
            assertThat(admitted.connectionInfo()).isEqualTo(Payload.of("\"grüße\""));
            assertThat(admitted.data()).isEqualTo(Payload.of("{ \"a\" :-1.50E+2}"));
        }

        @Test
        void says_no_in_its_own_words() throws Exception {
            assertThat(ask("{\"error\":{\"code\":1000,\"message\":\"sold out\",\"temporary\":true}}"))
                    .isEqualTo(new Authenticator.Denied(new ErrorReply(1000, "sold out", true)));
            assertThat(ask("{\"disconnect\":{\"code\":4500,\"reason\":\"banned\"}}"))
                    .isEqualTo(new Authenticator.Dropped(new Disconnect(4500, "banned")));
            assertThat(ask("{}")).isEqualTo(new Authenticator.Unknown());
            assertThat(ask("{\"result\":null}")).isEqualTo(new Authenticator.Unknown());
        }
    }

    @Nested
    class Refresh {
        private RefreshHook.Decision ask(String answer) throws Exception {
            application.answers("/refresh", answer);
            return await(HttpHooks.refresh(application
                            .endpoint("/refresh")
                            .sending(HookEndpoint.Form.JSON, HookEndpoint.Meta.INCLUDED))
                    .refresh(client()));
        }

        @Test
        void goes_on_as_long_as_the_answer_says_and_an_error_is_no_yes() throws Exception {
            assertThat(ask("{\"result\":{\"expire_at\":1900000000,\"info\":{\"a\":1}}}"))
                    .isEqualTo(new RefreshHook.Decision.Until(1_900_000_000L, Payload.of("{\"a\":1}")));
            assertThat(application.next().body())
                    .isEqualTo(
                            "{\"client\":\"c1\",\"transport\":\"websocket\",\"protocol\":\"protobuf\",\"encoding\":\"json\","
                                    + "\"user\":\"42\",\"meta\":{\"plan\":\"gold\"}}");
            assertThat(ask("{\"result\":{\"expired\":true}}")).isEqualTo(new RefreshHook.Decision.Expired());
            assertThat(ask("{}")).isEqualTo(new RefreshHook.Decision.Expired());
            assertThat(ask("{\"result\":null}")).isEqualTo(new RefreshHook.Decision.Expired());
        }

        @Test
        void knows_of_no_error_and_no_disconnect_whatever_their_codes() throws Exception {
            assertThat(ask("{\"error\":{\"code\":1}}")).isEqualTo(new RefreshHook.Decision.Expired());
            assertThat(ask("{\"disconnect\":{\"code\":1}}")).isEqualTo(new RefreshHook.Decision.Expired());
            assertThat(ask("{\"error\":{\"code\":1000},\"result\":{}}"))
                    .isEqualTo(new RefreshHook.Decision.Until(null, null));
        }

        @Test
        void may_change_what_the_application_remembers_of_the_client() throws Exception {
            assertThat(ask("{\"result\":{\"meta\":{\"plan\":\"lead\"}}}"))
                    .isEqualTo(new RefreshHook.Decision.Until(null, null, Payload.of("{\"plan\":\"lead\"}")));
        }

        @Test
        void is_asked_about_those_with_a_token_too() {
            assertThat(HttpHooks.refresh(application.endpoint("/refresh")).coversTokens())
                    .isTrue();
        }
    }

    @Nested
    class Subscribe {
        private SubscribeHook hook() {
            return HttpHooks.subscribe(
                    channel -> channel.startsWith("asked:") ? application.endpoint("/subscribe") : null,
                    channel -> channel.startsWith("asked:") ? application.endpoint("/sub_refresh") : null);
        }

        private SubscribeHook.Decision ask(String answer) throws Exception {
            application.answers("/subscribe", answer);
            return await(
                    hook().subscribe(client(), SubscribeRequest.to("asked:a").withToken("t")));
        }

        @Test
        void asks_about_channels_that_have_an_endpoint_and_no_others() throws Exception {
            assertThat(await(hook().subscribe(client(), SubscribeRequest.to("free:a"))))
                    .isEqualTo(SubscribeHook.Decision.BY_PERMISSIONS);
            assertThat(application.asked).isEmpty();
            ask("{\"result\":{}}");
            assertThat(application.next().body()).contains("\"user\":\"42\",\"channel\":\"asked:a\",\"token\":\"t\"");
        }

        @Test
        void says_yes_with_terms_or_no() throws Exception {
            assertThat(ask("{\"result\":{}}"))
                    .isEqualTo(new SubscribeHook.Decision.Allowed(Grant.PLAIN.until(null, Grant.Refreshed.BY_SERVER)));
            var terms = (SubscribeHook.Decision.Allowed)
                    ask("{\"result\":{\"expire_at\":1900000000,\"b64info\":\"AQI=\",\"data\":1}}");
            assertThat(terms.grant().info()).isEqualTo(Payload.wrap(new byte[] {1, 2}));
            assertThat(terms.grant().expireAtSeconds()).isEqualTo(1_900_000_000L);
            assertThat(ask("{\"error\":{\"code\":403,\"message\":\"no\"}}"))
                    .isEqualTo(new SubscribeHook.Decision.Denied(new ErrorReply(403, "no", false)));
            assertThat(ask("{\"disconnect\":{\"code\":4001,\"reason\":\"out\"}}"))
                    .isEqualTo(new SubscribeHook.Decision.Dropped(new Disconnect(4001, "out")));
            assertThat(ask("{}")).isEqualTo(new SubscribeHook.Decision.Denied(ErrorReply.PERMISSION_DENIED));
        }

        @Test
        void is_asked_again_when_its_time_is_over() throws Exception {
            application.answers("/sub_refresh", "{\"result\":{\"expire_at\":1900000000}}");
            var goesOn = (SubscribeHook.Decision.Allowed) await(hook().refresh(client(), "asked:a"));
            assertThat(goesOn.grant().expireAtSeconds()).isEqualTo(1_900_000_000L);
            assertThat(goesOn.grant().refreshed()).isEqualTo(Grant.Refreshed.BY_SERVER);
            assertThat(application.next().body()).endsWith("\"user\":\"42\",\"channel\":\"asked:a\"}");
            assertThat(hook().coversTokens("asked:a")).isTrue();
            assertThat(hook().coversTokens("free:a")).isFalse();
            for (String no : List.of("{}", "{\"error\":{\"code\":1}}", "{\"disconnect\":{\"code\":4000}}")) {
                application.answers("/sub_refresh", no);
                assertThat(await(hook().refresh(client(), "asked:a")))
                        .isEqualTo(new SubscribeHook.Decision.Denied(ErrorReply.EXPIRED));
            }
            application.answers("/sub_refresh", "{\"result\":{\"expired\":true}}");
            assertThat(await(hook().refresh(client(), "asked:a")))
                    .isEqualTo(new SubscribeHook.Decision.Denied(ErrorReply.EXPIRED));
            assertThat(await(hook().refresh(client(), "free:a")))
                    .isEqualTo(new SubscribeHook.Decision.Denied(ErrorReply.EXPIRED));
        }
    }

    @Nested
    class Publish {
        private final PublishRequest request =
                PublishRequest.of("room:a", Payload.of("\"hi\"")).once("k");

        @Test
        void is_left_to_the_permissions_where_nobody_is_asked() throws Exception {
            assertThat(await(HttpHooks.publish(channel -> null).publish(client(), request)))
                    .isEqualTo(PublishHook.Decision.BY_PERMISSIONS);
        }

        private PublishHook.Decision ask(HookEndpoint endpoint, String answer) throws Exception {
            application.answers("/publish", answer);
            return await(HttpHooks.publish(channel -> channel.startsWith("room:") ? endpoint : null)
                    .publish(client(), request));
        }

        @Test
        void may_replace_what_is_said_and_how() throws Exception {
            var allowed = (PublishHook.Decision.Allowed) ask(
                    application.endpoint("/publish"),
                    "{\"result\":{\"data\":\"HI\",\"skip_history\":true,\"tags\":{\"a\":\"b\"},\"idempotency_key\":\"k2\","
                            + "\"delta\":true,\"version\":7,\"version_epoch\":\"e\"}}");
            assertThat(allowed.request())
                    .isEqualTo(PublishRequest.of("room:a", Payload.of("\"HI\""))
                            .history(PublishRequest.History.SKIP)
                            .tagged(Map.of("a", "b"))
                            .once("k2")
                            .encoded(PublishRequest.Encoding.DELTA)
                            .version(new PublishRequest.Version(7, "e")));
        }

        @Test
        void leaves_it_as_it_is_or_says_no() throws Exception {
            assertThat(ask(application.endpoint("/publish"), "{\"result\":{}}"))
                    .isEqualTo(new PublishHook.Decision.Allowed(request));
            assertThat(ask(application.endpoint("/publish"), "{}"))
                    .isEqualTo(new PublishHook.Decision.Denied(ErrorReply.PERMISSION_DENIED));
            assertThat(ask(application.endpoint("/publish"), "{\"error\":{\"code\":1999,\"message\":\"no\"}}"))
                    .isEqualTo(new PublishHook.Decision.Denied(new ErrorReply(1999, "no", false)));
            assertThat(ask(application.endpoint("/publish"), "{\"disconnect\":{\"code\":4999}}"))
                    .isEqualTo(new PublishHook.Decision.Dropped(new Disconnect(4999, "")));
        }

        @Test
        void is_asked_in_base64_where_that_is_wanted() throws Exception {
            ask(
                    application.endpoint("/publish").sending(HookEndpoint.Form.BASE64, HookEndpoint.Meta.LEFT_OUT),
                    "{\"result\":{}}");
            assertThat(application.next().body())
                    .contains("\"encoding\":\"binary\"")
                    .endsWith("\"user\":\"42\",\"channel\":\"room:a\",\"b64data\":\"ImhpIg==\"}");
        }
    }

    @Nested
    class Rpc {
        private Payload call(String answer) throws Exception {
            application.answers("/rpc", answer);
            return await(HttpHooks.rpc(method -> RpcRoute.to(application.endpoint("/rpc")))
                    .call(client(), "m", Payload.of("1")));
        }

        @Test
        void is_put_through() throws Exception {
            assertThat(call("{\"result\":{\"data\":{\"year\":2026}}}")).isEqualTo(Payload.of("{\"year\":2026}"));
            assertThat(application.next().body()).endsWith("\"user\":\"42\",\"method\":\"m\",\"data\":1}");
            assertThat(call("{\"result\":{}}")).isNull();
        }

        @Test
        void is_refused_by_the_application_or_for_its_method() {
            application.answers("/rpc", "{\"error\":{\"code\":1001,\"message\":\"no\"}}");
            Throwable refused = fault(HttpHooks.rpc(method -> RpcRoute.to(application.endpoint("/rpc")))
                    .call(client(), "m", null));
            assertThat(((RpcRefused) refused).error()).isEqualTo(new ErrorReply(1001, "no", false));
            application.answers("/rpc", "{\"disconnect\":{\"code\":4001,\"reason\":\"out\"}}");
            Throwable dropped = fault(HttpHooks.rpc(method -> RpcRoute.to(application.endpoint("/rpc")))
                    .call(client(), "m", null));
            assertThat(((RpcRefused) dropped).disconnect()).isEqualTo(new Disconnect(4001, "out"));
            application.answers("/rpc", "?");
            assertThat(fault(HttpHooks.rpc(method -> RpcRoute.to(application.endpoint("/rpc")))
                            .call(client(), "m", null)))
                    .isInstanceOf(HookFault.class);
            Throwable unknown = fault(HttpHooks.rpc(method -> RpcRoute.UNKNOWN).call(client(), "x:m", null));
            assertThat(((RpcRefused) unknown).error()).isEqualTo(ErrorReply.METHOD_NOT_FOUND);
            Throwable off = fault(HttpHooks.rpc(method -> RpcRoute.OFF).call(client(), "m", null));
            assertThat(((RpcRefused) off).error()).isEqualTo(ErrorReply.NOT_AVAILABLE);
        }
    }
}
