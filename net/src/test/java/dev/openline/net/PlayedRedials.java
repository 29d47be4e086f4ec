package dev.openline.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.wire.CloseStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongUnaryOperator;

/** A machine whose clock, server and luck are the test's. What it wants is written down; what it tells, too. */
final class PlayedRedials implements RedialMachine.Effects {
    final List<String> wants = new ArrayList<>();
    final List<LineStatus> told = new ArrayList<>();
    final RedialMachine machine;
    long now = 1_000_000;

    PlayedRedials(RedialOptions options) {
        this(options, bound -> bound / 2);
    }

    PlayedRedials(RedialOptions options, LongUnaryOperator random) {
        machine = new RedialMachine(options.settings(), options.rule(), random, this);
    }

    static PlayedRedials started(RedialOptions options) {
        PlayedRedials played = new PlayedRedials(options);
        played.machine.start(played.now);
        assertThat(played.take()).containsExactly("dial");
        return played;
    }

    @Override
    public void dial() {
        wants.add("dial");
    }

    @Override
    public void dropDial() {
        wants.add("drop dial");
    }

    @Override
    public void closeLine(CloseStatus status) {
        wants.add("close " + status);
    }

    @Override
    public void tell(LineStatus status) {
        if (status.state() != state()) throw new AssertionError(status + " while " + machine.phase());
        told.add(status);
    }

    List<String> take() {
        List<String> taken = List.copyOf(wants);
        wants.clear();
        return taken;
    }

    LineStatus last() {
        return told.get(told.size() - 1);
    }

    LineState state() {
        return machine.phase().state;
    }

    void pass(Duration time) {
        now += time.toMillis();
        machine.onTime(now);
    }

    /** Lets the time come at which the machine wants to be woken; answers how long that was. */
    Duration wake() {
        long due = machine.nextDeadline();
        if (due == RedialMachine.NEVER || due < now) throw new AssertionError("nothing to wake for");
        long passed = due - now;
        now = due;
        machine.onTime(now);
        return Duration.ofMillis(passed);
    }

    void fail(DialFailed why) {
        machine.dialFailed(why, now);
    }

    void refuse() {
        fail(new DialFailed(DialFailed.Step.CONNECT, "connection refused", null));
    }

    void answer(int status) {
        fail(new DialFailed("refused with " + status, status, null));
    }

    void open() {
        machine.lineOpened(now);
    }

    void openForLong() {
        open();
        wake();
    }

    void lose(CloseStatus status) {
        machine.lineClosed(status, now);
    }
}
