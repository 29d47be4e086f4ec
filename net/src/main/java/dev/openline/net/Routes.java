package dev.openline.net;

import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which route a path has. Segments are compared one by one from the left, where a literal goes before a parameter and a parameter
 * before a wildcard; so the order in which routes were added means nothing. Paths are cut at {@code /} before they are decoded: what is
 * written {@code %2F} is part of a segment and never the border of one.
 */
final class Routes {
    /** The route of a path, and what stands at the places of its parameters. */
    record Found(RouteOptions.Route route, Map<String, String> parameters) {}

    /** A segment's place in the tree of all routes; {@code rest} is what ends in a wildcard here. */
    private static final class Node {
        final Map<String, Node> literals = new HashMap<>();

        @Nullable
        Node parameter;

        RouteOptions.@Nullable Route here;
        RouteOptions.@Nullable Route rest;
        String[] names = {};
        String[] restNames = {};
    }

    private final Node root = new Node();

    /**
     * Adds a route; one that the path has already is replaced.
     *
     * @throws IllegalArgumentException for a path that is malformed
     */
    void add(String path, RouteOptions.Route route) {
        if (!path.startsWith("/")) throw new IllegalArgumentException("path '" + path + "' does not start with /");
        String[] segments = path.substring(1).split("/", -1);
        Map<String, Integer> names = new LinkedHashMap<>();
        Node at = root;
        for (int i = 0; i < segments.length; i++) {
            String segment = segments[i];
            if (segment.equals("*")) {
                if (i < segments.length - 1)
                    throw new IllegalArgumentException("path '" + path + "' has * before its end");
                at.rest = route;
                at.restNames = names.keySet().toArray(String[]::new);
                return;
            }
            at = next(at, segment, path, names);
        }
        at.here = route;
        at.names = names.keySet().toArray(String[]::new);
    }

    private static Node next(Node at, String segment, String path, Map<String, Integer> names) {
        if (segment.startsWith("{") && segment.endsWith("}") && segment.length() > 2) {
            if (names.put(segment.substring(1, segment.length() - 1), names.size()) != null) {
                throw new IllegalArgumentException("path '" + path + "' has two parameters " + segment);
            }
            Node parameter = at.parameter;
            if (parameter == null) at.parameter = parameter = new Node();
            return parameter;
        }
        if (segment.indexOf('{') >= 0 || segment.indexOf('*') >= 0) {
            throw new IllegalArgumentException(
                    "path '" + path + "': a parameter {name} or a final * stands for a whole segment");
        }
        return at.literals.computeIfAbsent(segment, literal -> new Node());
    }

    /**
     * Finds the route of a path as it was sent.
     *
     * @param rawPath from its first slash to before the query, not decoded
     * @throws IllegalArgumentException when a segment in it is none: a malformed escape, a control character, or {@code .} and {@code ..},
     *     which a proxy in front may read in another way than we do (RFC 3986 §6.2.2.3)
     */
    @Nullable
    Found find(String rawPath) {
        if (!rawPath.startsWith("/")) return null;
        String[] segments = rawPath.substring(1).split("/", -1);
        for (int i = 0; i < segments.length; i++) segments[i] = decoded(segments[i]);
        return find(root, new Walk(segments, new String[segments.length]), 0, 0);
    }

    /** Whether lines are opened on this path. */
    boolean has(String rawPath) {
        try {
            return find(rawPath) != null;
        } catch (IllegalArgumentException malformed) {
            return false;
        }
    }

    /** The segments of a path, and those of them that stand for parameters on the way that is being tried. */
    private record Walk(String[] segments, String[] values) {}

    private static @Nullable Found find(Node at, Walk walk, int index, int count) {
        if (index == walk.segments.length) return at.here == null ? null : found(at.here, at.names, walk.values);
        String segment = walk.segments[index];
        Node literal = at.literals.get(segment);
        Found found = literal == null ? null : find(literal, walk, index + 1, count);
        if (found == null && at.parameter != null && !segment.isEmpty()) {
            walk.values[count] = segment;
            found = find(at.parameter, walk, index + 1, count + 1);
        }
        if (found == null && at.rest != null) found = found(at.rest, at.restNames, walk.values);
        return found;
    }

    private static Found found(RouteOptions.Route route, String[] names, String[] values) {
        Map<String, String> parameters = new HashMap<>();
        for (int i = 0; i < names.length; i++) parameters.put(names[i], values[i]);
        return new Found(route, parameters);
    }

    private static String decoded(String segment) {
        String text =
                segment.indexOf('%') < 0 ? segment : QueryStringDecoder.decodeComponent(segment.replace("+", "%2B"));
        if (text.equals(".") || text.equals("..") || text.chars().anyMatch(c -> c < ' ' || c == 0x7f)) {
            throw new IllegalArgumentException("not a segment");
        }
        return text;
    }
}
