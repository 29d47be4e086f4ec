package dev.openline.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * A configuration file, YAML 1.2 and so JSON too: read whole, and then asked for each option by {@link Settings}. Environment variables go
 * before it. What is wrong is collected, so that all of it can be said at once.
 */
final class ConfigFile {
    private static final Logger log = LoggerFactory.getLogger(ConfigFile.class);

    /** Before the first fault. */
    static final String WRONG = "the configuration is wrong:\n  ";

    private static final int MAX_BYTES = 1 << 20;
    private static final int MAX_ALIASES = 50;

    private final List<String> faults = new ArrayList<>();
    private final Set<String> options = new TreeSet<>();
    private final Variables environment;
    private final Settings root;

    private ConfigFile(Map<String, Object> content, Map<String, String> environment) {
        this.environment = new Variables(environment);
        this.root = new Settings("", content, this);
    }

    /**
     * Reads a file.
     *
     * @throws CommandFailure if it can't be read, or is no YAML, or no mapping
     */
    static ConfigFile read(Path file, Map<String, String> environment) {
        try {
            if (Files.size(file) > MAX_BYTES)
                throw new CommandFailure(file + " is larger than " + MAX_BYTES + " bytes.");
            return parse(Files.readString(file), file.toString(), environment);
        } catch (IOException e) {
            throw new CommandFailure("could not read " + file + ": " + FileFault.reason(e) + ".", e);
        }
    }

    /** Reads a text that stands in {@code name}. */
    static ConfigFile parse(String text, String name, Map<String, String> environment) {
        LoadSettings settings = LoadSettings.builder()
                .setLabel(name)
                .setAllowDuplicateKeys(false)
                .setMaxAliasesForCollections(MAX_ALIASES)
                .setCodePointLimit(MAX_BYTES)
                .build();
        Object content;
        try {
            content = new Load(settings).loadFromString(text);
        } catch (YamlEngineException e) {
            // The message quotes lines of the file, and secrets stand there.
            throw new CommandFailure(name + " is no YAML" + placeOf(e) + ".", e);
        }
        if (content == null) return new ConfigFile(Map.of(), environment);
        Map<String, Object> members = mapping(content);
        if (members == null) throw new CommandFailure(name + " is no mapping of names to values.");
        return new ConfigFile(members, environment);
    }

    private static String placeOf(YamlEngineException e) {
        if (!(e instanceof org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException marked)) return "";
        return marked.getProblemMark()
                .map(mark -> ": something is wrong in line " + (mark.getLine() + 1))
                .orElse("");
    }

    /** A mapping whose names are texts; null for anything else. */
    static @Nullable Map<String, Object> mapping(@Nullable Object value) {
        if (!(value instanceof Map<?, ?> map)) return null;
        Map<String, Object> members = new LinkedHashMap<>();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            if (!(entry.getKey() instanceof String name)) return null;
            members.put(name, entry.getValue());
        }
        return members;
    }

    Settings root() {
        return root;
    }

    /** What the environment says of an option. */
    @Nullable
    String environment(String path) {
        return environment.of(path);
    }

    /** An option that means something was asked for. */
    void option(String path) {
        options.add(path);
    }

    /** Paths of all options that were asked for: all that mean something, whether they are in the file or not. */
    Set<String> options() {
        return options;
    }

    void fault(String sentence) {
        faults.add(sentence);
    }

    /**
     * To be asked when all options were: says what is wrong, and warns of variables that mean nothing.
     *
     * @throws CommandFailure if anything is, with one line for each fault
     */
    void check() {
        environment.unknown(options).forEach(log::warn);
        if (faults.isEmpty()) return;
        throw new CommandFailure(WRONG + String.join("\n  ", faults));
    }
}
