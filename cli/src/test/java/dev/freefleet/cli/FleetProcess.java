package dev.freefleet.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A command that runs until it is told to stop, as a process of its own, as users start it. */
public final class FleetProcess implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final List<String> JOBS = List.of(
            "AGGREGATE",
            "PARTITIONS",
            "RETENTION",
            "CLEANUP",
            "BACKUP",
            "BACKUP_SAMPLE",
            "BACKUP_VERIFY",
            "BACKUP_PRUNE",
            "BACKUP_DRILL");

    private final Process process;
    private final Path data;
    private final List<String> out = new CopyOnWriteArrayList<>();
    private final List<String> err = new CopyOnWriteArrayList<>();
    private final CountDownLatch readyOrDead = new CountDownLatch(1);

    private FleetProcess(Process process, Path data) {
        this.process = process;
        this.data = data;
        read(process.getInputStream(), out);
        read(process.getErrorStream(), err);
    }

    /** {@code fleet up} on free ports, with these arguments besides. */
    public static FleetProcess up(Path home, Path data, String... more) {
        List<String> arguments =
                new ArrayList<>(List.of("up", "--data", data.toString(), "--port", "0", "--admin-port", "0"));
        arguments.addAll(List.of(more));
        return start(home, data, arguments);
    }

    /** A command, in the folder {@code home} and with it as the project's folder. */
    public static FleetProcess start(Path home, Path data, List<String> arguments) {
        return start(home, data, List.of("dev.freefleet.cli.Main"), arguments);
    }

    /** The same with the time of day that this file says, as {@link TimedMain} reads it. */
    public static FleetProcess timed(Path home, Path data, Path time, List<String> arguments) {
        List<String> main = List.of("-D" + TimedMain.TIME + "=" + time.toAbsolutePath(), TimedMain.class.getName());
        return start(home, data, main, arguments);
    }

    private static FleetProcess start(Path home, Path data, List<String> main, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx320m",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Dfleet.home=" + home,
                "-cp",
                System.getProperty("java.class.path")));
        command.addAll(main);
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).directory(home.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("FLEET_"));
        try {
            if (!asksForJobs(home, arguments)) {
                builder.environment().putAll(idleJobs());
            }
            return new FleetProcess(builder.start(), data);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean asksForJobs(Path home, List<String> arguments) throws IOException {
        int named = arguments.indexOf("--config");
        Path config = named < 0 ? home.resolve("fleet.yaml") : Path.of(arguments.get(named + 1));
        return Files.exists(config) && Files.readString(config).lines().anyMatch(line -> line.startsWith("jobs:"));
    }

    /** Half a month away, so that no job begins in a test that does not ask for one, at whatever time of day it runs. */
    private static Map<String, String> idleJobs() {
        int day = LocalDate.now(ZoneOffset.UTC).plusDays(14).getDayOfMonth();
        Map<String, String> idle = new HashMap<>();
        for (String job : JOBS) {
            idle.put("FLEET_JOBS_" + job, "monthly " + Math.min(day, 28) + " 12:00");
        }
        return idle;
    }

    private void read(InputStream stream, List<String> lines) {
        Thread.ofVirtual().start(() -> {
            try (BufferedReader reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
                for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                    lines.add(line);
                    if (line.startsWith("ready: ")) {
                        readyOrDead.countDown();
                    }
                }
            } catch (IOException e) {
                lines.add("(" + e.getMessage() + ")");
            } finally {
                readyOrDead.countDown();
            }
        });
    }

    public FleetProcess awaitReady() throws InterruptedException {
        boolean told = readyOrDead.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        if (!told || out.stream().noneMatch(line -> line.startsWith("ready: "))) {
            throw new AssertionError("not ready: " + out + "\n" + String.join("\n", err));
        }
        return this;
    }

    public List<String> out() {
        return List.copyOf(out);
    }

    public List<String> err() {
        return List.copyOf(err);
    }

    public long pid() {
        return process.pid();
    }

    public Path data() {
        return data;
    }

    public URI gateway() throws IOException {
        return URI.create(run().path("gateway").asText());
    }

    public URI admin() throws IOException {
        return URI.create(run().path("admin").asText());
    }

    private JsonNode run() throws IOException {
        return new ObjectMapper().readTree(Files.readAllBytes(data.resolve("run.json")));
    }

    public String firstKey() throws IOException {
        return Files.readString(data.resolve("first-key")).strip();
    }

    /** SIGTERM; the exit code. */
    public int terminate() throws InterruptedException {
        process.destroy();
        return exit();
    }

    /** SIGKILL. */
    public void kill() throws InterruptedException {
        process.destroyForcibly();
        exit();
    }

    public int exit() throws InterruptedException {
        if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new AssertionError("the process does not end: " + String.join("\n", err));
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            exit();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
