package dev.openline.net;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** How many sockets the system lets this process have. */
final class FileDescriptors {
    /** Where the system names no bound: more lines than that on one machine have their limit in memory. */
    private static final int MANY = 1_000_000;

    private FileDescriptors() {}

    /** Nine tenths of the process's file descriptors: files, loops and those who are refused need some too. */
    static int roomForConnections() {
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix) {
            long most = unix.getMaxFileDescriptorCount();
            if (most > 0) return (int) Math.max(1, Math.min(MANY, most / 10 * 9));
        }
        return MANY;
    }
}
