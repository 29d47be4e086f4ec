package dev.openline.net;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Peers in a process of their own, so that nothing of theirs lies on the heap of the server that is looked at. Each opens a line, hears one
 * message come back, and falls silent.
 */
final class IdlePeers implements AutoCloseable {
    private static final String OPEN = "open";

    private final Process process;
    private final BufferedReader out;

    private IdlePeers(Process process) {
        this.process = process;
        this.out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    static IdlePeers of(int port) throws IOException {
        return new IdlePeers(new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        IdlePeers.class.getName(),
                        Integer.toString(port))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    /** Opens so many more lines, and returns when all of them are silent. */
    void open(int lines) throws IOException {
        process.getOutputStream().write((lines + "\n").getBytes(StandardCharsets.US_ASCII));
        process.getOutputStream().flush();
        if (!OPEN.equals(out.readLine())) throw new IOException("the peers have ended");
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    /** The process: is told how many lines to open, and ends with its standard input. */
    public static void main(String[] args) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        List<RawPeer> peers = new ArrayList<>();
        for (String lines = in.readLine(); lines != null; lines = in.readLine()) {
            for (int i = Integer.parseInt(lines); i > 0; i--) {
                RawPeer peer = RawPeer.open(Integer.parseInt(args[0]));
                peer.say(RawPeer.text("hello"));
                if (!peer.frame().text().equals("hello")) throw new AssertionError("no echo");
                peers.add(peer);
            }
            System.out.println(OPEN);
        }
    }
}
