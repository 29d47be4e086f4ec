package dev.openline.app;

import dev.openline.store.disk.DiskReading;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code openline inspect}: what is kept in a directory, without a word of what was said. */
@Command(
        name = "inspect",
        header = "Shows what logs a directory holds.",
        description =
                "Channels with their epochs, positions and sizes, also while a server has the directory. Payloads are not"
                        + " shown. Reads all publications of the channels that it tells of.")
final class InspectCommand implements Callable<Integer> {
    @Parameters(paramLabel = "DIR", description = "As for 'openline serve --data'.")
    private Path directory;

    @Option(names = "--channel", paramLabel = "NAME", description = "This channel alone.")
    private @Nullable String channel;

    @Option(names = "--prefix", paramLabel = "TEXT", description = "Channels whose names begin so.")
    private @Nullable String prefix;

    @Option(
            names = "--most",
            paramLabel = "N",
            defaultValue = "100",
            description = "Channels to show; the sums are of all. Default ${DEFAULT-VALUE}; 0 for all.")
    private int most;

    @Option(
            names = "--json",
            description = "One JSON object a line for each channel, and one for the whole at the end.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    private PrintWriter out;
    private long channels;
    private long publications;
    private long bytes;

    @Override
    public Integer call() {
        if (most < 0) throw new ParameterException(spec.commandLine(), "--most " + most + " is negative.");
        out = spec.commandLine().getOut();
        try (DiskReading reading = DiskReading.open(directory)) {
            if (!json)
                out.printf(
                        "%-40s %-12s %10s %10s %10s %14s  %s%n",
                        "channel", "epoch", "first", "top", "kept", "bytes", "used");
            reading.channels(this::isWanted, this::show);
            sum(reading.state());
        } catch (IOException e) {
            throw new CommandFailure(FileFault.sentence(e), e);
        } finally {
            out.flush();
        }
        return Main.OK;
    }

    private boolean isWanted(String name) {
        return (channel == null || name.equals(channel)) && (prefix == null || name.startsWith(prefix));
    }

    private boolean show(DiskReading.KeptChannel kept) {
        channels++;
        publications += kept.publications();
        bytes += kept.bytes();
        if (most > 0 && channels > most) return true;
        if (json) out.println(object(kept));
        else
            out.printf(
                    Locale.ROOT,
                    "%-40s %-12s %10d %10d %10d %14d  %s%n",
                    printable(kept.name()),
                    kept.epoch(),
                    kept.first(),
                    kept.top(),
                    kept.publications(),
                    kept.bytes(),
                    kept.used());
        return true;
    }

    private static Json object(DiskReading.KeptChannel kept) {
        return Json.object()
                .text("channel", kept.name())
                .text("epoch", kept.epoch())
                .number("first", kept.first())
                .number("top", kept.top())
                .number("publications", kept.publications())
                .number("bytes", kept.bytes())
                .number("idempotency_keys", kept.keys())
                .text("used", kept.used().toString());
    }

    /** Names may hold what a terminal takes for a command. */
    private static String printable(String name) {
        return name.replaceAll("\\p{Cntrl}", "?");
    }

    private void sum(DiskReading.State state) {
        if (json) {
            out.println(Json.object()
                    .number("channels", channels)
                    .number("publications", publications)
                    .number("bytes", bytes)
                    .text("format", state.format())
                    .text("durability", state.durability())
                    .text("state", state(state)));
            return;
        }
        if (most > 0 && channels > most) out.println("… and " + (channels - most) + " more");
        out.printf(
                "%n%s, %s, %s before compression%n",
                Count.of(channels, "channel"), Count.of(publications, "publication"), Count.of(bytes, "byte"));
        out.println("format " + state.format() + ", durability " + state.durability() + ", " + state(state));
    }

    private static String state(DiskReading.State state) {
        return state.isInUse() ? "in use" : state.closed() ? "closed cleanly" : "not closed cleanly";
    }
}
