package dev.openline.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.client.OpenlineClient;
import dev.openline.server.OpenlineServer;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A real server and real clients in a world of their own. */
@ExtendWith(WorldExtension.class)
class WorldTest {
    private static OpenlineServer serve(Host host, SimulatedDisk disk) throws IOException {
        return OpenlineServer.create(o -> o.insecure()
                        .loops(host.loops())
                        .host(host.address())
                        .port(8000)
                        .logs(disk.logs())
                        .channel("news", c -> c.history(100, Duration.ofMinutes(5))))
                .start();
    }

    private static Reception subscribed(Host host, Host backend) {
        Reception reception = new Reception();
        OpenlineClient client = OpenlineClient.to(backend.uri(8000), o -> o.loops(host.loops()));
        client.subscribe("news", reception);
        client.connect();
        return reception;
    }

    @Test
    void a_subscriber_hears_what_was_said_while_its_line_was_cut(World world) throws Exception {
        Host backend = world.host("backend");
        Host laptop = world.host("laptop");
        OpenlineServer server = serve(backend, new SimulatedDisk(world, SimulatedDisk.Durability.OS));
        Reception heard = subscribed(laptop, backend);
        world.pass(Duration.ofSeconds(1));
        for (int i = 0; i < 50; i++) {
            server.publish("news", "{\"n\":" + i + "}");
            if (i % 10 == 5) laptop.cutAll();
            world.pass(Duration.ofMillis(100));
        }
        world.pass(Duration.ofMinutes(1));
        heard.requireExactly(1, 50);
        assertThat(heard.resubscribed()).isGreaterThanOrEqualTo(3);
    }

    @Test
    void a_subscriber_on_a_line_that_has_fallen_silent_notices_and_comes_back(World world) throws Exception {
        Host backend = world.host("backend");
        Host laptop = world.host("laptop");
        OpenlineServer server = serve(backend, new SimulatedDisk(world, SimulatedDisk.Durability.OS));
        Reception heard = subscribed(laptop, backend);
        world.pass(Duration.ofSeconds(1));
        laptop.silenceAll();
        server.publish("news", "1");
        world.pass(Duration.ofSeconds(20));
        assertThat(heard.publications()).isEmpty();
        world.pass(Duration.ofMinutes(1));
        heard.requireExactly(1, 1);
    }

    @Test
    void a_server_that_was_killed_goes_on_where_it_was(World world) throws Exception {
        Host backend = world.host("backend");
        SimulatedDisk disk = new SimulatedDisk(world, SimulatedDisk.Durability.OS);
        OpenlineServer server = serve(backend, disk);
        Reception heard = subscribed(world.host("laptop"), backend);
        world.pass(Duration.ofSeconds(1));
        for (int i = 0; i < 5; i++) server.publish("news", "1");
        world.pass(Duration.ofSeconds(1));
        backend.kill();
        disk.processDies();
        world.pass(Duration.ofSeconds(3));
        backend.restart();
        OpenlineServer again = serve(backend, disk);
        for (int i = 0; i < 5; i++) again.publish("news", "2");
        world.pass(Duration.ofMinutes(1));
        heard.requireExactly(1, 10);
    }

    @Test
    void what_should_have_been_heard_and_was_not_is_said(World world) throws Exception {
        Host backend = world.host("backend");
        OpenlineServer server = serve(backend, new SimulatedDisk(world, SimulatedDisk.Durability.OS));
        Reception heard = subscribed(world.host("laptop"), backend);
        world.pass(Duration.ofSeconds(1));
        server.publish("news", "1");
        world.pass(Duration.ofSeconds(1));
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> heard.requireExactly(1, 2))
                .hasMessage("expected exactly the offsets 1 to 2, and heard [1]");
    }
}
