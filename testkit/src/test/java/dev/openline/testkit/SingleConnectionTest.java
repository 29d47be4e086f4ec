package dev.openline.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.client.Cause;
import dev.openline.client.ClientListener;
import dev.openline.client.ConnectionState;
import dev.openline.client.OpenlineClient;
import dev.openline.hub.Permission;
import dev.openline.server.Authenticator;
import dev.openline.server.OpenlineServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A server where each user has one connection; the token that a client brings is its name. */
@ExtendWith(WorldExtension.class)
class SingleConnectionTest {
    private Host backend;
    private final List<Integer> ends = new ArrayList<>();

    @BeforeEach
    void serve(World world) throws Exception {
        backend = world.host("backend");
        OpenlineServer.create(o -> o.loops(backend.loops())
                        .host(backend.address())
                        .port(8000)
                        .authenticator(attempt -> CompletableFuture.completedStage(
                                new Authenticator.Admitted(attempt.token(), null, null)))
                        .personalChannels("")
                        .singleConnection()
                        .withoutNamespace(c -> c.presence().allow(Permission.PRESENCE_FOR_SUBSCRIBER)))
                .start();
    }

    private OpenlineClient connect(World world, String user) {
        Host device = world.host("device" + world.connections().size());
        OpenlineClient client = OpenlineClient.to(
                backend.uri(8000),
                o -> o.loops(device.loops()).token(user).listener(new ClientListener() {
                    @Override
                    public void onDisconnected(Cause why) {
                        ends.add(why.code());
                    }
                }));
        client.connect();
        world.pass(Duration.ofSeconds(1));
        return client;
    }

    @Test
    void the_newest_connection_ends_the_others_for_good_and_nobody_elses(World world) {
        OpenlineClient first = connect(world, "ann");
        OpenlineClient other = connect(world, "bob");
        OpenlineClient second = connect(world, "ann");
        world.pass(Duration.ofMinutes(5));
        assertThat(first.state()).isEqualTo(ConnectionState.DISCONNECTED);
        assertThat(ends).containsExactly(3504);
        assertThat(second.state()).isEqualTo(ConnectionState.CONNECTED);
        assertThat(other.state()).isEqualTo(ConnectionState.CONNECTED);
        List<Integer> present = new ArrayList<>();
        second.presence("#ann")
                .thenAccept(result -> present.add(result.clients().size()));
        world.pass(Duration.ofSeconds(1));
        assertThat(present).containsExactly(1);
    }

    @Test
    void connections_without_a_user_leave_each_other_alone(World world) {
        OpenlineClient one = connect(world, "");
        OpenlineClient two = connect(world, "");
        assertThat(one.state()).isEqualTo(two.state()).isEqualTo(ConnectionState.CONNECTED);
    }
}
