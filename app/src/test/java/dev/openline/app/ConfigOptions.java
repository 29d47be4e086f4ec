package dev.openline.app;

import java.util.List;
import java.util.Map;

/** All options of a configuration file, as the reader itself tells them. */
final class ConfigOptions {
    /** The beginnings of options that are those of {@code proxies[]} in another place. */
    private static final String PLACES =
            "^(client\\.proxy\\.(connect|refresh)|channel\\.proxy\\.\\w+|rpc\\.proxy|events)\\.(?!enabled$|disconnected$)";

    private ConfigOptions() {}

    /** Paths of all options that mean something, in order; those of a namespace as {@code channel.namespaces[].name}. */
    static List<String> all() {
        String text =
                "{client: {connect_code_to_unidirectional_disconnect: {transforms: [{code: 100, to: {code: 4000}}]}},"
                        + " channel: {without_namespace: {}, namespaces: [{name: aa}]}, http_api: {keys: [{key: k, scopes: [read]}]},"
                        + " proxies: [{name: p, endpoint: 'http://a/', http: {status_to_code_transforms: ["
                        + "{status_code: 429, to_error: {code: 400}}, {status_code: 410, to_disconnect: {code: 4000}}]}}],"
                        + " rpc: {namespaces: [{name: aa}]}}";
        ConfigFile file = ConfigFile.parse(text, "all", Map.of());
        ServerSettings.read(file);
        return file.options().stream()
                .filter(option -> !option.startsWith("channel.without_namespace."))
                .map(option -> option.replaceAll("\\[\\d]", "[]").replaceAll(PLACES, "proxies[]."))
                .distinct()
                .sorted()
                .toList();
    }
}
