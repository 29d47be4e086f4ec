package dev.openline.store.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.api.sync.BaseRedisCommands;
import io.lettuce.core.api.sync.RedisServerCommands;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/** Whether a Redis can be used, said in one sentence if it can't. */
final class Fitness {
    private static final int OLDEST = 7;

    private Fitness() {}

    /** @throws IOException with a sentence that says why it can't be used */
    static <C extends BaseRedisCommands<byte[], byte[]> & RedisServerCommands<byte[], byte[]>> void check(
            String where, C commands, RedisOptions options) throws IOException {
        Map<String, String> info;
        try {
            info = parsed(commands.info());
        } catch (RuntimeException fault) {
            throw unreachable(where, fault);
        }
        String version = info.getOrDefault("redis_version", "0");
        if (Integer.parseInt(version.split("\\.")[0]) < OLDEST)
            throw new IOException("the Redis at " + where + " is of version " + version + "; 7 or newer is needed.");
        String policy = info.getOrDefault("maxmemory_policy", "noeviction");
        if (!policy.equals("noeviction"))
            throw new IOException("the Redis at " + where + " has the maxmemory-policy " + policy
                    + ", by which it would forget logs without a word; noeviction is needed.");
        boolean inCluster = "1".equals(info.get("cluster_enabled"));
        boolean wantsCluster = options.kind() == RedisOptions.Kind.CLUSTER;
        if (inCluster != wantsCluster)
            throw new IOException("the Redis at " + where + (inCluster ? " is part of a cluster" : " is no cluster")
                    + ", but the configuration says " + (wantsCluster ? "that it is one." : "nothing of that."));
        // While it reads its data, it says that there is no such file. It is asked again before it is used.
        boolean loading = "1".equals(info.get("loading"));
        if (options.restarts() == RedisOptions.Restarts.LOSE_NOTHING
                && !loading
                && !"1".equals(info.get("aof_enabled")))
            throw new IOException(
                    "the Redis at " + where
                            + " has no append-only file (appendonly yes), so it would lose everything when it is started again.");
        if ("slave".equals(info.get("role")))
            throw new IOException("the Redis at " + where + " is a replica, which can't be written.");
    }

    static IOException unreachable(String where, Throwable fault) {
        List<Throwable> all = new ArrayList<>();
        gather(fault, all);
        String said = all.stream().map(Throwable::getMessage).collect(Collectors.joining("\n"));
        String tls = all.stream()
                .map(RedisTls::reason)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
        String why;
        if (tls != null) why = "the Redis at " + where + " " + tls;
        else if (said.contains("NOAUTH")) why = "the Redis at " + where + " wants a password.";
        else if (said.contains("WRONGPASS") || said.contains("invalid password"))
            why = "the Redis at " + where + " does not take the user's name and password.";
        else if (said.contains("using sentinel for masterId"))
            why = "the sentinels at " + where + " do not know a Redis by this name.";
        else if (said.contains("cluster support disabled"))
            why = "the Redis at " + where + " is no cluster, but the configuration says that it is one.";
        else if (said.contains("NOPERM"))
            why = "the Redis at " + where
                    + " does not allow this user what is needed (INFO, scripts, sharded pub/sub).";
        else if (said.contains("onnection reset") || said.contains("closed prematurely"))
            why = "the Redis at " + where + " hangs up; where it speaks TLS, its address begins with rediss://.";
        else if (fault instanceof RedisCommandExecutionException)
            why = "the Redis at " + where + " says: " + fault.getMessage();
        else if (fault instanceof RedisConnectionException || said.contains("refused") || said.contains("onnect"))
            why = "no Redis can be reached at " + where + ".";
        else why = "the Redis at " + where + " can't be used: " + fault.getMessage();
        return new IOException(why, fault);
    }

    /** With what led to it: of several servers that were asked, what each of them said is hidden under what the last one did. */
    private static void gather(Throwable fault, List<Throwable> all) {
        for (Throwable each = fault; each != null && !all.contains(each); each = each.getCause()) {
            all.add(each);
            for (Throwable hidden : each.getSuppressed()) gather(hidden, all);
        }
    }

    private static Map<String, String> parsed(String info) {
        Map<String, String> values = new HashMap<>();
        for (String line : info.split("\r?\n")) {
            int colon = line.indexOf(':');
            if (colon > 0) values.put(line.substring(0, colon), line.substring(colon + 1));
        }
        return values;
    }
}
