package dev.openline.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.protocol.Command;
import dev.openline.protocol.Encoding;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A client whose connect was refused after it was known who it is, over real lines. */
class RefusedConnectTest {
    @Test
    void isNoneOfItsUsersConnections() throws Exception {
        SessionLimits one = SessionLimits.DEFAULT.withMaxConnectionsPerUser(1);
        try (ServedSessions sessions = new ServedSessions(o -> o.limits(one));
                Caller refused = sessions.dial(Encoding.JSON);
                Caller next = sessions.dial(Encoding.JSON)) {
            String nowhere = ServedSessions.connection("bob")
                    .channels(List.of("nowhere:x"))
                    .sign();
            refused.says(Command.Connect.by(1, "test", nowhere));
            assertThat(refused.answerTo(1)).isEqualTo("error 102");
            next.says(Command.Connect.by(
                    1, "test", ServedSessions.connection("bob").sign()));
            assertThat(next.answerTo(1)).isEqualTo("reply");
            sessions.goesOn();
        }
    }
}
