package dev.openline.app;

import java.io.Console;

/** Whether a person sits at both ends of this process. */
final class Terminal {
    private Terminal() {}

    /** True if standard input and output are a terminal. From JDK 22 on there is a console also without one, which can be asked. */
    static boolean isInteractive() {
        Console console = System.console();
        if (console == null) return false;
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (ReflectiveOperationException beforeJdk22) {
            return true;
        }
    }
}
