package dev.openline.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("codes, by which clients tell whether to come back")
class CodesTest {
    /** The constants that a class has of itself. */
    private static <T> List<T> all(Class<T> of) {
        return Arrays.stream(of.getFields())
                .filter(field -> field.getType() == of)
                .map(field -> of.cast(value(field)))
                .toList();
    }

    private static Object value(Field field) {
        try {
            return field.get(null);
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void clientsComeBackAfterWhatIsNotTheirFault() {
        assertThat(all(Disconnect.class).stream().filter(Disconnect::redials))
                .containsExactlyInAnyOrder(
                        Disconnect.CONNECTION_CLOSED,
                        Disconnect.SHUTDOWN,
                        Disconnect.INTERNAL_ERROR,
                        Disconnect.EXPIRED,
                        Disconnect.SUBSCRIPTION_EXPIRED,
                        Disconnect.SLOW,
                        Disconnect.WRITE_ERROR,
                        Disconnect.INSUFFICIENT_STATE,
                        Disconnect.FORCE_RECONNECT,
                        Disconnect.NO_PONG,
                        Disconnect.TOO_MANY_REQUESTS);
    }

    @Test
    void theBordersOfTheRangesThatAreFinalAreExact() {
        for (int code : new int[] {1000, 3000, 3499, 4000, 4499, 5000})
            assertThat(Disconnect.redials(code)).as("%d", code).isTrue();
        for (int code : new int[] {3500, 3999, 4500, 4999})
            assertThat(Disconnect.redials(code)).as("%d", code).isFalse();
    }

    @Test
    void theErrorsThatMayPassSaySo() {
        assertThat(all(ErrorReply.class).stream().filter(ErrorReply::temporary))
                .containsExactlyInAnyOrder(ErrorReply.INTERNAL, ErrorReply.TOO_MANY_REQUESTS);
    }
}
