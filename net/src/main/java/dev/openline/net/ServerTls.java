package dev.openline.net;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.IllegalReferenceCountException;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server's certificate, as it is now: read at the start, and again when its files change. New connections get the newest that could be
 * read, old ones keep what they began with. Files are read on a thread of their own, never on an event loop.
 */
final class ServerTls implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(WebSocketServer.class);

    /** How long a closing connection waits for its last bytes to leave: a peer that doesn't read them is cut then. */
    private static final long CLOSE_FLUSH_MILLIS = 1_000;

    /** What tells that a file is another one than before. */
    private record Stamp(Object chain, Object key) {}

    private final TlsOptions options;
    private final TlsEngine engine;
    private volatile SslContext current;

    /** Of the files that were last read, whether they were good or not; guarded by this. */
    private Stamp seen;

    private @Nullable ScheduledExecutorService watcher;
    private boolean closed;

    private ServerTls(TlsOptions options, TlsEngine engine) throws IOException {
        this.options = options;
        this.engine = engine;
        this.seen = stamp();
        this.current = read();
    }

    /**
     * Reads the files; {@link #watch} begins to look at them.
     *
     * @throws IOException with a sentence that names the file, if they are no good
     */
    static ServerTls load(TlsOptions options) throws IOException {
        return new ServerTls(options, options.engine());
    }

    /**
     * Reads the files again; new connections get what is in them.
     *
     * @throws IOException with a sentence that names the file, if they are no good; what was there before stays
     */
    synchronized void reload() throws IOException {
        if (closed) throw new IllegalStateException("the server is closed");
        seen = stamp();
        SslContext before = current;
        current = read();
        ReferenceCountUtil.release(before);
    }

    /** The TLS of one more connection, with the newest certificate. Any thread. */
    SslHandler newHandler(ByteBufAllocator allocator) {
        while (true) {
            SslContext context = current;
            try {
                ReferenceCountUtil.retain(context);
            } catch (IllegalReferenceCountException released) {
                if (context == current) throw new IllegalStateException("the server is closed", released);
                continue; // replaced meanwhile
            }
            try {
                SslHandler handler = context.newHandler(allocator);
                // The connection's own deadline covers it.
                handler.setHandshakeTimeoutMillis(0);
                handler.setCloseNotifyFlushTimeoutMillis(CLOSE_FLUSH_MILLIS);
                return handler;
            } finally {
                ReferenceCountUtil.release(context);
            }
        }
    }

    private SslContext read() throws IOException {
        TlsIdentity identity = TlsIdentity.read(options.chain(), options.key(), options.password());
        SslContextBuilder builder =
                SslContextBuilder.forServer(identity.key(), identity.chain().toArray(new X509Certificate[0]));
        SslContext context = TlsRules.applyTo(builder, engine, protocols()).build();
        log.info("TLS by {} as {}", engine, identity);
        if (identity.expires().isBefore(Surroundings.now())) {
            log.warn("the certificate in {} has expired: clients will refuse it", options.chain());
        }
        return context;
    }

    /** The server's own order counts (RFC 7301 §3.2). */
    private List<String> protocols() {
        return options.http2()
                ? List.of(ApplicationProtocolNames.HTTP_2, ApplicationProtocolNames.HTTP_1_1)
                : List.of(ApplicationProtocolNames.HTTP_1_1);
    }

    /** Begins to look at the files, if that was asked for. */
    synchronized void watch() {
        if (options.watchInterval().isZero()) return;
        ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread made = new Thread(task, "openline-tls-files");
            made.setDaemon(true);
            return made;
        });
        long millis = options.watchInterval().toMillis();
        thread.scheduleWithFixedDelay(this::look, millis, millis, TimeUnit.MILLISECONDS);
        watcher = thread;
    }

    /** A pair of files that is only half replaced is refused once, and read again when its other half follows. */
    private synchronized void look() {
        try {
            if (!stamp().equals(seen)) reload();
        } catch (IOException | RuntimeException broken) {
            log.warn("the certificate stays as it was: {}", broken.getMessage());
        }
    }

    private Stamp stamp() {
        return new Stamp(stamp(options.chain()), stamp(options.key()));
    }

    /** Links are followed: certificates are often replaced by pointing a link at another file. */
    private static Object stamp(Path file) {
        try {
            BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
            return List.of(now.lastModifiedTime(), now.size(), String.valueOf(now.fileKey()));
        } catch (IOException gone) {
            return "gone";
        }
    }

    @Override
    public synchronized void close() {
        if (closed) return;
        closed = true;
        if (watcher != null) watcher.shutdownNow();
        ReferenceCountUtil.release(current);
    }
}
