package dev.freefleet.data;

import dev.freefleet.edge.CacheOutcome;
import dev.freefleet.edge.UsageEvent;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** A process to be killed: numbers events from 1 on, and says of each that it was taken, until it dies. */
final class SpoolProcess {
    private final Process process;
    private final Thread listener;
    private final AtomicLong said = new AtomicLong();

    /**
     * Takes events until it is killed.
     *
     * @param args the database's URL, user and password, the spool's folder, the number of the run
     */
    public static void main(String[] args) {
        Login login = new Login(args[0], args[1], args[2]);
        long run = Long.parseLong(args[4]);
        UsageIngest ingest = new UsageIngest(login, Clock.systemUTC(), config(Path.of(args[3])));
        for (long number = 1; ; number++) {
            UsageEvent event = new UsageEvent(
                    UUID.randomUUID().toString(),
                    System.currentTimeMillis(),
                    run,
                    0,
                    "query",
                    "GET",
                    200,
                    CacheOutcome.HIT,
                    number,
                    0,
                    0,
                    0,
                    null,
                    "What is a fleet?",
                    "edge-1");
            while (!ingest.offer(event)) {
                LockSupport.parkNanos(1_000_000);
            }
            System.out.println(number);
            LockSupport.parkNanos(50_000);
        }
    }

    static IngestConfig config(Path spool) {
        return new IngestConfig(65_536, 64 << 20, 500, Duration.ofMillis(20), Duration.ofSeconds(30)).withSpool(spool);
    }

    SpoolProcess(DataConfig.External database, Path spool, int run) throws IOException {
        process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        SpoolProcess.class.getName(),
                        database.url(),
                        database.user(),
                        database.password(),
                        spool.toString(),
                        String.valueOf(run)))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        listener = Thread.ofVirtual().start(this::listen);
    }

    private void listen() {
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            out.lines().filter(line -> line.matches("\\d+")).forEach(line -> said.set(Long.parseLong(line)));
        } catch (IOException | java.io.UncheckedIOException e) {
            // The end of the process is the end of the stream; the last whole line counts.
            process.destroyForcibly();
        }
    }

    /** How many events it said were taken. */
    long said() {
        return said.get();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** SIGKILL. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
        listener.join();
    }
}
