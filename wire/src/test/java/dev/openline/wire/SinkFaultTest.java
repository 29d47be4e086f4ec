package dev.openline.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("a sink that misbehaves")
class SinkFaultTest {
    @ParameterizedTest
    @EnumSource(Role.class)
    void whatItThrowsPassesThroughAndTheRestOfTheReadIsStillThere(Role role) {
        Recorder heard = new Recorder(role);
        WireSink fragile = new ForwardingSink(heard) {
            @Override
            public void onMessage(MessageKind kind, ByteBuffer payload) {
                super.onMessage(kind, payload);
                throw new IllegalStateException("application");
            }
        };
        Wire wire = Feed.wire(role, WireLimits.DEFAULT);
        ByteBuffer in =
                ByteBuffer.wrap(PeerBytes.to(role).text("one").text("two").bytes());
        int limit = in.limit();
        assertThatThrownBy(() -> wire.receive(in, 0, fragile)).hasMessage("application");
        assertThat(in.limit()).isEqualTo(limit);
        assertThat(in.remaining()).isEqualTo(limit / 2);
        wire.receive(in, 0, heard);
        assertThat(heard.take()).containsExactly(WireEvent.text("one"), WireEvent.text("two"));
    }

    @Test
    void windowItLeavesMovedIsPutBack() {
        Recorder heard = new Recorder(Role.SERVER);
        WireSink restless = new ForwardingSink(heard) {
            @Override
            public void onMessage(MessageKind kind, ByteBuffer payload) {
                super.onMessage(kind, payload);
                payload.clear();
            }

            @Override
            public void onPing(ByteBuffer payload) {
                super.onPing(payload);
                payload.limit(1).position(1);
            }
        };
        Wire wire = Feed.wire(Role.SERVER, WireLimits.DEFAULT);
        byte[] stream =
                PeerBytes.to(Role.SERVER).text("one").ping("aa").text("two").bytes();
        wire.receive(ByteBuffer.wrap(stream), 0, restless);
        assertThat(heard.take())
                .containsExactly(
                        WireEvent.text("one"), WireEvent.sentPong("aa"), WireEvent.ping("aa"), WireEvent.text("two"));
    }
}
