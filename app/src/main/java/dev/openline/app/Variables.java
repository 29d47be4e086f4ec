package dev.openline.app;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The environment, in which options of a configuration file may stand: {@code OPENLINE_} and the path in capitals. */
record Variables(Map<String, String> environment) {
    private static final String PREFIX = "OPENLINE_";

    /** What the launcher and the command line listen to. */
    private static final Set<String> OTHERS = Set.of(
            "OPENLINE_JAVA_HOME",
            "OPENLINE_JAVA_OPTS",
            "OPENLINE_ROOT",
            "OPENLINE_API_KEY",
            "OPENLINE_TLS_KEY_PASSWORD");

    /** Kubernetes tells every container in the namespace of a service called openline where that is. */
    private static final Pattern OF_KUBERNETES =
            Pattern.compile("OPENLINE_(SERVICE_HOST|SERVICE_PORT(_.*)?|PORT(_\\d+_(TCP|UDP|SCTP)(_.*)?)?)");

    @Nullable
    String of(String path) {
        return environment.get(nameOf(path));
    }

    private static String nameOf(String path) {
        return PREFIX + path.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]+", "_");
    }

    /** What to say of those that are meant for Openline and mean nothing. Their values may be secrets. */
    List<String> unknown(Collection<String> options) {
        Set<String> known = new TreeSet<>();
        for (String option : options) known.add(nameOf(option));
        return meant().filter(name -> !known.contains(name))
                .map(name -> {
                    String near = Nearest.to(name, known);
                    return "no option is called " + name + " in the environment"
                            + (near == null ? "" : "; did you mean " + near + "?");
                })
                .toList();
    }

    /** What to say of those that would mean something beside a file. */
    List<String> unread() {
        return meant().map(name -> name + " is not looked at without --config").toList();
    }

    private Stream<String> meant() {
        return new TreeMap<>(environment)
                .keySet().stream()
                        .filter(name -> name.startsWith(PREFIX) && !OTHERS.contains(name))
                        .filter(name -> !OF_KUBERNETES.matcher(name).matches());
    }
}
