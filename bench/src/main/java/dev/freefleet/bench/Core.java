package dev.freefleet.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How busy one core is, by anybody, from /proc/stat. */
final class Core {
    private static final long NANOS_PER_TICK = 10_000_000;

    private final String label;

    Core(int number) {
        label = "cpu" + number + " ";
    }

    /** CPU time that was not idle since the machine started, in nanoseconds; to 10 ms. */
    long busyNanos() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/stat"))) {
            if (line.startsWith(label)) {
                String[] ticks = line.split(" +", -1);
                long busy = 0;
                // user nice system idle iowait irq softirq steal: all but idle and iowait
                for (int i : new int[] {1, 2, 3, 6, 7, 8}) {
                    busy += Long.parseLong(ticks[i]);
                }
                return busy * NANOS_PER_TICK;
            }
        }
        throw new IllegalStateException("/proc/stat has no line for " + label);
    }
}
