package dev.openline.verify;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** Stands between clients and a server, and does to their bytes what networks do: cuts, holds them back, changes them. */
final class HostileProxy implements AutoCloseable {
    private static final int BUFFER_BYTES = 8_192;

    private final ServerSocket listener;
    private final Random chance;
    private final List<Way> ways = new ArrayList<>();
    private final Map<String, Integer> faults = new TreeMap<>();
    private int[] targets = {};

    private HostileProxy(Random chance) throws IOException {
        this.chance = chance;
        this.listener = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
        start("proxy", this::accept);
    }

    static HostileProxy start(Random chance) throws IOException {
        return new HostileProxy(chance);
    }

    private static void start(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    int port() {
        return listener.getLocalPort();
    }

    /** From now on connections lead to one of these, each by chance; to none, if there are none. */
    synchronized void leadTo(int... ports) {
        targets = ports.clone();
    }

    /** What it has done, by kind. */
    synchronized Map<String, Integer> faults() {
        return new TreeMap<>(faults);
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                start("proxy of one line", () -> lead(client));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void lead(Socket client) {
        try (client;
                Socket server = new Socket(InetAddress.getLoopbackAddress(), target())) {
            Way there = new Way(client, server);
            Way back = new Way(server, client);
            synchronized (this) {
                ways.add(there);
                ways.add(back);
            }
            start("proxy of one line, back", back::carry);
            there.carry();
            synchronized (this) {
                ways.remove(there);
                ways.remove(back);
            }
        } catch (IOException refused) {
            // While no server is there: the client finds its connection closed.
        }
    }

    private synchronized int target() throws IOException {
        if (targets.length == 0) throw new IOException("this leads nowhere now");
        return targets[chance.nextInt(targets.length)];
    }

    private synchronized Way some(String fault) {
        if (ways.isEmpty()) return null;
        faults.merge(fault, 1, Integer::sum);
        return ways.get(chance.nextInt(ways.size()));
    }

    /** One of them on one line, chosen by chance. */
    void doHarm() {
        switch (chance.nextInt(4)) {
            case 0 -> {
                Way way = some("cut");
                if (way != null) way.end();
            }
            case 1 -> {
                Way way = some("stalled");
                if (way != null) way.stall(true);
            }
            case 2 -> letGo();
            default -> {
                Way way = some("corrupted");
                if (way != null) way.corruptNext(chance.nextInt());
            }
        }
    }

    /** Ends all lines. */
    synchronized void cutAll() {
        ways.forEach(Way::end);
    }

    /** What was held back goes on. */
    synchronized void letGo() {
        for (Way way : ways) way.stall(false);
    }

    @Override
    public void close() throws IOException {
        listener.close();
        cutAll();
    }

    /** One direction of one line. */
    private static final class Way {
        private final Socket from;
        private final Socket to;
        private boolean stalled;
        private boolean corrupt;
        private int where;

        Way(Socket from, Socket to) {
            this.from = from;
            this.to = to;
        }

        void carry() {
            try {
                byte[] buffer = new byte[BUFFER_BYTES];
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                    if (!pass(buffer, read)) break;
                    out.write(buffer, 0, read);
                }
            } catch (IOException cut) {
                // One of the two is gone, so the other goes too.
            } finally {
                end();
            }
        }

        private synchronized boolean pass(byte[] buffer, int length) {
            try {
                while (stalled && !to.isClosed()) wait(TimeUnit.SECONDS.toMillis(1));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
            if (corrupt) {
                buffer[Math.floorMod(where, length)] ^= (byte) (1 << (where >>> 29));
                corrupt = false;
            }
            return !to.isClosed();
        }

        synchronized void stall(boolean on) {
            stalled = on;
            notifyAll();
        }

        /** One bit of what comes next is another one. */
        synchronized void corruptNext(int where) {
            this.where = where;
            corrupt = true;
        }

        void end() {
            try {
                from.close();
                to.close();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
            stall(false);
        }
    }
}
