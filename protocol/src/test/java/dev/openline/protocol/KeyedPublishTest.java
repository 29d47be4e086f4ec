package dev.openline.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyedPublishTest {
    @Test
    void theArgumentIsTheApisPublish() throws MalformedFrame {
        Payload argument = KeyedPublish.argument("a \"b\"", Payload.of("{\n\"n\":1}"), "k1");

        assertThat(argument.text())
                .isEqualTo("{\"channel\":\"a \\\"b\\\"\",\"data\":{\"n\":1},\"idempotency_key\":\"k1\"}");
        ApiCall.Publish call = (ApiCall.Publish) ApiCodec.call(ApiMethod.PUBLISH, argument.buffer());
        assertThat(call.channel()).isEqualTo("a \"b\"");
        assertThat(call.message().idempotencyKey()).isEqualTo("k1");
        assertThat(call.message().data()).isEqualTo(Payload.of("{\"n\":1}"));
    }

    @Test
    void theResultIsAPosition() throws MalformedFrame {
        assertThat(KeyedPublish.position(Payload.of("{\"epoch\":\"e\",\"offset\":7,\"more\":[1]}")))
                .isEqualTo(new StreamPosition(7, "e"));
    }

    @Test
    void aChannelWithoutALogGivesNone() throws MalformedFrame {
        assertThat(KeyedPublish.position(Payload.of("{}"))).isNull();
        assertThat(KeyedPublish.position(null)).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "{\"offset\":\"7\"}", "{\"offset\":-1}", "{\"epoch\":1}", "{} {}", "{"})
    void anythingElseIsMalformed(String result) {
        assertThatThrownBy(() -> KeyedPublish.position(Payload.of(result))).isInstanceOf(MalformedFrame.class);
    }
}
