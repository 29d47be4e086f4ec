package dev.openline.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every member of every method of the HTTP API: sent, missing, null, twice, and of every other type. */
class ApiMembersTest {
    private static final List<String> NOT_STRINGS = List.of("1", "true", "[]", "{}");
    private static final List<String> NOT_BOOLEANS = List.of("1", "\"true\"", "[]", "{}");
    private static final List<String> NOT_U63 =
            List.of("\"1\"", "true", "[]", "{}", "-1", "1.5", "9223372036854775808", "1e3");
    private static final List<String> NOT_I32 = List.of("\"1\"", "true", "[]", "{}", "2147483648", "-2147483649");
    private static final List<String> NOT_LISTS = List.of("1", "\"a\"", "true", "{}", "[1]", "[null]", "[[\"a\"]]");
    private static final List<String> NOT_MAPS = List.of("1", "\"a\"", "true", "[]", "{\"k\":1}", "{\"k\":{}}");
    private static final List<String> NOT_POSITIONS =
            List.of("1", "\"a\"", "[]", "{\"offset\":-1}", "{\"offset\":\"1\"}", "{\"epoch\":1}");
    private static final List<String> NOT_JSON = List.of("{", "[1,]", "01", "nul", "'a'", "NaN");
    private static final List<String> NOT_BASE64 = List.of("1", "true", "[]", "{}", "\"%\"", "\"a\"");
    private static final List<String> NOT_OVERRIDES =
            List.of("1", "\"a\"", "[]", "{\"presence\":true}", "{\"presence\":{\"value\":1}}");
    private static final List<String> NOT_DISCONNECTS =
            List.of("1", "\"a\"", "[]", "{\"code\":\"1\"}", "{\"code\":-1}", "{\"code\":2147483648}", "{\"reason\":1}");
    private static final List<String> NOT_COMMANDS = List.of(
            "1", "\"a\"", "{}", "[1]", "[null]", "[[]]", "[{\"publish\":1}]", "[{\"publish\":{\"channel\":1}}]");

    /** A member of all methods that have it: a value of it, and what is none. */
    private enum Member {
        CHANNEL("channel", "\"a\"", NOT_STRINGS),
        CHANNELS("channels", "[\"a\",\"b\"]", NOT_LISTS),
        DATA("data", "{\"a\":[1]}", NOT_JSON),
        B64DATA("b64data", "\"AAE=\"", NOT_BASE64),
        SKIP_HISTORY("skip_history", "true", NOT_BOOLEANS),
        TAGS("tags", "{\"k\":\"v\"}", NOT_MAPS),
        IDEMPOTENCY_KEY("idempotency_key", "\"k\"", NOT_STRINGS),
        DELTA("delta", "true", NOT_BOOLEANS),
        VERSION("version", "7", NOT_U63),
        VERSION_EPOCH("version_epoch", "\"e\"", NOT_STRINGS),
        USER("user", "\"u\"", NOT_STRINGS),
        CLIENT("client", "\"c\"", NOT_STRINGS),
        SESSION("session", "\"s\"", NOT_STRINGS),
        INFO("info", "{\"i\":1}", NOT_JSON),
        B64INFO("b64info", "\"AAE=\"", NOT_BASE64),
        RECOVER_SINCE("recover_since", "{\"offset\":3,\"epoch\":\"e\"}", NOT_POSITIONS),
        EXPIRE_AT("expire_at", "9223372036854775807", NOT_U63),
        OVERRIDE("override", "{\"presence\":{\"value\":true},\"join_leave\":{}}", NOT_OVERRIDES),
        WHITELIST("whitelist", "[\"c\"]", NOT_LISTS),
        DISCONNECT("disconnect", "{\"code\":4000,\"reason\":\"r\"}", NOT_DISCONNECTS),
        EXPIRED("expired", "true", NOT_BOOLEANS),
        LIMIT("limit", "-1", NOT_I32),
        SINCE("since", "{\"offset\":3}", NOT_POSITIONS),
        REVERSE("reverse", "true", NOT_BOOLEANS),
        PATTERN("pattern", "\"a*\"", NOT_STRINGS),
        CURSOR("cursor", "\"c\"", NOT_STRINGS),
        UID("uid", "\"t\"", NOT_STRINGS),
        ISSUED_BEFORE("issued_before", "5", NOT_U63),
        COMMANDS("commands", "[{\"publish\":{\"channel\":\"a\"}}]", NOT_COMMANDS),
        PARALLEL("parallel", "true", NOT_BOOLEANS),
        METHOD("method", "\"m\"", NOT_STRINGS),
        PARAMS("params", "[1]", NOT_JSON);

        private final String memberName;
        private final String value;
        private final List<String> wrong;

        Member(String memberName, String value, List<String> wrong) {
            this.memberName = memberName;
            this.value = value;
            this.wrong = wrong;
        }

        String spelled(String as) {
            return '"' + memberName + "\":" + as;
        }
    }

    private record Row(ApiMethod method, Member member) {
        ApiCall read(String members) throws MalformedFrame {
            return call(method, "{" + members + "}");
        }

        @Override
        public String toString() {
            return method.methodName() + "." + member.memberName;
        }
    }

    static Stream<Row> rows() {
        List<Row> rows = new ArrayList<>();
        for (ApiMethod method : ApiMethod.values()) {
            for (String name : method.members()) {
                Member found = Arrays.stream(Member.values())
                        .filter(member -> member.memberName.equals(name))
                        .findAny()
                        .orElseThrow(() -> new AssertionError("no row for " + name));
                rows.add(new Row(method, found));
            }
        }
        return rows.stream();
    }

    private static ApiCall call(ApiMethod method, String json) throws MalformedFrame {
        return ApiCodec.call(method, ByteBuffer.wrap(json.getBytes(StandardCharsets.UTF_8)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rows")
    void aMemberMakesADifferenceAndItsLastValueCounts(Row row) throws MalformedFrame {
        String spelled = row.member().spelled(row.member().value);
        ApiCall read = row.read(spelled);
        // An epoch of versions means nothing without a version.
        if (row.member() == Member.VERSION_EPOCH) {
            assertThat(row.read("\"version\":1," + spelled)).isNotEqualTo(row.read("\"version\":1"));
        } else {
            assertThat(read).isNotEqualTo(row.read(""));
        }
        assertThat(row.read(spelled + ',' + spelled)).isEqualTo(read);
        assertThat(row.read(spelled + ',' + row.member().spelled("null"))).isEqualTo(read);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rows")
    void aMemberIsWrittenAsItWasRead(Row row) throws MalformedFrame {
        ApiCall read = row.read(row.member().spelled(row.member().value));
        assertThat(ApiCodec.call(row.method(), ByteBuffer.wrap(ApiCodec.encode(read))))
                .isEqualTo(read);
    }

    @ParameterizedTest
    @EnumSource(ApiMethod.class)
    void allMembersAtOnceAreWrittenAsTheyWereRead(ApiMethod method) throws MalformedFrame {
        String all = rows().filter(row -> row.method() == method)
                .map(row -> row.member().spelled(row.member().value))
                .collect(Collectors.joining(",", "{", "}"));
        ApiCall read = call(method, all);
        assertThat(ApiCodec.call(method, ByteBuffer.wrap(ApiCodec.encode(read))))
                .isEqualTo(read);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rows")
    void nullIsAsGoodAsMissing(Row row) throws MalformedFrame {
        assertThat(row.read(row.member().spelled("null"))).isEqualTo(row.read("\"unknown\":{\"a\":[1,{}]}"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rows")
    void aWrongTypeIsAFaultThatNamesNoValue(Row row) {
        for (String wrong : row.member().wrong) {
            assertThatThrownBy(() -> row.read(row.member().spelled(wrong)))
                    .as(wrong)
                    .isInstanceOf(MalformedFrame.class);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rows")
    void aMemberOfAnotherMethodIsSteppedOverWhateverItIs(Row row) throws MalformedFrame {
        for (Member other : Member.values()) {
            if (row.method().members().contains(other.memberName)) continue;
            assertThat(row.read(other.spelled("[{}]"))).isEqualTo(row.read(""));
        }
    }

    @Test
    void everyMemberOfTheTableBelongsToAMethod() {
        assertThat(rows().map(row -> row.member())).contains(Member.values());
    }

    @Test
    void everyCallHasAMethodOfItsName() throws MalformedFrame {
        assertThat(Arrays.stream(ApiCall.Cases.class.getMethods()).map(java.lang.reflect.Method::getName))
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(ApiMethod.values())
                        .map(method -> method.methodName().replace("_", ""))
                        .map(ApiMembersTest::caseNamed)
                        .toList());
        for (ApiMethod method : ApiMethod.values()) {
            assertThat(ApiMethod.of(call(method, "{}"))).isEqualTo(method);
            assertThat(ApiMethod.named(method.methodName())).isEqualTo(method);
        }
        assertThat(ApiMethod.named("map_publish")).isNull();
    }

    private static String caseNamed(String flat) {
        return Arrays.stream(ApiCall.Cases.class.getMethods())
                .map(java.lang.reflect.Method::getName)
                .filter(name -> name.equalsIgnoreCase(flat))
                .findAny()
                .orElse("no case for " + flat);
    }

    @Test
    void aWholePublishIsReadAsItIs() throws MalformedFrame {
        String json = "{\"channel\":\"a\",\"data\":{\"x\": \n 1},\"skip_history\":true,\"tags\":{\"t\":\"v\"},"
                + "\"idempotency_key\":\"k\",\"delta\":true,\"version\":7,\"version_epoch\":\"e\"}";
        assertThat(call(ApiMethod.PUBLISH, json))
                .isEqualTo(new ApiCall.Publish(
                        "a",
                        new ApiMessage(
                                Payload.of("{\"x\":  1}"),
                                Map.of("t", "v"),
                                "k",
                                ApiMessage.Logging.UNLOGGED,
                                ApiMessage.Delta.ALLOWED,
                                new ApiMessage.Version(7, "e"))));
    }

    @Test
    void base64GoesBeforeJsonAndMayHoldAnyBytes() throws MalformedFrame {
        ApiCall.Publish call = (ApiCall.Publish) call(ApiMethod.PUBLISH, "{\"b64data\":\"/wAK\",\"data\":1}");
        assertThat(call.message().data()).isEqualTo(Payload.wrap(new byte[] {-1, 0, 10}));
        assertThat(call.message().data().isJson()).isFalse();
        ApiCall.Subscribe subscribe = (ApiCall.Subscribe)
                call(ApiMethod.SUBSCRIBE, "{\"b64info\":\"/w==\",\"info\":1,\"data\":2,\"b64data\":\"AA==\"}");
        assertThat(subscribe.info()).isEqualTo(Payload.wrap(new byte[] {-1}));
        assertThat(subscribe.data()).isEqualTo(Payload.wrap(new byte[] {0}));
    }

    @Test
    void aPublishWithoutDataHasNoBytes() throws MalformedFrame {
        ApiMessage message = ((ApiCall.Publish) call(ApiMethod.PUBLISH, "{\"data\":null}")).message();
        assertThat(message.data().size()).isZero();
        assertThat(message.version()).isNull();
    }

    @Test
    void anAnonymousUserIsNotEverybody() throws MalformedFrame {
        assertThat(((ApiCall.Connections) call(ApiMethod.CONNECTIONS, "{\"user\":\"\"}")).user())
                .isEmpty();
        assertThat(((ApiCall.Connections) call(ApiMethod.CONNECTIONS, "{}")).user())
                .isNull();
    }

    @Test
    void aSubscribeHasItsTargetAndWhatItOverrides() throws MalformedFrame {
        String json = "{\"user\":\"u\",\"client\":\"c\",\"session\":\"s\",\"channel\":\"a\",\"expire_at\":9,"
                + "\"recover_since\":{\"offset\":3,\"epoch\":\"e\"},\"override\":{\"presence\":{\"value\":true},"
                + "\"join_leave\":{},\"force_recovery\":{\"value\":false},\"force_positioning\":{\"value\":true},"
                + "\"force_push_join_leave\":{\"value\":true},\"new\":1}}";
        assertThat(call(ApiMethod.SUBSCRIBE, json))
                .isEqualTo(new ApiCall.Subscribe(
                        new ApiCall.Target("u", "c", "s"),
                        "a",
                        null,
                        null,
                        new StreamPosition(3, "e"),
                        9,
                        Map.of(
                                ApiCall.Overridable.PRESENCE,
                                true,
                                ApiCall.Overridable.JOIN_LEAVE,
                                false,
                                ApiCall.Overridable.FORCE_RECOVERY,
                                false,
                                ApiCall.Overridable.FORCE_POSITIONING,
                                true,
                                ApiCall.Overridable.FORCE_PUSH_JOIN_LEAVE,
                                true)));
    }
}
