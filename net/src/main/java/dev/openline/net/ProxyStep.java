package dev.openline.net;

import io.netty.channel.ChannelPipeline;
import io.netty.handler.proxy.HttpProxyHandler;
import io.netty.handler.proxy.ProxyHandler;
import io.netty.handler.proxy.Socks5ProxyHandler;
import java.net.InetSocketAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The way through a proxy, which Netty's handlers know; here is what they are told, and what their failures mean. */
final class ProxyStep {
    private static final String NAME = "proxy";

    /** What Netty's answer is called that wasn't HTTP. */
    private static final int NOT_HTTP = 999;

    private static final Pattern HTTP_STATUS = Pattern.compile("status: (\\d{3}) ");
    private static final Pattern SOCKS_STATUS = Pattern.compile("status: ([A-Z_]+)");

    private ProxyStep() {}

    /** Puts the handler at the head, where it stops what is written until there is a connection to the server. */
    static ProxyHandler install(Proxy proxy, InetSocketAddress at, ChannelPipeline into) {
        ProxyHandler handler = handler(proxy, at);
        handler.setConnectTimeoutMillis(0); // The dial has its own deadline, for all steps.
        into.addFirst(NAME, handler);
        return handler;
    }

    private static ProxyHandler handler(Proxy proxy, InetSocketAddress at) {
        Proxy.Credentials credentials = proxy.credentials();
        if (proxy.kind() == Proxy.Kind.HTTP) {
            return credentials == null
                    ? new HttpProxyHandler(at)
                    : new HttpProxyHandler(at, credentials.user(), credentials.password());
        }
        return credentials == null
                ? new Socks5ProxyHandler(at)
                : new Socks5ProxyHandler(at, credentials.user(), credentials.password());
    }

    /** The line needs nobody before it. */
    static void remove(ChannelPipeline from) {
        if (from.get(NAME) != null) from.remove(NAME);
    }

    /** One sentence for what went wrong; the handlers say it with addresses and class names. */
    static DialFailed failure(Proxy proxy, String server, Throwable fault) {
        String said = String.valueOf(fault.getMessage());
        Matcher http = HTTP_STATUS.matcher(said);
        if (proxy.kind() == Proxy.Kind.HTTP && http.find()) {
            int status = Integer.parseInt(http.group(1));
            if (status == NOT_HTTP) return failed("the proxy " + proxy + " did not answer in HTTP", null);
            String wants = status == 407 ? ", it wants other credentials" : "";
            return DialFailed.byProxy(
                    "the proxy " + proxy + " answered " + status + " when asked for " + server + wants, status);
        }
        if (said.endsWith("disconnected")) return failed("the proxy " + proxy + " closed the connection", null);
        if (said.contains("authStatus: ")) return failed("the proxy " + proxy + " refused the credentials", null);
        // Netty says the same when it was no SOCKS 5 at all.
        if (said.contains("authMethod: ")) return failed("the proxy " + proxy + " accepted no way to log in", null);
        Matcher socks = SOCKS_STATUS.matcher(said);
        if (socks.find() && fault.getCause() == null) {
            return failed("the proxy " + proxy + " cannot connect to " + server + ": " + words(socks.group(1)), null);
        }
        return failed("the proxy " + proxy + " did not answer as a proxy of its kind", fault);
    }

    private static String words(String status) {
        return status.toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
    }

    private static DialFailed failed(String sentence, @Nullable Throwable cause) {
        return new DialFailed(DialFailed.Step.PROXY, sentence, cause);
    }
}
