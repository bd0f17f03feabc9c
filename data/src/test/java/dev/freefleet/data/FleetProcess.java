package dev.freefleet.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A fleet of its own process, so that it can be killed: opens a data plane on a directory and writes usage until it dies. */
final class FleetProcess {
    private FleetProcess() {}

    /** Runs in the directory of its first argument until it is killed. */
    public static void main(String[] args) throws InterruptedException {
        DataPlane plane = DataPlane.open(DataConfig.embedded(Path.of(args[0])), Clock.systemUTC());
        plane.users().create("made before the kill", null);
        // Soon, so that there are rows before it is killed.
        UsageIngest ingest =
                plane.ingest(new IngestConfig(65_536, 64 << 20, 10_000, Duration.ofMillis(100), Duration.ofSeconds(4)));
        System.out.println("ready");
        while (true) {
            ingest.offer(TestEvents.at(Instant.now()));
            TimeUnit.MICROSECONDS.sleep(500);
        }
    }

    static Process start(Path directory) throws IOException {
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        FleetProcess.class.getName(),
                        directory.toString()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String line = out.readLine();
        while (line != null && !line.equals("ready")) {
            line = out.readLine();
        }
        if (line == null) {
            throw new IOException("the fleet ended before it was ready: " + process.exitValue());
        }
        return process;
    }
}
