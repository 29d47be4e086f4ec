package dev.openline.hub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.hub.SimulatedLine.Item;
import dev.openline.protocol.ClientInfo;
import dev.openline.protocol.Publication;
import dev.openline.protocol.StreamPosition;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Someone who keeps cursors over all lines it ever dials, and who notices everything that is missing, twice, out of order or uninvited. */
final class SimulatedPerson {
    /** How someone behaves. */
    enum Temper {
        /** Breaks lines, reads slowly, changes its mind. */
        FICKLE,
        /** On all channels from the beginning to the end, on one line that is never full: hears everything. */
        STEADY
    }

    /** What it knows of one channel. */
    private static final class Known {
        boolean wanted;
        boolean subscribed;
        /** Null until the first subscribe, and after a fresh start was chosen. */
        @Nullable
        StreamPosition at;
        /** The last thing heard that was in no log, by where it was said. */
        final Map<String, Long> unlogged = new HashMap<>();
        /** Where its knowledge begins: what came before it was not promised to it. */
        long since;
        /** In a keyed channel, the newest offset it has of each key. */
        final Map<String, Long> state = new HashMap<>();
        /** Those present, as join and leave tell. */
        final Set<String> joined = new TreeSet<>();
    }

    private final SimulatedHub hub;
    private final String name;
    final Temper temper;
    private final Map<String, Known> channels = new HashMap<>();
    private @Nullable SimulatedLine line;
    private int lines;

    SimulatedPerson(SimulatedHub hub, String name, Temper temper) {
        this.hub = hub;
        this.name = name;
        this.temper = temper;
        for (String channel : SimulatedHub.CHANNELS) {
            Known known = new Known();
            known.wanted = temper == Temper.STEADY || hub.random.nextInt(channel.startsWith("harsh") ? 6 : 2) == 0;
            channels.put(channel, known);
        }
    }

    void act() {
        if (line == null) {
            dial();
            return;
        }
        int dice = hub.random.nextInt(100);
        if (dice < 70) line.receive(1 + hub.random.nextInt(8));
        else if (temper == Temper.STEADY) return;
        else if (dice < 73) line.close();
        else if (dice < 80) changeMind();
        else setRight();
    }

    private void dial() {
        var who = new ClientInfo(name, name + "#" + ++lines, null, null);
        line = new SimulatedLine(hub, hub.loops.get(hub.random.nextInt(hub.loops.size())), this, who);
        setRight();
    }

    /** Subscribes where it wants to be, and ends what it no longer wants. */
    private void setRight() {
        for (String channel : SimulatedHub.CHANNELS) {
            Known known = channels.get(channel);
            SimulatedLine current = line;
            if (current == null) return;
            if (!known.wanted) current.unsubscribe(channel);
            if (!known.wanted || current.knows(channel) || known.subscribed) continue;
            boolean fresh = known.at == null || hub.random.nextInt(20) == 0;
            current.subscribe(new SubscribeRequest(channel, current.who, fresh ? null : known.at));
        }
    }

    private void changeMind() {
        String channel = SimulatedHub.CHANNELS.get(hub.random.nextInt(SimulatedHub.CHANNELS.size()));
        Known known = channels.get(channel);
        known.wanted = !known.wanted;
        if (!known.wanted && line != null) line.unsubscribe(channel);
    }

    void comeBack() {
        if (line == null) dial();
        else setRight();
    }

    void receiveAll() {
        while (line != null && !line.isEmpty()) line.receive(5);
    }

    void leave() {
        if (line != null) line.close();
    }

    void onBroken() {
        line = null;
        for (Known known : channels.values()) known.subscribed = false;
    }

    void onItem(Item item) {
        if (item.answer() != null) {
            onAnswer(item.asked(), item.answer());
        } else if (item.ended() != null) {
            Known known = channels.get(item.ended());
            assertThat(known.subscribed).isTrue();
            known.subscribed = false;
        } else {
            Known known = channels.get(item.frame().channel);
            assertThat(known.subscribed)
                    .as("nothing before the subscribe reply or after the end")
                    .isTrue();
            if (item.frame().publication != null) onPublication(item.frame().channel, known, item.frame().publication);
            else onAnnouncement(known, item.frame().announcement);
        }
    }

    private void onAnswer(SubscribeRequest asked, Subscribed.Accepted answer) {
        Known known = channels.get(asked.channel());
        assertThat(known.subscribed).isFalse();
        known.subscribed = true;
        known.unlogged.clear();
        known.joined.clear();
        StreamPosition from = asked.recoverFrom();
        if (answer.recovery() instanceof Recovery.Complete complete) {
            boolean goesOn = from != null && from.epoch().equals(answer.top().epoch());
            if (!goesOn) startAt(known, new StreamPosition(0, answer.top().epoch()));
            else known.at = from;
            for (Publication p : complete.page()) onPublication(asked.channel(), known, p);
            if (from == null) hub.count("recovered by itself");
        } else {
            startAt(known, answer.top());
        }
    }

    private static void startAt(Known known, StreamPosition position) {
        known.at = position;
        known.since = position.offset();
        known.state.clear();
    }

    private void onPublication(String channel, Known known, Publication publication) {
        long offset = publication.offset();
        String text = publication.data().text();
        assertThat(publication.channel().isEmpty())
                .as("where it was said, on a pattern channel alone")
                .isEqualTo(!channel.endsWith(":*"));
        if (offset == 0) {
            Long before = known.unlogged.put(publication.channel(), Long.parseLong(text));
            if (before != null)
                assertThat(Long.parseLong(text)).as("once and in order").isGreaterThan(before);
            return;
        }
        NaiveChannel model = hub.model.get(channel);
        boolean hearsAll = temper == Temper.STEADY && model.options.keyed();
        if (model.options.mode() == Mode.EVERY || hearsAll)
            assertThat(offset).as("contiguous on %s", channel).isEqualTo(known.at.offset() + 1);
        else assertThat(offset).as("never back on %s", channel).isGreaterThan(known.at.offset());
        assertThat(text).isEqualTo(model.said.get(known.at.epoch()).get(offset));
        known.at = new StreamPosition(offset, known.at.epoch());
        if (model.options.keyed()) known.state.put(publication.tags().getOrDefault("k", ""), offset);
    }

    private void onAnnouncement(Known known, String announcement) {
        String client = announcement.substring(1);
        boolean join = announcement.charAt(0) == '+';
        boolean changed = join ? known.joined.add(client) : known.joined.remove(client);
        if (temper == Temper.STEADY)
            assertThat(changed).as("each join and leave once: %s", announcement).isTrue();
    }

    /** When all has arrived, whoever is subscribed has reached the top. */
    void checkAtEnd(NaiveChannel channel) {
        Known known = channels.get(channel.name);
        assertThat(known.subscribed).isEqualTo(known.wanted);
        assertThat(channel.present.contains(line.who.client())).isEqualTo(known.wanted);
        if (known.wanted && channel.options.logged())
            assertThat(known.at).as("%s at the end", channel.name).isEqualTo(channel.top());
        if (known.wanted && channel.options.keyed())
            for (NaiveChannel.Item item : channel.kept())
                if (item.offset() > known.since)
                    assertThat(known.state)
                            .as("the newest of each key of %s", channel.name)
                            .containsEntry(item.key(), item.offset());
        if (temper == Temper.STEADY) assertThat(known.joined).isEqualTo(channel.present);
    }
}
