package dev.openline.server;

import static dev.openline.server.HandSpelled.entry;
import static dev.openline.server.HandSpelled.halfACharacter;
import static dev.openline.server.HandSpelled.message;
import static dev.openline.server.HandSpelled.payload;
import static dev.openline.server.HandSpelled.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.protocol.Command;
import dev.openline.protocol.Encoding;
import dev.openline.protocol.Reply;
import dev.openline.protocol.Result;
import dev.openline.server.HandSpelled.Member;
import dev.openline.server.HandSpelled.Value;
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

@DisplayName("names of channels of every forbidden kind, in every command, over a real line")
class BadChannelsTest {
    private static final String MALFORMED = "closed 3501";
    private static ServedSessions sessions;

    @BeforeAll
    static void start() throws Exception {
        sessions = new ServedSessions(o -> o.namespace("bare", c -> c.unlogged()));
    }

    @AfterAll
    static void stop() {
        sessions.close();
    }

    /**
     * One name, and what becomes of the commands that hold it.
     *
     * @param subscribe of {@code subscribe}
     * @param publish of {@code publish}, and of the method {@code openline.publish}
     * @param ask of {@code presence}, {@code presence_stats} and, but for one difference, {@code history}
     * @param inConnect of a {@code connect} that wishes for it in {@code subs}: where it is a reply, the wish is not granted
     */
    // More than 4 parameters because this is a row of a table.
    private record Row(String kind, Value name, String subscribe, String publish, String ask, String inConnect) {
        @Override
        public String toString() {
            return kind;
        }
    }

    // More than 4 parameters because this is a row of a table.
    private static Row row(String kind, String name, String subscribe, String publish, String ask, String inConnect) {
        return new Row(kind, text(name), subscribe, publish, ask, inConnect);
    }

    static Stream<Arguments> rows() {
        String tooLong = "news:" + "x".repeat(251);
        Stream<Row> rows = Stream.of(
                row("nothing", "", MALFORMED, MALFORMED, MALFORMED, MALFORMED),
                new Row("half a character", halfACharacter("news:x"), MALFORMED, MALFORMED, MALFORMED, MALFORMED),
                row("256 bytes", tooLong, "error 107", "error 102", "error 102", MALFORMED),
                row("a control character", "news:\u0001", "error 107", "error 102", "error 102", MALFORMED),
                row("a line break", "news:a\nb", "error 107", "error 102", "error 102", MALFORMED),
                row("DEL", "news:\u007f", "error 107", "error 102", "error 102", MALFORMED),
                row("an unknown namespace", "nowhere:x", "error 102", "error 102", "error 102", MALFORMED),
                row("no namespace", "news", "error 102", "error 102", "error 102", MALFORMED),
                row("an empty namespace", ":news", "error 102", "error 102", "error 102", MALFORMED),
                row("beyond ASCII", "news:caf\u00e9", "error 107", "error 107", "reply", "reply"),
                row("what the pattern forbids", "digits:12x", "error 107", "error 107", "reply", "reply"),
                row("private", "$news:x", "error 103", "reply", "reply", "reply"),
                row("of other users", "news:x#bob,carol", "error 103", "reply", "reply", "reply"),
                row("of nobody", "news:x#", "error 103", "reply", "reply", "reply"),
                row("not allowed", "bare:x", "error 103", "error 103", "error 108", "reply"));
        return rows.flatMap(row -> Arrays.stream(Encoding.values()).map(encoding -> Arguments.of(encoding, row)));
    }

    private static HandSpelled command(String name, int number, Member... members) {
        return new HandSpelled(name, number, 7, List.of(members));
    }

    /** What becomes of a command of alice's; where it is answered, the session goes on. */
    private static String answer(Encoding encoding, HandSpelled command) throws InterruptedException {
        try (Caller alice = sessions.connected(encoding)) {
            String answer = alice.says(command.frame(encoding)).answerTo(7);
            if (!answer.startsWith("closed")) {
                alice.says(new Command.Rpc(8, "echo", null));
                assertThat(alice.answerTo(8)).isEqualTo("reply");
            }
            sessions.goesOn();
            return answer;
        }
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("rows")
    void aForbiddenNameHasItsAnswerInEveryCommand(Encoding encoding, Row row) throws Exception {
        boolean malformed = row.subscribe.equals(MALFORMED);
        Member channel = new Member("channel", 1, row.name);
        Member data = new Member("data", 2, payload("1"));
        Member token = new Member("token", 2, text("t"));
        assertThat(answer(encoding, command("subscribe", 5, channel))).isEqualTo(row.subscribe);
        assertThat(answer(encoding, command("publish", 7, channel, data))).isEqualTo(row.publish);
        assertThat(answer(encoding, command("presence", 8, channel))).isEqualTo(row.ask);
        assertThat(answer(encoding, command("presence_stats", 9, channel))).isEqualTo(row.ask);
        // That nobody is on a channel which can't be is true; its log can't be told anything about.
        boolean can = !row.subscribe.equals("error 107");
        assertThat(answer(encoding, command("history", 10, channel)))
                .isEqualTo(can || !row.ask.equals("reply") ? row.ask : "error 107");
        assertThat(answer(encoding, command("unsubscribe", 6, channel))).isEqualTo(malformed ? MALFORMED : "reply");
        assertThat(answer(encoding, command("sub_refresh", 15, channel, token)))
                .isEqualTo(malformed ? MALFORMED : "error 103");
        Member inside = new Member("data", 1, payload("{\"data\":1,\"channel\":" + row.name.json() + "}"));
        assertThat(answer(encoding, command("rpc", 13, inside, new Member("method", 2, text("openline.publish")))))
                .isEqualTo(malformed ? "error 107" : row.publish);
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("rows")
    void aWishForAForbiddenNameInConnectIsNotGranted(Encoding encoding, Row row) throws Exception {
        try (Caller alice = sessions.dial(encoding)) {
            Member token = new Member(
                    "token", 1, text(ServedSessions.connection("alice").sign()));
            Member subs = new Member("subs", 3, entry(row.name, message()));
            Object reply = alice.says(command("connect", 4, token, subs).frame(encoding))
                    .replyTo(7);
            assertThat(Caller.nameOf(reply)).isEqualTo(row.inConnect);
            if (reply instanceof Reply.Done done)
                assertThat(((Result.ConnectResult) done.result()).subs()).isEmpty();
            sessions.goesOn();
        }
    }

    @ParameterizedTest
    @EnumSource(Encoding.class)
    void aTokenThatNamesAForbiddenChannelDoesNotConnect(Encoding encoding) throws Exception {
        for (String name : List.of("nowhere:x", "x".repeat(256), "news:\n")) {
            try (Caller alice = sessions.dial(encoding)) {
                String token = ServedSessions.connection("alice")
                        .channels(List.of(name))
                        .sign();
                alice.says(Command.Connect.by(1, "test", token), new Command.Rpc(2, "echo", null));
                assertThat(alice.answerTo(1)).isEqualTo("error 102");
                assertThat(alice.answerTo(2)).isEqualTo(MALFORMED);
                sessions.goesOn();
            }
        }
    }
}
