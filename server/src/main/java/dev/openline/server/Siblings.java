package dev.openline.server;

import dev.openline.hub.ChannelOptions;
import dev.openline.hub.ChannelRules;
import dev.openline.hub.Cursor;
import dev.openline.hub.Feature;
import dev.openline.hub.HistoryQuery;
import dev.openline.hub.JoinLeave;
import dev.openline.hub.Page;
import dev.openline.hub.PublicationFormat;
import dev.openline.hub.PublishRequest;
import dev.openline.hub.Published;
import dev.openline.hub.Reader;
import dev.openline.hub.Recovery;
import dev.openline.hub.SharedLimits;
import dev.openline.hub.SharedStore;
import dev.openline.hub.Step;
import dev.openline.hub.SubscribeRequest;
import dev.openline.hub.Subscribed;
import dev.openline.net.Surroundings;
import dev.openline.protocol.ClientInfo;
import dev.openline.protocol.Payload;
import dev.openline.protocol.Publication;
import dev.openline.protocol.StreamPosition;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The other servers that have the same logs. What they tell each other goes the way of everything else: there is a channel that all of them hear, one for each
 * of them, and who is on the first is who is there. So nothing is missed that is told while the store can't be heard for a while. Where the log of the first may
 * have lost something, each says again what it has told lately, and takes up what it has not heard.
 *
 * <p>All is done on the first event loop; the methods may be called from any thread.
 */
final class Siblings implements LinePipe {
    /** What this server does for another one. */
    interface Service {
        /** Does what was asked of all; the answer is of interest only if one was asked for. */
        CompletionStage<Payload> carryOut(String what, Payload with);

        /** Something that all were told may have been missed, and can't be told again. */
        void missed();

        /** Takes what a client says to a session here. */
        void post(String session, byte[] frame);
    }

    private static final Logger log = LoggerFactory.getLogger(OpenlineServer.class);
    private static final String ALL = "servers";
    private static final String ONE = "server:";
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    /** Entries that are read at once, to take up what was missed. */
    private static final int PAGE = 256;

    private static final String FROM = "from";
    private static final String DO = "do";
    private static final String ID = "id";
    private static final String SAID_AT = "at";
    private static final String ASK = "ask";
    private static final String ANSWERS = "answers";
    private static final String POST = "post";

    static final ChannelRules RULES = ChannelRules.builder()
            .channel(ALL, heard(10_000).with(Feature.PRESENCE).build())
            .namespace("server", heard(1_000).build())
            .build();

    private final String node;
    private final ClientInfo self;
    private final ScheduledExecutorService loop;
    private final LoopHub hub;
    private final Service service;
    /** The channels that it has asked for, and whether it is subscribed to them. */
    private final Map<String, Boolean> subscribing = new HashMap<>();

    private final Map<String, Cursor<EncodedPush>> cursors = new HashMap<>();
    private final Map<String, Survey> surveys = new HashMap<>();
    private final Tellings tellings;
    /** Something that all were told may have been missed, and has not been looked for yet. */
    private boolean behind;

    private Future<?> looking = CompletableFuture.completedFuture(null);
    /** The servers that are there, as far as is known; this one among them. */
    private volatile Set<String> present;

    /** Whose answers are awaited. */
    private static final class Survey {
        final Set<String> awaited;
        final Map<String, Payload> answers = new HashMap<>();
        final CompletableFuture<Map<String, Payload>> done = new CompletableFuture<>();

        Survey(Set<String> awaited) {
            this.awaited = awaited;
        }
    }

    // More than 4 parameters because these are the five things that it is made of; it is made in one place.
    Siblings(String node, String name, ScheduledExecutorService loop, SharedStore store, Service service) {
        this.node = node;
        this.self = new ClientInfo(name, node, null, null);
        this.loop = loop;
        this.service = service;
        this.present = Set.of(node);
        this.tellings = new Tellings(node, Surroundings.wallMillis());
        LoopHub[] hubs = new LoopHub[1];
        this.hub = new LoopHub(
                0,
                hubs,
                loop,
                RULES,
                () -> "",
                Surroundings::wallMillis,
                ChannelListener.none(),
                new LoopHub.Store.Shared(store, SharedLimits.DEFAULT));
        hubs[0] = hub;
    }

    private static ChannelOptions.Builder heard(int size) {
        return ChannelOptions.every(size, Duration.ofMinutes(10))
                .metaTtl(Duration.ofHours(1))
                .format(PublicationFormat.BINARY);
    }

    /** Begins to hear the others. */
    void start() {
        loop.execute(this::look);
        looking = loop.scheduleWithFixedDelay(this::look, 1, 1, TimeUnit.SECONDS);
    }

    /** Leaves the list of who is there, so that nobody waits for an answer of this server. On any thread; again does nothing. */
    void end() {
        try {
            loop.execute(this::leave);
        } catch (RejectedExecutionException ended) {
            // The loops have ended, and this before them.
        }
    }

    private void leave() {
        looking.cancel(false);
        cursors.forEach((channel, cursor) -> {
            hub.detach(cursor);
            hub.unsubscribe(channel, node);
        });
        cursors.clear();
    }

    private void look() {
        hub.tick();
        listen(ALL);
        listen(ONE + node);
        catchUp();
        hub.presence(ALL, members -> {
            if (members == null) return;
            Set<String> found = new HashSet<>();
            for (ClientInfo member : members) found.add(member.client());
            found.add(node);
            present = found;
        });
    }

    private void listen(String channel) {
        if (subscribing.putIfAbsent(channel, false) != null) return;
        hub.subscribe(new SubscribeRequest(channel, self, null), answer -> {
            if (answer instanceof Subscribed.Accepted accepted) {
                subscribing.put(channel, true);
                cursors.put(channel, hub.attach(channel, this, accepted, new Reader(JoinLeave.UNWANTED, null)));
                if (accepted.recovery() instanceof Recovery.Complete complete)
                    complete.page().forEach(this::heard);
                if (channel.equals(ALL)) catchUp();
            } else {
                subscribing.remove(channel);
            }
        });
    }

    /** Whether a server is there. */
    boolean isPresent(String other) {
        return present.contains(other);
    }

    // --- telling and asking
    // -------------------------------------------------------------------------------------------------------------

    /** Has all other servers do something; completes with whether they will hear of it. */
    CompletionStage<Boolean> tell(String what, Payload with) {
        CompletableFuture<Boolean> told = new CompletableFuture<>();
        loop.execute(() -> {
            Tellings.Telling telling = tellings.tell(what, with, Surroundings.wallMillis());
            publish(said(telling), done -> told.complete(done));
        });
        return told;
    }

    private PublishRequest said(Tellings.Telling telling) {
        return PublishRequest.of(ALL, telling.with())
                .tagged(Map.of(
                        FROM, node, DO, telling.what(), ID, telling.id(), SAID_AT, Long.toString(telling.saidAt())))
                .once(telling.id());
    }

    /** Brings what a client says to the server that has its session. */
    void post(String server, String session, byte[] frame) {
        say(ONE + server, Map.of(FROM, node, POST, session), Payload.wrap(frame));
    }

    /** Asks all other servers; completes with what each has answered, those left out that have not within two seconds. */
    CompletionStage<Map<String, Payload>> ask(String what, Payload with) {
        CompletableFuture<Map<String, Payload>> answers = new CompletableFuture<>();
        loop.execute(() -> {
            Set<String> others = new HashSet<>(present);
            others.remove(node);
            if (others.isEmpty()) {
                answers.complete(Map.of());
                return;
            }
            String id = Surroundings.randomId();
            Survey survey = new Survey(others);
            surveys.put(id, survey);
            survey.done.thenAccept(answers::complete);
            loop.schedule(() -> end(id), PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            say(ALL, Map.of(FROM, node, ASK, what, ANSWERS, id), with);
        });
        return answers;
    }

    private void end(String id) {
        Survey survey = surveys.remove(id);
        if (survey == null) return;
        if (!survey.awaited.isEmpty()) log.warn("servers that did not answer: {}", survey.awaited.size());
        survey.done.complete(survey.answers);
    }

    private void say(String channel, Map<String, String> tags, Payload data) {
        loop.execute(() -> publish(PublishRequest.of(channel, data).tagged(tags), done -> {}));
    }

    private void publish(PublishRequest request, Consumer<Boolean> done) {
        hub.publish(request, published -> {
            boolean told = !(published instanceof Published.Refused);
            if (!told) log.warn("other servers can't be told anything now");
            done.accept(told);
        });
    }

    /** Says again what may have been forgotten: who has heard it does not do it twice. Then looks for what the others have told meanwhile. */
    private void catchUp() {
        if (!behind || !Boolean.TRUE.equals(subscribing.get(ALL))) return;
        behind = false;
        for (Tellings.Telling telling : tellings.recent(Surroundings.wallMillis())) publish(said(telling), done -> {});
        readOn(null);
    }

    private void readOn(@Nullable StreamPosition since) {
        hub.history(ALL, new HistoryQuery(since, PAGE, HistoryQuery.Direction.FORWARD), page -> {
            if (!(page instanceof Page.Found found)) {
                // It is looked for again, from the beginning.
                behind = true;
                return;
            }
            List<Publication> all = found.publications();
            all.forEach(this::told);
            if (all.size() < PAGE) return;
            long last = all.get(all.size() - 1).offset();
            readOn(new StreamPosition(last, found.top().epoch()));
        });
    }

    /** Does what all were told, if it has not done it. */
    private void told(Publication publication) {
        Map<String, String> tags = publication.tags();
        String what = tags.get(DO);
        String id = tags.get(ID);
        String saidAt = tags.get(SAID_AT);
        if (what == null || id == null || saidAt == null || node.equals(tags.get(FROM))) return;
        if (tellings.takes(id, Long.parseLong(saidAt))) service.carryOut(what, publication.data());
    }

    // --- hearing
    // ----------------------------------------------------------------------------------------------------------------------

    private void heard(Publication publication) {
        Map<String, String> tags = publication.tags();
        String from = tags.getOrDefault(FROM, "");
        if (from.equals(node)) return;
        String asked = tags.get(ASK);
        String answers = tags.get(ANSWERS);
        String session = tags.get(POST);
        if (tags.containsKey(DO)) told(publication);
        else if (session != null) service.post(session, bytes(publication.data()));
        else if (asked != null && answers != null)
            service.carryOut(asked, publication.data())
                    .thenAccept(answer -> say(ONE + from, Map.of(FROM, node, ANSWERS, answers), answer));
        else if (answers != null) answered(answers, from, publication.data());
    }

    private void answered(String id, String from, Payload answer) {
        Survey survey = surveys.get(id);
        if (survey == null || !survey.awaited.remove(from)) return;
        survey.answers.put(from, answer);
        if (survey.awaited.isEmpty()) end(id);
    }

    private static byte[] bytes(Payload data) {
        byte[] bytes = new byte[data.size()];
        data.copyTo(bytes, 0);
        return bytes;
    }

    @Override
    public boolean writable() {
        return true;
    }

    @Override
    public void push(Cursor<EncodedPush> cursor, EncodedPush frame, Step step) {
        Publication publication = frame.publication();
        if (publication != null) heard(publication);
    }

    @Override
    public void announce(Cursor<EncodedPush> cursor, EncodedPush frame) {}

    @Override
    public void onLost(String channel) {
        cursors.remove(channel);
        hub.unsubscribe(channel, node);
        subscribing.remove(channel);
        if (channel.equals(ALL)) {
            log.warn("what servers told each other may have been lost: it is said again");
            behind = true;
            service.missed();
        }
        listen(channel);
    }
}
