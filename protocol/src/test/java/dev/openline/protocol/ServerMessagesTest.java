package dev.openline.protocol;

import static dev.openline.protocol.Frames.frame;
import static dev.openline.protocol.Frames.serverMessages;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("what a client reads")
class ServerMessagesTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"id\":1}",
                "{\"id\":1,\"later\":{}}",
                "{\"publish\":{}}",
                "{\"error\":{\"code\":100}}",
                "{\"id\":-1,\"publish\":{}}",
                "{\"id\":\"1\",\"publish\":{}}",
                "{\"id\":4294967296,\"publish\":{}}",
                "{\"id\":1,\"publish\":[]}",
                "{\"id\":1,\"error\":\"bad\"}",
                "{\"id\":1,\"error\":{\"code\":\"100\"}}",
                "{\"id\":1,\"error\":{\"code\":2147483648}}",
                "{\"id\":1,\"error\":{\"message\":1}}",
                "{\"id\":1,\"error\":{\"temporary\":1}}",
                "{\"id\":1,\"connect\":{\"ping\":1.5}}",
                "{\"id\":1,\"connect\":{\"pong\":1}}",
                "{\"id\":1,\"connect\":{\"ttl\":-1}}",
                "{\"id\":1,\"connect\":{\"subs\":[]}}",
                "{\"id\":1,\"subscribe\":{\"offset\":-1}}",
                "{\"id\":1,\"subscribe\":{\"publications\":{}}}",
                "{\"id\":1,\"subscribe\":{\"publications\":[1]}}",
                "{\"id\":1,\"subscribe\":{\"publications\":[null]}}",
                "{\"id\":1,\"subscribe\":{\"publications\":[{\"data\":1,\"offset\":1}]}}",
                "{\"id\":1,\"presence\":{\"presence\":{\"c\":1}}}",
                "{\"id\":1,\"presence_stats\":{\"num_users\":\"3\"}}",
                "{\"id\":1,\"history\":{\"epoch\":5}}",
                "{\"id\":1,\"history\":{\"publications\":[{\"tags\":{\"a\":1}}]}}",
                "{\"push\":1}",
                "{\"push\":{\"pub\":{}}}",
                "{\"push\":{\"channel\":\"\",\"pub\":{}}}",
                "{\"push\":{\"channel\":1,\"pub\":{}}}",
                "{\"push\":{\"channel\":\"x\",\"join\":{}}}",
                "{\"push\":{\"channel\":\"x\",\"leave\":{\"info\":null}}}",
                "{\"push\":{\"channel\":\"x\",\"unsubscribe\":{\"code\":-1}}}",
                "{\"push\":{\"disconnect\":{\"code\":1000}}}",
                "{\"push\":{\"refresh\":{\"ttl\":true}}}",
                "[{}]",
                "",
            })
    void whatNoServerSaysIsAFault(String frame) {
        assertThatThrownBy(() -> serverMessages(frame)).isInstanceOf(MalformedFrame.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"push\":{}}",
                "{\"push\":{\"channel\":\"x\"}}",
                "{\"push\":{\"channel\":\"x\",\"later\":{\"data\":1}}}",
                "{\"push\":{\"later\":{\"client\":\"c\"}}}",
            })
    void pushOfAKindThatIsNewIsPassedOver(String line) throws MalformedFrame {
        assertThat(serverMessages(line)).isEmpty();
        assertThat(serverMessages("{}\n" + line + "\n" + line + "\n{}\n")).containsExactly(new Ping(), new Ping());
    }

    @Test
    void memberThatIsNewIsPassedOver() throws MalformedFrame {
        assertThat(serverMessages("{\"id\":2,\"publish\":{\"later\":[1]},\"also\":{\"id\":9}}"))
                .containsExactly(new Reply.Done(2, new Result.PublishResult()));
    }

    @Test
    void errorCountsMoreThanAResult() throws MalformedFrame {
        assertThat(serverMessages("{\"id\":2,\"publish\":{},\"error\":{\"code\":103}}"))
                .containsExactly(new Reply.Failed(2, new ErrorReply(103, "", false)));
    }

    @Test
    void messagesBeforeAFaultAreReadAndThoseBehindItAreNot() throws MalformedFrame {
        ServerMessageReader reader = JsonCodec.serverMessages(frame("{}\n{\"id\":1}\n{}"));
        assertThat(reader.next()).isEqualTo(new Ping());
        assertThatThrownBy(reader::next).isInstanceOf(MalformedFrame.class);
        assertThat(reader.next()).isNull();
    }

    @Test
    void channelMayStandBehindThePublication() throws MalformedFrame {
        assertThat(serverMessages("{\"push\":{\"pub\":{\"offset\":3,\"data\":1},\"channel\":\"x\"}}"))
                .containsExactly(new Push.PublicationPush("x", new Publication(3, Payload.of("1"), null, Map.of())));
    }

    @Test
    void publicationWithoutDataHoldsNull() throws MalformedFrame {
        assertThat(serverMessages("{\"push\":{\"channel\":\"x\",\"pub\":{}}}"))
                .containsExactly(new Push.PublicationPush("x", new Publication(0, Payload.of("null"), null, Map.of())));
    }

    @Test
    void positionOfASubscriptionThatIsNotTrackedMeansNothing() throws MalformedFrame {
        assertThat(serverMessages("{\"id\":1,\"subscribe\":{\"epoch\":\"e\",\"offset\":4}}"))
                .isEqualTo(List.of(new Reply.Done(1, Result.SubscribeResult.untracked())));
    }
}
