package dev.openline.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a key with scopes opens. */
class ApiScopesTest {
    private static ServedApi server;

    @BeforeAll
    static void start() throws Exception {
        server = ServedApi.start(ApiErrorMode.REPLY);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void begin() {
        server.begin();
    }

    @ParameterizedTest(name = "{0} {1} {2} -> {3}")
    @CsvSource(
            delimiter = '|',
            value = {
                "publisher | publish | {\"channel\":\"a\",\"data\":1} | 200",
                "publisher | broadcast | {\"channels\":[\"a\",\"b\"],\"data\":1} | 200",
                "publisher | presence | {\"channel\":\"a\"} | 403",
                "publisher | disconnect | {\"user\":\"u\"} | 403",
                "publisher | rpc | {\"method\":\"m\"} | 200",
                "publisher | batch | {\"commands\":[{\"publish\":{\"channel\":\"a\",\"data\":1}}]} | 200",
                "publisher | batch | {\"commands\":[{\"publish\":{\"channel\":\"a\",\"data\":1}},{\"info\":{}}]} | 403",
                "reader | presence | {\"channel\":\"a\"} | 200",
                "reader | presence_stats | {\"channel\":\"a\"} | 200",
                "reader | history | {\"channel\":\"a\"} | 200",
                "reader | channels | {} | 200",
                "reader | info | {} | 200",
                "reader | connections | {} | 200",
                "reader | publish | {\"channel\":\"a\",\"data\":1} | 403",
                "reader | history_remove | {\"channel\":\"a\"} | 403",
                "controller | subscribe | {\"channel\":\"a\"} | 200",
                "controller | unsubscribe | {} | 200",
                "controller | disconnect | {} | 200",
                "controller | refresh | {} | 200",
                "controller | history_remove | {\"channel\":\"a\"} | 200",
                "controller | revoke_token | {\"uid\":\"t\"} | 200",
                "controller | invalidate_user_tokens | {\"user\":\"u\"} | 200",
                "controller | publish | {\"channel\":\"a\",\"data\":1} | 403",
                "controller | connections | {} | 403",
                "shop | publish | {\"channel\":\"shop:a\",\"data\":1} | 200",
                "shop | publish | {\"channel\":\"$shop:a\",\"data\":1} | 200",
                "shop | publish | {\"channel\":\"newspaper\",\"data\":1} | 200",
                "shop | publish | {\"channel\":\"shopping:a\",\"data\":1} | 403",
                "shop | publish | {\"channel\":\"a\",\"data\":1} | 403",
                "shop | publish | {\"data\":1} | 403",
                "shop | broadcast | {\"channels\":[\"shop:a\",\"news\"],\"data\":1} | 200",
                "shop | broadcast | {\"channels\":[\"shop:a\",\"a\"],\"data\":1} | 403",
                "shop | broadcast | {\"channels\":[]} | 403",
                "shop | history | {\"channel\":\"shop:eu-1\"} | 200",
                "shop | history | {\"channel\":\"shop:us-1\"} | 403",
                "shop | channels | {\"pattern\":\"shop:eu-*\"} | 200",
                "shop | channels | {\"pattern\":\"shop:e*\"} | 403",
                "shop | channels | {\"pattern\":\"shop:eu?*\"} | 403",
                "shop | channels | {} | 403",
                "shop | connections | {\"pattern\":\"shop:eu-*\"} | 200",
                "shop | connections | {\"user\":\"u\"} | 403",
                "shop | info | {} | 403",
                "shop | subscribe | {\"channel\":\"shop:a\"} | 200",
                "shop | unsubscribe | {\"channel\":\"shop:a\"} | 200",
                "shop | unsubscribe | {\"user\":\"u\"} | 403",
                "shop | disconnect | {\"user\":\"u\"} | 403",
                "shop | refresh | {\"user\":\"u\"} | 403",
                "shop | revoke_token | {\"uid\":\"t\"} | 403",
                "shop | invalidate_user_tokens | {\"user\":\"u\"} | 403",
            })
    void aKeyOpensWhatItsScopesCoverAndNothingElse(String key, String method, String body, int status)
            throws Exception {
        HttpResponse<String> answer = server.post("/api/" + method, key, body);
        assertThat(answer.statusCode()).isEqualTo(status);
        if (status == 200) return;
        assertThat(answer.body()).isEqualTo("the scopes of this API key do not cover this call\n");
        assertThat(server.operations.takeAsked()).isEmpty();
    }

    @Test
    void aScopeThatRestrictsToNothingIsRefused() {
        assertThatThrownBy(() -> ApiScope.READ.inNamespaces()).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ApiScope.READ.inNamespaces("a:")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ApiScope.READ.withPrefixes("")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> OpenlineServer.create(o -> o.apiKey("k", new ApiScope[0])))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> OpenlineServer.create(o -> o.apiKey(" ", ApiScope.READ)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(new ApiKey("secret", List.of(ApiScope.READ.inNamespaces("a"), ApiScope.CONTROL)))
                .hasToString("ApiKey[READ on a:*, $a:*, CONTROL]");
    }
}
