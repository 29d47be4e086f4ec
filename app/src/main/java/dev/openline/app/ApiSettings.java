package dev.openline.app;

import dev.openline.server.ApiErrorMode;
import dev.openline.server.ApiScope;
import dev.openline.server.OpenlineOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a configuration file says of the HTTP API for backends.
 *
 * @param keys each of which opens all or a part of it
 */
record ApiSettings(List<Consumer<OpenlineOptions>> keys, ApiErrorMode mode) {
    private static final Map<String, ApiScope> SCOPES =
            Map.of("publish", ApiScope.PUBLISH, "read", ApiScope.READ, "control", ApiScope.CONTROL);

    static ApiSettings read(Settings section) {
        List<Consumer<OpenlineOptions>> keys = new ArrayList<>();
        String key = section.text("key", "");
        if (!key.isEmpty() && key.isBlank()) section.fault("key", "expected a key");
        else if (!key.isEmpty()) keys.add(options -> options.apiKey(key));
        for (Settings one : section.sections("keys")) {
            Consumer<OpenlineOptions> scoped = scopedKey(one);
            if (scoped != null) keys.add(scoped);
        }
        ApiErrorMode mode = section.word(
                "error_mode", Map.of("", ApiErrorMode.REPLY, "transport", ApiErrorMode.TRANSPORT), ApiErrorMode.REPLY);
        section.refuse("the API is never open to everybody here", "insecure");
        section.end();
        return new ApiSettings(keys, mode);
    }

    void configure(OpenlineOptions options) {
        keys.forEach(one -> one.accept(options));
        options.apiErrorMode(mode);
    }

    private static @Nullable Consumer<OpenlineOptions> scopedKey(Settings section) {
        String key = section.text("key", "");
        if (key.isBlank()) section.fault("key", "expected a key");
        List<ApiScope> scopes = new ArrayList<>();
        for (String word : section.texts("scopes")) {
            ApiScope scope = SCOPES.get(word);
            if (scope == null) section.fault("scopes", "expected some of control, publish, read");
            else scopes.add(scope);
        }
        if (scopes.isEmpty()) section.fault("scopes", "expected at least one of control, publish, read");
        String[] namespaces = section.texts("namespaces").toArray(String[]::new);
        String[] prefixes = section.texts("prefixes").toArray(String[]::new);
        section.end();
        List<ApiScope> inNamespaces = namespaces.length == 0
                ? scopes
                : section.made("namespaces", () -> narrowed(scopes, scope -> scope.inNamespaces(namespaces)));
        List<ApiScope> all = prefixes.length == 0 || inNamespaces == null
                ? inNamespaces
                : section.made("prefixes", () -> narrowed(inNamespaces, scope -> scope.withPrefixes(prefixes)));
        if (key.isBlank() || all == null || all.isEmpty()) return null;
        return options -> options.apiKey(key, all.toArray(ApiScope[]::new));
    }

    private static List<ApiScope> narrowed(List<ApiScope> scopes, UnaryOperator<ApiScope> by) {
        return scopes.stream().map(by).toList();
    }
}
