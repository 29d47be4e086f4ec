package dev.openline.app;

import dev.openline.hub.ChannelOptions;
import dev.openline.hub.Feature;
import dev.openline.hub.Mode;
import dev.openline.hub.Permission;
import dev.openline.hub.PublicationFormat;
import dev.openline.hub.PublishRates;
import dev.openline.hub.SlowReader;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * What a namespace may say: with Centrifugo's names where they mean the same. As there, a log by itself makes nothing recoverable: {@code
 * allow_recovery} or {@code force_recovery} do.
 */
final class NamespaceSettings {
    private static final Map<String, Mode> MODES =
            Map.of("every", Mode.EVERY, "latest", Mode.LATEST, "transient", Mode.TRANSIENT);
    private static final Map<String, PublicationFormat> FORMATS = Map.of(
            "",
            PublicationFormat.NON_EMPTY,
            "json",
            PublicationFormat.JSON,
            "json_object",
            PublicationFormat.JSON_OBJECT,
            "binary",
            PublicationFormat.BINARY);
    private static final Map<String, SlowReader> SLOW_READERS = Map.of(
            "catch_up",
            SlowReader.CATCH_UP,
            "unsubscribe",
            SlowReader.UNSUBSCRIBE,
            "disconnect",
            SlowReader.DISCONNECT);

    /** Options that are flags, and the features that they turn on. */
    private static final Map<String, Feature> FEATURES = Map.of(
            "presence", Feature.PRESENCE,
            "join_leave", Feature.JOIN_LEAVE,
            "force_push_join_leave", Feature.PUSH_JOIN_LEAVE,
            "allow_positioning", Feature.ALLOW_POSITIONING,
            "force_positioning", Feature.FORCE_POSITIONING,
            "allow_recovery", Feature.ALLOW_RECOVERY,
            "force_recovery", Feature.FORCE_RECOVERY,
            "delta_publish", Feature.DELTA_PUBLISH,
            "allow_tags_filter", Feature.TAGS_FILTER,
            "allow_user_limited_channels", Feature.USER_LIMITED);

    private static final String MAP = "map subscriptions are not spoken here";

    private final Settings settings;

    private NamespaceSettings(Settings settings) {
        this.settings = settings;
    }

    /** The options of the channels of a namespace, or null if something about them is wrong and was said. */
    static @Nullable ChannelOptions read(Settings settings, Duration metaTtl) {
        return new NamespaceSettings(settings).options(metaTtl);
    }

    private @Nullable ChannelOptions options(Duration metaTtl) {
        int size = settings.number("history_size", 0, ChannelOptions.MAX_HISTORY_SIZE, 0);
        Duration ttl = settings.duration("history_ttl", Duration.ZERO);
        if (size > 0 == ttl.isZero())
            settings.fault("history_size", "expected together with history_ttl, or neither of them");
        Mode mode = mode(size > 0);
        boolean logged = mode != Mode.TRANSIENT;
        if (logged && size == 0) settings.fault("mode", "expected history_size and history_ttl beside it");
        String key = settings.text("latest_key", "");
        Duration meta = settings.duration("history_meta_ttl", metaTtl);
        ChannelOptions.Builder builder = builder(mode, Math.max(1, size), ttl.isZero() ? Duration.ofMinutes(1) : ttl)
                .without(Feature.FORCE_RECOVERY);
        if (logged) builder.metaTtl(meta.compareTo(ttl) < 0 ? metaTtl : meta);
        features(builder, logged);
        permissions(builder);
        builder.latestKey(key)
                .format(settings.word("publication_data_format", FORMATS, PublicationFormat.JSON))
                .names(pattern())
                .slowReader(settings.word("slow_reader", SLOW_READERS, SlowReader.CATCH_UP))
                .rates(rates());
        refuse();
        settings.end();
        return settings.made("mode", builder::build);
    }

    private static ChannelOptions.Builder builder(Mode mode, int size, Duration ttl) {
        return switch (mode) {
            case EVERY -> ChannelOptions.every(size, ttl);
            case LATEST -> ChannelOptions.latest(ttl).history(size, ttl);
            case TRANSIENT -> ChannelOptions.unlogged();
        };
    }

    /** Without a word about it, what has a log keeps every publication for its readers; in cache recovery the newest. */
    private Mode mode(boolean logged) {
        boolean cache = settings.word("force_recovery_mode", Map.of("", false, "stream", false, "cache", true), false);
        Mode otherwise = !logged ? Mode.TRANSIENT : cache ? Mode.LATEST : Mode.EVERY;
        Mode mode = settings.word("mode", MODES, otherwise);
        if (cache && mode != Mode.LATEST) settings.fault("force_recovery_mode", "expected with mode latest for cache");
        return mode;
    }

    private void features(ChannelOptions.Builder builder, boolean logged) {
        FEATURES.forEach((name, feature) -> {
            if (settings.flag(name)) builder.with(feature);
        });
        if (settings.flag("auto_cache_recover")) builder.with(Feature.AUTO_RECOVER);
        if (settings.flag("wildcard")) builder.with(Feature.WILDCARD);
        if (!settings.flagUnlessNot("echo")) builder.with(Feature.NO_ECHO);
        if (!settings.flagUnlessNot("durable")) builder.without(Feature.DURABLE);
        List<String> deltas = settings.texts("allowed_delta_types");
        if (deltas.equals(List.of("fossil"))) builder.with(Feature.DELTA);
        else if (!deltas.isEmpty()) settings.fault("allowed_delta_types", "expected [fossil]");
    }

    private void permissions(ChannelOptions.Builder builder) {
        for (Permission permission : Permission.values()) {
            String name = "allow_" + permission.name().toLowerCase(Locale.ROOT);
            if (settings.flag(name)) builder.allow(permission);
        }
    }

    private @Nullable Pattern pattern() {
        String regex = settings.text("channel_regex", "");
        if (regex.isEmpty()) return null;
        try {
            return Pattern.compile(regex);
        } catch (PatternSyntaxException e) {
            settings.fault("channel_regex", "expected a regular expression: " + e.getDescription());
            return null;
        }
    }

    private PublishRates rates() {
        Settings rates = settings.section("publish_rate");
        int perChannel = rates.number("per_channel", 0, Integer.MAX_VALUE, 0);
        int perClient = rates.number("per_client", 0, Integer.MAX_VALUE, 0);
        rates.end();
        return new PublishRates(perChannel, perClient);
    }

    private void refuse() {
        settings.refuse(MAP, "subscription_type", "map", "shared_poll");
        settings.refuse(MAP, "map_clients_presence_channel_prefix", "map_users_presence_channel_prefix");
    }
}
