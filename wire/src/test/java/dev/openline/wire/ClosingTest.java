package dev.openline.wire;

import static dev.openline.wire.PeerBytes.BINARY;
import static dev.openline.wire.PeerBytes.CLOSE;
import static dev.openline.wire.PeerBytes.FIN;
import static dev.openline.wire.PeerBytes.TEXT;
import static dev.openline.wire.WireEvent.closed;
import static dev.openline.wire.WireEvent.hungUp;
import static dev.openline.wire.WireEvent.ping;
import static dev.openline.wire.WireEvent.sentClose;
import static dev.openline.wire.WireEvent.sentEmptyClose;
import static dev.openline.wire.WireEvent.sentPong;
import static dev.openline.wire.WireEvent.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ClosingTest {
    @Nested
    @DisplayName("RFC 6455 §5.5.1 the peer's Close")
    class TheirClose {
        @ParameterizedTest
        @EnumSource(Role.class)
        void isAnsweredWithItsCodeAndEndsTheConnection(Role reader) {
            assertThat(Feed.everyWay(reader, PeerBytes.to(reader).close(1001, "going away")))
                    .isEqualTo(over(reader, sentClose(1001, ""), closed(1001, "going away")));
        }

        @ParameterizedTest
        @EnumSource(Role.class)
        void withoutACodeIsHeardAs1005AndAnsweredEmpty(Role reader) {
            assertThat(Feed.everyWay(reader, PeerBytes.to(reader).frame(FIN | CLOSE, "")))
                    .isEqualTo(over(reader, sentEmptyClose(), closed(1005, "")));
        }

        @ParameterizedTest
        @EnumSource(Role.class)
        void mayCarryAReasonOf123BytesInAnyScript(Role reader) {
            String reason = "閉".repeat(41);
            assertThat(Feed.everyWay(reader, PeerBytes.to(reader).close(4999, reason)))
                    .isEqualTo(over(reader, sentClose(4999, ""), closed(4999, reason)));
        }

        @ParameterizedTest
        @EnumSource(Role.class)
        void dropsTheMessageItInterrupts(Role reader) {
            PeerBytes stream = PeerBytes.to(reader).text("a").frame(TEXT, "62").close(1000, "");
            assertThat(Feed.everyWay(reader, stream))
                    .isEqualTo(over(reader, text("a"), sentClose(1000, ""), closed(1000, "")));
        }

        @ParameterizedTest
        @EnumSource(Role.class)
        void makesEverythingAfterItUnheard(Role reader) {
            PeerBytes stream = PeerBytes.to(reader)
                    .close(1000, "")
                    .text("late")
                    .ping("aa")
                    .close(1002, "again")
                    .raw("ffffff");
            assertThat(Feed.everyWay(reader, stream)).isEqualTo(over(reader, sentClose(1000, ""), closed(1000, "")));
        }

        @ParameterizedTest
        @EnumSource(Role.class)
        void withAPayloadOfOneByteFailsWith1002(Role reader) {
            Expect.failed(reader, PeerBytes.to(reader).frame(FIN | CLOSE, "03"), 1002, "§5.5.1");
        }

        @ParameterizedTest
        @EnumSource(Role.class)
        void withAReasonThatIsNotUtf8FailsWith1007(Role reader) {
            for (String bad : List.of("ff", "61c3", "eda080", "c0af")) {
                Expect.failed(reader, PeerBytes.to(reader).frame(FIN | CLOSE, "03e8" + bad), 1007, "§5.5.1");
            }
        }

        private static List<WireEvent> over(Role reader, WireEvent... events) {
            List<WireEvent> all = new ArrayList<>(List.of(events));
            if (reader == Role.SERVER) {
                all.add(hungUp());
            }
            return all;
        }
    }

    @Nested
    @DisplayName("RFC 6455 §7.4 close codes")
    class Codes {
        private static final Set<Integer> SENDABLE =
                new TreeSet<>(List.of(1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014));

        @ParameterizedTest
        @EnumSource(Role.class)
        void everyOneOfThe65536IsTakenOrFailsWith1002(Role reader) {
            for (int code = 0; code <= 65535; code++) {
                byte[] stream = PeerBytes.to(reader)
                        .frame(FIN | CLOSE, String.format("%04x", code))
                        .bytes();
                List<WireEvent> events = Feed.whole(reader, WireLimits.DEFAULT, stream);
                boolean taken = events.subList(0, 2).equals(List.of(sentClose(code, ""), closed(code, "")));
                boolean refused = events.get(0) instanceof WireEvent.Violation
                        && ((WireEvent.Violation) events.get(0)).code() == 1002;
                if (taken != isValid(code) || refused == taken) {
                    throw new AssertionError("close code " + code + " was heard as " + events);
                }
            }
        }

        @ParameterizedTest
        @EnumSource(Role.class)
        void oursIsSentOrTheCallersFault(Role role) {
            for (int code = 1000; code <= 4999; code++) {
                Recorder heard = new Recorder(role);
                Wire wire = Feed.wire(role, WireLimits.DEFAULT);
                CloseStatus status = new CloseStatus(code, "");
                if (isValid(code)) {
                    wire.close(status, 0, heard);
                    assertThat(heard.take()).containsExactly(sentClose(code, ""));
                } else if (code == 1005) {
                    wire.close(status, 0, heard);
                    assertThat(heard.take()).containsExactly(sentEmptyClose());
                } else {
                    assertThatIllegalArgumentException().isThrownBy(() -> wire.close(status, 0, heard));
                    heard.assertNothingLeft();
                    assertThat(wire.isOpen()).isTrue();
                }
            }
        }

        private static boolean isValid(int code) {
            return SENDABLE.contains(code) || code >= 3000 && code <= 4999;
        }
    }

    @Nested
    @DisplayName("RFC 6455 §7 between our Close and the peer's")
    class BetweenTheCloses {
        private final Recorder heard = new Recorder(Role.SERVER);
        private final Wire wire = Feed.wire(Role.SERVER, WireLimits.DEFAULT);

        @AfterEach
        void nothingLeft() {
            heard.assertNothingLeft();
        }

        @Test
        void messagesAreStillHeardAndPingsStillAnswered() {
            wire.close(CloseStatus.GOING_AWAY, 0, heard);
            feed(PeerBytes.to(Role.SERVER).text("on its way").ping("aa").close(1001, ""));
            assertThat(heard.take())
                    .containsExactly(
                            sentClose(1001, ""),
                            text("on its way"),
                            sentPong("aa"),
                            ping("aa"),
                            closed(1001, ""),
                            hungUp());
        }

        @Test
        void theStatusHeardIsThePeersOwn() {
            wire.close(CloseStatus.GOING_AWAY.withReason("deploy"), 0, heard);
            feed(PeerBytes.to(Role.SERVER).close(4000, "fine"));
            assertThat(heard.take()).containsExactly(sentClose(1001, "deploy"), closed(4000, "fine"), hungUp());
        }

        @Test
        void aViolationIsHeardButNotAnsweredBySecondClose() {
            wire.close(CloseStatus.NORMAL, 0, heard);
            feed(PeerBytes.to(Role.SERVER).raw("83"));
            List<WireEvent> events = heard.take();
            assertThat(events).hasSize(4).startsWith(sentClose(1000, "")).endsWith(hungUp());
            assertThat(events.get(1)).isInstanceOf(WireEvent.Violation.class);
            assertThat(events.get(2)).isInstanceOf(WireEvent.Closed.class);
        }

        @Test
        void aMessageMayCloseTheConnectionThatBroughtIt() {
            Recorder recorder = heard;
            Wire closing = wire;
            WireSink sink = new ForwardingSink(recorder) {
                @Override
                public void onMessage(MessageKind kind, ByteBuffer payload) {
                    super.onMessage(kind, payload);
                    closing.close(CloseStatus.NORMAL.withReason("enough"), 0, this);
                }
            };
            byte[] stream =
                    PeerBytes.to(Role.SERVER).text("bye").close(1000, "").bytes();
            closing.receive(ByteBuffer.wrap(stream), 0, sink);
            assertThat(heard.take())
                    .containsExactly(text("bye"), sentClose(1000, "enough"), closed(1000, ""), hungUp());
        }

        private void feed(PeerBytes stream) {
            wire.receive(ByteBuffer.wrap(stream.bytes()), 0, heard);
        }
    }

    @Nested
    @DisplayName("RFC 6455 §7.1.5 the line ends")
    class LineEnds {
        @ParameterizedTest
        @EnumSource(Role.class)
        void insideAMessageTheStatusIs1006(Role role) {
            Recorder heard = new Recorder(role);
            Wire wire = Feed.wire(role, WireLimits.DEFAULT);
            wire.receive(ByteBuffer.wrap(PeerBytes.to(role).frame(BINARY, "01").bytes()), 0, heard);
            wire.endOfStream(0, heard);
            wire.endOfStream(1, heard);
            assertThat(heard.take()).containsExactly(closed(1006, "the line ended without a close"), hungUp());
            assertThat(wire.isOpen()).isFalse();
            assertThat(wire.nextDeadline()).isEqualTo(Long.MAX_VALUE);
        }
    }
}
