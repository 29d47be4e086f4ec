package dev.openline.server;

import java.util.ArrayList;
import java.util.List;

/**
 * What an API key may be used for: calls of one kind, on all channels or on some.
 *
 * <pre>{@code
 * options.apiKey("for the shop", ApiScope.PUBLISH.inNamespaces("orders"), ApiScope.READ.withPrefixes("orders:eu-"));
 * }</pre>
 *
 * A scope that is restricted to channels covers the calls that name their channels, or by a pattern of which only such channels fit. It
 * covers none that concern all channels, such as {@code disconnect}. Immutable.
 */
public final class ApiScope {
    /** {@code publish} and {@code broadcast}. */
    public static final ApiScope PUBLISH = new ApiScope(Right.PUBLISH, List.of());
    /** {@code presence}, {@code presence_stats}, {@code history}, {@code channels}, {@code info} and {@code connections}. */
    public static final ApiScope READ = new ApiScope(Right.READ, List.of());
    /**
     * {@code subscribe}, {@code unsubscribe}, {@code disconnect}, {@code refresh}, {@code history_remove}, {@code revoke_token} and {@code
     * invalidate_user_tokens}.
     */
    public static final ApiScope CONTROL = new ApiScope(Right.CONTROL, List.of());

    static final List<ApiScope> ALL = List.of(PUBLISH, READ, CONTROL);

    /** The kinds of calls. */
    enum Right {
        PUBLISH,
        READ,
        CONTROL
    }

    private final Right right;

    /** What the names of channels begin with; empty for all channels. */
    private final List<String> prefixes;

    private ApiScope(Right right, List<String> prefixes) {
        this.right = right;
        this.prefixes = prefixes;
    }

    /**
     * The same, only on channels of these namespaces: {@code name:…} and {@code $name:…}. Added to what it is restricted to already.
     *
     * @throws IllegalArgumentException for a name that is empty or has a colon
     */
    public ApiScope inNamespaces(String... names) {
        List<String> more = new ArrayList<>();
        for (String name : names) {
            if (name.isEmpty() || name.contains(":"))
                throw new IllegalArgumentException("namespace \"" + name + "\" is empty or has a colon");
            more.add(name + ":");
            more.add("$" + name + ":");
        }
        return restricted(more);
    }

    /**
     * The same, only on channels whose names begin with one of these. Added to what it is restricted to already.
     *
     * @throws IllegalArgumentException for an empty one, which would be no restriction
     */
    public ApiScope withPrefixes(String... prefixes) {
        for (String prefix : prefixes) if (prefix.isEmpty()) throw new IllegalArgumentException("an empty prefix");
        return restricted(List.of(prefixes));
    }

    private ApiScope restricted(List<String> more) {
        if (more.isEmpty()) throw new IllegalArgumentException("a restriction to nothing");
        List<String> all = new ArrayList<>(prefixes);
        all.addAll(more);
        return new ApiScope(right, List.copyOf(all));
    }

    /** Whether it covers calls of this kind that concern all channels. */
    boolean coversAll(Right asked) {
        return right == asked && prefixes.isEmpty();
    }

    /** Whether it covers calls of this kind on all channels whose names begin with {@code beginning}. */
    boolean covers(Right asked, String beginning) {
        if (right != asked) return false;
        return prefixes.isEmpty() || prefixes.stream().anyMatch(beginning::startsWith);
    }

    /** The kind of calls and the restriction, such as {@code READ on orders:*}. */
    @Override
    public String toString() {
        return prefixes.isEmpty() ? right.name() : right + " on " + String.join("*, ", prefixes) + "*";
    }
}
