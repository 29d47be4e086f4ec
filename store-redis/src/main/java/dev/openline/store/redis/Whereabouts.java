package dev.openline.store.redis;

import java.util.stream.Collectors;

/** Where logs are, in words for a log: of addresses nothing but the host and the port, for they may hold a password. */
final class Whereabouts {
    private Whereabouts() {}

    static String of(RedisOptions options) {
        String hosts = options.addresses().stream().map(Whereabouts::host).collect(Collectors.joining(", "));
        return switch (options.kind()) {
            case ALONE -> "the Redis at " + hosts;
            case SENTINEL -> "the Redis that the sentinels at " + hosts + " call " + options.sentinelMaster();
            case CLUSTER -> "the Redis Cluster of " + hosts;
        };
    }

    private static String host(String address) {
        String whole = address.substring(address.indexOf("://") < 0 ? 0 : address.indexOf("://") + 3);
        // A password may hold whatever else is a mark in an address: what is behind the last of these is none of it.
        String host = whole.substring(whole.lastIndexOf('@') + 1);
        return host.replaceFirst("[/?#].*", "");
    }
}
