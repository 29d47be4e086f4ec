package dev.openline.protocol;

import static dev.openline.protocol.Frames.commands;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.openline.protocol.SubscribeRequest.Wish;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("every member of every command: there, missing, null, twice, of the wrong type")
class CommandMembersTest {
    private static final List<String> NOT_STRINGS = List.of(
            "1", "-1", "1.5", "true", "false", "{}", "[]", "[\"x\"]", "{\"x\":1}", "\"\\ud800\"", "\"\\udc00x\"");
    private static final List<String> NOT_BOOLEANS = List.of("0", "1", "\"true\"", "\"\"", "{}", "[]");
    private static final List<String> NOT_OBJECTS = List.of("0", "1.5", "\"x\"", "true", "[]", "[{}]");
    private static final List<String> NOT_WHOLE =
            List.of("\"1\"", "1.0", "1.5", "1e0", "1E2", "true", "{}", "[]", "99999999999999999999", "1e400");
    private static final List<String> NOT_U32 = with(NOT_WHOLE, "-1", "4294967296", "9223372036854775807");
    private static final List<String> NOT_U63 = with(NOT_WHOLE, "-1", "9223372036854775808", "18446744073709551615");
    private static final List<String> NOT_I32 = with(NOT_WHOLE, "2147483648", "-2147483649");
    private static final List<String> NOT_I64 = with(NOT_WHOLE, "9223372036854775808", "-9223372036854775809");
    private static final List<String> NOT_STRING_MAPS =
            with(NOT_OBJECTS, "{\"x\":1}", "{\"x\":{}}", "{\"\\ud800\":\"x\"}");

    /** The value of a member whose absence is a fault. */
    private static final Object FAULT = new Object();

    /**
     * One member of one command. {@code frame} has a hole ({@code %s}) for the members; what else the command needs is in it already.
     *
     * @param read picks from the command what the member became
     * @param missing what it is when the member is not there
     */
    private record Row(
            String frame,
            String member,
            Spelled one,
            Spelled other,
            Function<Command, @Nullable Object> read,
            @Nullable Object missing,
            List<String> wrong) {
        List<Command> read(String members) throws MalformedFrame {
            return commands(frame.replace("%s", members));
        }

        String spell(String value) {
            return '"' + member + "\":" + value;
        }

        @Override
        public String toString() {
            return member + " in " + frame;
        }
    }

    /** A value as it is sent and as it is understood. */
    private record Spelled(String text, Object value) {}

    private static Spelled as(String text, Object value) {
        return new Spelled(text, value);
    }

    private static List<String> with(List<String> some, String... more) {
        return Stream.concat(some.stream(), Stream.of(more)).toList();
    }

    static Stream<Row> rows() {
        return Stream.of(envelope(), connect(), subscribe(), channels(), dataAndTokens(), history())
                .flatMap(rows -> rows);
    }

    private static Stream<Row> envelope() {
        return Stream.of(new Row(
                "{%s,\"rpc\":{}}",
                "id", as("1", 1L), as("4294967295", 4294967295L), c -> ((Command.Rpc) c).id(), FAULT, NOT_U32));
    }

    private static Stream<Row> connect() {
        String frame = "{\"id\":1,\"connect\":{%s}}";
        Function<Command, Command.Connect> is = c -> (Command.Connect) c;
        SubscribeRequest x = SubscribeRequest.to("x");
        SubscribeRequest recovering = x.withRecover(new StreamPosition(3, "e"));
        return Stream.of(
                text(frame, "token", c -> is.apply(c).token(), ""),
                text(frame, "name", c -> is.apply(c).name(), ""),
                text(frame, "version", c -> is.apply(c).version(), ""),
                payload(frame, c -> is.apply(c).data()),
                new Row(
                        frame,
                        "subs",
                        as("{\"x\":{}}", Map.of("x", x)),
                        as("{\"x\":{\"recover\":true,\"offset\":3,\"epoch\":\"e\"}}", Map.of("x", recovering)),
                        c -> is.apply(c).subs(),
                        Map.of(),
                        with(NOT_OBJECTS, "{\"x\":1}", "{\"x\":[]}", "{\"\":{}}", "{\"\\udc00\":{}}")),
                new Row(
                        frame,
                        "headers",
                        as("{\"a\":\"b\"}", Map.of("a", "b")),
                        as("{\"a\":\"c\",\"d\":null}", Map.of("a", "c")),
                        c -> is.apply(c).headers(),
                        Map.of(),
                        NOT_STRING_MAPS));
    }

    private static Stream<Row> subscribe() {
        String frame = "{\"id\":1,\"subscribe\":{\"channel\":\"x\",%s}}";
        String recovering = "{\"id\":1,\"subscribe\":{\"channel\":\"x\",\"recover\":true,%s}}";
        Function<Command, SubscribeRequest> is = c -> ((Command.Subscribe) c).request();
        Function<Command, StreamPosition> position =
                c -> Objects.requireNonNull(is.apply(c).recover());
        return Stream.of(
                text(
                        "{\"id\":1,\"subscribe\":{%s}}",
                        "channel", c -> is.apply(c).channel(), FAULT),
                text(frame, "token", c -> is.apply(c).token(), ""),
                text(frame, "delta", c -> is.apply(c).delta(), ""),
                payload(frame, c -> is.apply(c).data()),
                new Row(
                        frame,
                        "recover",
                        as("true", new StreamPosition(0, "")),
                        as("true", new StreamPosition(0, "")),
                        c -> is.apply(c).recover(),
                        null,
                        NOT_BOOLEANS),
                text(recovering, "epoch", c -> position.apply(c).epoch(), ""),
                new Row(
                        recovering,
                        "offset",
                        as("1", 1L),
                        as("9223372036854775807", Long.MAX_VALUE),
                        c -> position.apply(c).offset(),
                        0L,
                        NOT_U63),
                wish(frame, "positioned", Wish.POSITIONED),
                wish(frame, "recoverable", Wish.RECOVERABLE),
                wish(frame, "join_leave", Wish.JOIN_LEAVE),
                new Row(
                        frame,
                        "type",
                        as("1", 1),
                        as("-2147483648", Integer.MIN_VALUE),
                        c -> is.apply(c).type(),
                        0,
                        NOT_I32),
                new Row(
                        frame,
                        "flag",
                        as("3", 3L),
                        as("-9223372036854775808", Long.MIN_VALUE),
                        c -> is.apply(c).flags(),
                        0L,
                        NOT_I64),
                new Row(
                        frame,
                        "tf",
                        as("{}", new TagsFilter("", "", "", "", List.of(), List.of())),
                        as(
                                "{\"op\":\"not\",\"nodes\":[{\"key\":\"k\",\"cmp\":\"in\",\"val\":\"v\",\"vals\":[\"a\",\"b\"]}]}",
                                new TagsFilter(
                                        "not",
                                        "",
                                        "",
                                        "",
                                        List.of(),
                                        List.of(new TagsFilter("", "k", "in", "v", List.of("a", "b"), List.of())))),
                        c -> is.apply(c).filter(),
                        null,
                        with(NOT_OBJECTS, "{\"op\":1}", "{\"nodes\":{}}", "{\"nodes\":[1]}", "{\"vals\":[1]}")));
    }

    private static Stream<Row> channels() {
        return Stream.of(
                text("{\"id\":1,\"unsubscribe\":{%s}}", "channel", c -> ((Command.Unsubscribe) c).channel(), FAULT),
                text("{\"id\":1,\"publish\":{\"data\":1,%s}}", "channel", c -> ((Command.Publish) c).channel(), FAULT),
                text("{\"id\":1,\"presence\":{%s}}", "channel", c -> ((Command.Presence) c).channel(), FAULT),
                text(
                        "{\"id\":1,\"presence_stats\":{%s}}",
                        "channel", c -> ((Command.PresenceStats) c).channel(), FAULT),
                text("{\"id\":1,\"history\":{\"limit\":1,%s}}", "channel", c -> ((Command.History) c).channel(), FAULT),
                text(
                        "{\"id\":1,\"sub_refresh\":{\"token\":\"t\",%s}}",
                        "channel", c -> ((Command.SubRefresh) c).channel(), FAULT));
    }

    private static Stream<Row> dataAndTokens() {
        return Stream.of(
                payload("{\"id\":1,\"publish\":{\"channel\":\"x\",%s}}", c -> ((Command.Publish) c).data()),
                payload("{\"id\":1,\"rpc\":{\"method\":\"m\",%s}}", c -> ((Command.Rpc) c).data()),
                payload("{\"send\":{%s}}", c -> ((Command.Send) c).data()),
                text("{\"id\":1,\"rpc\":{%s}}", "method", c -> ((Command.Rpc) c).method(), ""),
                text("{\"id\":1,\"refresh\":{%s}}", "token", c -> ((Command.Refresh) c).token(), ""),
                text(
                        "{\"id\":1,\"sub_refresh\":{\"channel\":\"x\",%s}}",
                        "token", c -> ((Command.SubRefresh) c).token(), ""));
    }

    private static Stream<Row> history() {
        String frame = "{\"id\":1,\"history\":{\"channel\":\"x\",%s}}";
        Function<Command, Command.History> is = c -> (Command.History) c;
        return Stream.of(
                new Row(
                        frame,
                        "limit",
                        as("10", 10),
                        as("-1", -1),
                        c -> is.apply(c).limit(),
                        0,
                        NOT_I32),
                new Row(
                        frame,
                        "since",
                        as("{}", new StreamPosition(0, "")),
                        as("{\"offset\":7,\"epoch\":\"_\"}", new StreamPosition(7, "_")),
                        c -> is.apply(c).since(),
                        null,
                        with(NOT_OBJECTS, "{\"offset\":-1}", "{\"offset\":\"1\"}", "{\"epoch\":1}")),
                new Row(
                        frame,
                        "reverse",
                        as("true", Direction.NEWEST_FIRST),
                        as("false", Direction.OLDEST_FIRST),
                        c -> is.apply(c).direction(),
                        Direction.OLDEST_FIRST,
                        NOT_BOOLEANS));
    }

    private static Row text(String frame, String member, Function<Command, @Nullable Object> read, Object missing) {
        return new Row(
                frame,
                member,
                as("\"a\"", "a"),
                as("\"\\u00fcber \\ud83d\\ude00\"", "über 😀"),
                read,
                missing,
                NOT_STRINGS);
    }

    private static Row payload(String frame, Function<Command, @Nullable Object> read) {
        return new Row(
                frame,
                "data",
                as("{\"a\": [1, {\"b\":null}]}", Payload.of("{\"a\": [1, {\"b\":null}]}")),
                as("-1.50e+400", Payload.of("-1.50e+400")),
                read,
                null,
                List.of(
                        "{",
                        "[1,]",
                        "01",
                        "+1",
                        ".5",
                        "1.",
                        "'a'",
                        "nul",
                        "NaN",
                        "Infinity",
                        "{a:1}",
                        "\"\\x\"",
                        "/**/1"));
    }

    private static Row wish(String frame, String member, Wish wish) {
        return new Row(
                frame,
                member,
                as("true", Set.of(wish)),
                as("false", Set.of()),
                c -> ((Command.Subscribe) c).request().wishes(),
                Set.of(),
                NOT_BOOLEANS);
    }

    private static void understood(List<Command> commands, Row row, @Nullable Object expected) {
        assertThat(commands).hasSize(1);
        assertThat(row.read().apply(commands.get(0))).isEqualTo(expected);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rows")
    void memberIsUnderstood(Row row) throws MalformedFrame {
        understood(row.read(row.spell(row.one().text())), row, row.one().value());
        understood(row.read(row.spell(row.other().text())), row, row.other().value());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rows")
    void missingMemberIsTheZeroValueOrAFault(Row row) throws MalformedFrame {
        missing(row, "\"unknown\":{\"a\":[1,2,{}]}");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rows")
    void nullIsAsGoodAsMissing(Row row) throws MalformedFrame {
        missing(row, row.spell("null"));
        understood(
                row.read(row.spell(row.one().text()) + ',' + row.spell("null")),
                row,
                row.one().value());
    }

    private static void missing(Row row, String members) throws MalformedFrame {
        if (row.missing() == FAULT) assertThatThrownBy(() -> row.read(members)).isInstanceOf(MalformedFrame.class);
        else understood(row.read(members), row, row.missing());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rows")
    void ofAMemberThatComesTwiceTheLastOneCounts(Row row) throws MalformedFrame {
        String one = row.spell(row.one().text());
        String other = row.spell(row.other().text());
        understood(row.read(one + ',' + other), row, row.other().value());
        understood(row.read(other + ',' + one), row, row.one().value());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rows")
    void wrongTypeIsAFaultEvenWhenARightOneFollows(Row row) {
        for (String wrong : row.wrong()) {
            assertThatThrownBy(() -> row.read(row.spell(wrong))).as(wrong).isInstanceOf(MalformedFrame.class);
            assertThatThrownBy(() -> row.read(
                            row.spell(wrong) + ',' + row.spell(row.one().text())))
                    .as(wrong)
                    .isInstanceOf(MalformedFrame.class);
        }
    }
}
