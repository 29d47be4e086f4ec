package dev.openline.server;

import dev.openline.protocol.ApiCall;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;

/** A key that opens the HTTP API, as its digest, with what it is good for. */
final class ApiKey {
    private final byte[] digest;
    private final List<ApiScope> scopes;

    ApiKey(String key, List<ApiScope> scopes) {
        this.digest = digestOf(key);
        this.scopes = List.copyOf(scopes);
    }

    /** Digests have one length, so that comparing them doesn't even tell the key's. */
    static byte[] digestOf(String key) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    /** Takes a time that doesn't tell how much was right. */
    boolean isOf(byte[] given) {
        return MessageDigest.isEqual(digest, given);
    }

    boolean covers(ApiCall call) {
        return call.with(new ApiCoverage(scopes));
    }

    /** What it is good for; never the key. */
    @Override
    public String toString() {
        return "ApiKey" + scopes;
    }
}
