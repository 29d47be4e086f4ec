package dev.openline.server;

import static dev.openline.server.HandSpelled.entry;
import static dev.openline.server.HandSpelled.flag;
import static dev.openline.server.HandSpelled.message;
import static dev.openline.server.HandSpelled.payload;
import static dev.openline.server.HandSpelled.text;
import static dev.openline.server.HandSpelled.tooLarge;
import static dev.openline.server.HandSpelled.whole;
import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.protocol.Command;
import dev.openline.protocol.Encoding;
import dev.openline.protocol.SubscribeRequest;
import dev.openline.server.HandSpelled.Member;
import dev.openline.server.HandSpelled.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("every member of every command over a real line: missing, of the wrong type, too long, twice")
class BadMembersTest {
    private static final String BAD = "closed 3501";
    private static final String FINE = "reply";

    /** Nearly as much as a frame may hold. */
    private static final String LONG = ServedSessions.MARK.repeat(60_000 / ServedSessions.MARK.length());

    private static ServedSessions sessions;

    @BeforeAll
    static void start() throws Exception {
        sessions = new ServedSessions();
    }

    @AfterAll
    static void stop() {
        sessions.close();
    }

    /**
     * One member of a command that is otherwise good.
     *
     * @param command with the good member
     * @param asItIs what becomes of the command
     * @param missing what becomes of it without the member
     * @param tooLong a value that is longer, or larger, than any good one
     * @param answer what becomes of the command with that
     */
    record Row(HandSpelled command, Member member, String asItIs, String missing, Value tooLong, String answer) {
        @Override
        public String toString() {
            return command.name() + "." + member.name();
        }
    }

    /** The rows of one command: its members, each with what becomes of the command without it, and of it being too long. */
    private static final class Rows {
        private final HandSpelled empty;
        private final String asItIs;
        private final List<Member> members = new ArrayList<>();
        private final List<String> missing = new ArrayList<>();
        private final List<Value> tooLong = new ArrayList<>();
        private final List<String> answers = new ArrayList<>();

        Rows(String name, int number, String asItIs) {
            this.empty = new HandSpelled(name, number, name.equals("send") ? 0 : 7, List.of());
            this.asItIs = asItIs;
        }

        // More than 4 parameters because a row of a table reads best in one line.
        Rows row(Member member, String without, Value longer, String answer) {
            members.add(member);
            missing.add(without);
            tooLong.add(longer);
            answers.add(answer);
            return this;
        }

        Rows number(String name, int number, Value good) {
            return row(new Member(name, number, good), FINE, tooLarge(), BAD);
        }

        Stream<Row> rows() {
            HandSpelled command = empty.with(members.toArray(Member[]::new));
            return Stream.iterate(0, i -> i < members.size(), i -> i + 1)
                    .map(i -> new Row(command, members.get(i), asItIs, missing.get(i), tooLong.get(i), answers.get(i)));
        }
    }

    private static Member channel(String name) {
        return new Member("channel", 1, text(name));
    }

    private static Member data(int number) {
        return new Member("data", number, payload("{\"a\":[1]}"));
    }

    private static Value longData() {
        return payload('"' + LONG + '"');
    }

    private static Stream<Row> connect() {
        String token = ServedSessions.connection("alice").sign();
        Member inSubs = new Member("token", 2, text(LONG));
        return new Rows("connect", 4, FINE)
                .row(new Member("token", 1, text(token)), BAD, text(LONG), "closed 3500")
                .row(data(2), FINE, longData(), FINE)
                .row(
                        new Member("subs", 3, entry(text("news:c"), message())),
                        FINE,
                        entry(text("news:c"), message(inSubs)),
                        FINE)
                .row(new Member("name", 4, text("n")), FINE, text(LONG), FINE)
                .row(new Member("version", 5, text("1")), FINE, text(LONG), FINE)
                .row(new Member("headers", 6, entry(text("h"), text("v"))), FINE, entry(text("h"), text(LONG)), FINE)
                .rows();
    }

    private static Stream<Row> subscribe() {
        String token = ServedSessions.subscription("alice", "news:b").sign();
        return new Rows("subscribe", 5, FINE)
                .row(channel("news:b"), BAD, text(LONG), "error 107")
                .row(new Member("token", 2, text(token)), FINE, text(LONG), "error 103")
                .number("recover", 3, flag(true))
                .row(new Member("epoch", 6, text("e")), FINE, text(LONG), FINE)
                .number("offset", 7, whole(1))
                .row(data(8), FINE, longData(), FINE)
                .number("positioned", 9, flag(true))
                .number("recoverable", 10, flag(true))
                .number("join_leave", 11, flag(true))
                .row(new Member("delta", 12, text("fossil")), FINE, text(LONG), BAD)
                .number("flag", 14, whole(1))
                .number("type", 15, whole(0))
                .rows();
    }

    /** Apart from the others, since patches and filters don't go together. */
    private static Stream<Row> filter() {
        Member key = new Member("key", 2, text("k"));
        Member exists = new Member("cmp", 3, text("ex"));
        Value longKey = message(key.with(text(LONG)), exists);
        return new Rows("subscribe", 5, FINE)
                .row(channel("news:b"), BAD, text(LONG), "error 107")
                .row(new Member("tf", 13, message(key, exists)), FINE, longKey, "error 107")
                .rows();
    }

    private static Stream<Row> channels() {
        Member since = new Member("since", 8, message(new Member("offset", 1, whole(1))));
        return Stream.of(
                        new Rows("unsubscribe", 6, FINE).row(channel("news:a"), BAD, text(LONG), FINE),
                        new Rows("publish", 7, FINE)
                                .row(channel("news:a"), BAD, text(LONG), "error 102")
                                .row(data(2), "error 107", longData(), FINE),
                        new Rows("presence", 8, FINE).row(channel("news:a"), BAD, text(LONG), "error 102"),
                        new Rows("presence_stats", 9, FINE).row(channel("news:a"), BAD, text(LONG), "error 102"),
                        new Rows("history", 10, FINE)
                                .row(channel("news:a"), BAD, text(LONG), "error 102")
                                .number("limit", 7, whole(10))
                                .row(
                                        since,
                                        FINE,
                                        message(new Member("epoch", 2, text(LONG)), new Member("offset", 1, whole(1))),
                                        "error 112")
                                .number("reverse", 9, flag(true)))
                .flatMap(Rows::rows);
    }

    private static Stream<Row> others() {
        Member token =
                new Member("token", 1, text(ServedSessions.connection("alice").sign()));
        String ofA = ServedSessions.subscription("alice", "news:a").sign();
        return Stream.of(
                        new Rows("send", 12, "closed 3508").row(data(1), "closed 3508", longData(), "closed 3508"),
                        new Rows("rpc", 13, FINE)
                                .row(new Member("method", 2, text("echo")), "error 108", text(LONG), "error 108")
                                .row(data(1), FINE, longData(), FINE),
                        new Rows("refresh", 14, FINE).row(token, BAD, text(LONG), "closed 3500"),
                        new Rows("sub_refresh", 15, FINE)
                                .row(channel("news:a"), BAD, text(LONG), "error 103")
                                .row(new Member("token", 2, text(ofA)), "error 107", text(LONG), "closed 3500"))
                .flatMap(Rows::rows);
    }

    static Stream<Arguments> rows() {
        return Stream.of(connect(), subscribe(), filter(), channels(), others())
                .flatMap(rows -> rows)
                .flatMap(row -> Arrays.stream(Encoding.values()).map(encoding -> Arguments.of(encoding, row)));
    }

    /** What becomes of a command on a line of its own; for all but {@code connect} of one who is connected, and subscribed to {@code news:a}. */
    private static String answer(Encoding encoding, HandSpelled command) throws InterruptedException {
        boolean connects = command.name().equals("connect");
        try (Caller caller = connects ? sessions.dial(encoding) : sessions.connected(encoding)) {
            if (!connects) {
                String token = ServedSessions.subscription("alice", "news:a").sign();
                caller.says(
                        new Command.Subscribe(2, SubscribeRequest.to("news:a").withToken(token)));
                assertThat(caller.answerTo(2)).isEqualTo(FINE);
            }
            String answer = caller.says(command.frame(encoding)).answerTo(7);
            if (!answer.startsWith("closed")) {
                caller.says(new Command.Rpc(8, "echo", null));
                assertThat(caller.answerTo(8)).as("the session goes on").isEqualTo(FINE);
            }
            sessions.goesOn();
            return answer;
        }
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("rows")
    void aMemberThatIsMissingWrongTooLongOrThereTwiceHasItsAnswer(Encoding encoding, Row row) throws Exception {
        HandSpelled command = row.command;
        HandSpelled without = command.without(row.member);
        assertThat(answer(encoding, command)).as("as it is").isEqualTo(row.asItIs);
        assertThat(answer(encoding, without)).as("missing").isEqualTo(row.missing);
        Member wrong = row.member.with(row.member.value().wrong());
        assertThat(answer(encoding, without.and(wrong))).as("of the wrong type").isEqualTo(BAD);
        Member tooLong = row.member.with(row.tooLong);
        assertThat(answer(encoding, without.and(tooLong))).as("too long").isEqualTo(row.answer);
        assertThat(answer(encoding, command.and(tooLong)))
                .as("good, then too long")
                .isEqualTo(row.answer);
        // Of two the last one counts, but what is no number at all is a fault wherever it stands.
        assertThat(answer(encoding, without.and(tooLong).and(row.member)))
                .as("too long, then good")
                .isEqualTo(row.member.value().isNumber() ? BAD : row.asItIs);
    }

    @ParameterizedTest
    @EnumSource(Encoding.class)
    void anIdHasItsAnswerToo(Encoding encoding) throws Exception {
        Member id = new Member("id", 1, whole(7));
        Member body = new Member("rpc", 13, message(new Member("method", 2, text("echo"))));
        assertThat(framed(encoding, body)).as("missing").isEqualTo(BAD);
        assertThat(framed(encoding, id.with(whole(0)), body)).as("none").isEqualTo(BAD);
        assertThat(framed(encoding, id.with(text("7")), body)).as("wrong").isEqualTo(BAD);
        assertThat(framed(encoding, id.with(whole(1L << 32)), body))
                .as("too large")
                .isEqualTo(BAD);
        assertThat(framed(encoding, id.with(whole(-1)), body)).as("below zero").isEqualTo(BAD);
        assertThat(framed(encoding, id.with(whole(6)), body, id)).as("twice").isEqualTo(FINE);
        assertThat(framed(encoding, id)).as("without a body").isEqualTo(BAD);
        assertThat(framed(encoding, id, new Member("ping", 11, message())))
                .as("with a body that nobody takes")
                .isEqualTo(BAD);
        assertThat(framed(encoding, id, body, body.with(message())))
                .as("two bodies")
                .isEqualTo("error 108");
        assertThat(framed(encoding, id, body.with(body.value().wrong())))
                .as("a body that is none")
                .isEqualTo(BAD);
    }

    private static String framed(Encoding encoding, Member... command) throws InterruptedException {
        try (Caller caller = sessions.connected(encoding)) {
            String answer =
                    caller.says(HandSpelled.frame(encoding, List.of(command))).answerTo(7);
            sessions.goesOn();
            return answer;
        }
    }
}
