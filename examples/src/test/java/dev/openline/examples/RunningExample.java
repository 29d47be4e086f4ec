package dev.openline.examples;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** An example's main method in a thread of its own, on a free port if it listens; it is interrupted at the end. */
final class RunningExample implements AutoCloseable {
    /** A main method. */
    interface Program {
        void main(String[] args) throws Exception;
    }

    private final Thread thread;
    private final String printed;

    private RunningExample(Thread thread, String printed) {
        this.thread = thread;
        this.printed = printed;
    }

    static RunningExample start(Program program) throws InterruptedException {
        PrintStream usual = System.out;
        Lines printed = new Lines();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            return start(program, printed, "");
        } finally {
            System.setOut(usual);
        }
    }

    /** The first line that counts is one with these words, on standard error, where the log goes too. */
    static RunningExample startUntilItComplains(Program program, String words) throws InterruptedException {
        PrintStream usual = System.err;
        Lines printed = new Lines();
        System.setErr(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            return start(program, printed, words);
        } finally {
            System.setErr(usual);
        }
    }

    private static RunningExample start(Program program, Lines printed, String words) throws InterruptedException {
        System.setProperty("port", "0");
        try {
            Thread thread = new Thread(() -> run(program, printed), "example");
            thread.start();
            String line;
            do {
                line = printed.lines.poll(30, TimeUnit.SECONDS);
                if (line == null) throw new AssertionError("the example printed nothing within 30 s");
            } while (!line.contains(words));
            return new RunningExample(thread, line);
        } finally {
            System.clearProperty("port");
        }
    }

    /** What a server prints first. */
    URI address() {
        return URI.create(printed);
    }

    /** The first line that was printed. */
    String printed() {
        return printed;
    }

    @Override
    public void close() throws InterruptedException {
        thread.interrupt();
        thread.join();
    }

    private static void run(Program program, Lines printed) {
        try {
            program.main(new String[0]);
        } catch (InterruptedException stopped) {
            // As it should be: the test is over.
        } catch (Exception failed) {
            printed.lines.add("failed:" + failed.getClass().getName());
            throw new IllegalStateException(failed);
        }
    }

    /** Cuts what is printed into lines. */
    private static final class Lines extends OutputStream {
        private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
        private final StringBuilder line = new StringBuilder();

        @Override
        public synchronized void write(int character) throws IOException {
            if (character != '\n') line.append((char) character);
            else {
                lines.add(line.toString());
                line.setLength(0);
            }
        }
    }
}
