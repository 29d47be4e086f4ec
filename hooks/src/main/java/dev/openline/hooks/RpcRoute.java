package dev.openline.hooks;

import dev.openline.protocol.ErrorReply;
import org.jspecify.annotations.Nullable;

/**
 * Where calls of a method go.
 *
 * @param endpoint the application; null if it goes nowhere
 * @param refusal what the caller is answered then
 */
public record RpcRoute(@Nullable HookEndpoint endpoint, ErrorReply refusal) {
    /** The method is of no namespace that there is: error 104. */
    public static final RpcRoute UNKNOWN = new RpcRoute(null, ErrorReply.METHOD_NOT_FOUND);

    /** Its namespace puts nothing through: error 108. */
    public static final RpcRoute OFF = new RpcRoute(null, ErrorReply.NOT_AVAILABLE);

    public static RpcRoute to(HookEndpoint endpoint) {
        return new RpcRoute(endpoint, ErrorReply.NOT_AVAILABLE);
    }
}
