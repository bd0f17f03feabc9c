package dev.freefleet.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** The machine that a run was on, for its report. */
final class Machine {
    private Machine() {}

    static Map<String, String> describe() throws IOException {
        String processor = Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("unknown");
        long cores = Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                .filter(line -> line.startsWith("processor"))
                .count();
        return Map.of(
                "processor", processor,
                "cores", Long.toString(cores),
                "kernel",
                        Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip(),
                "java", Runtime.version().toString());
    }
}
