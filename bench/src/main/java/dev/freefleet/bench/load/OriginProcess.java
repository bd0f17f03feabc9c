package dev.freefleet.bench.load;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** An {@link Origin} in a JVM of its own, on the cores of the process that starts it. */
public final class OriginProcess implements AutoCloseable {
    private final Process process;
    private final BufferedReader output;
    private final int port;
    private final Thread atExit;

    public OriginProcess(long delayMillis) throws IOException {
        process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "-XX:+UseSerialGC",
                        "-Xms64m",
                        "-Xmx64m",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Origin.class.getName(),
                        "0",
                        Long.toString(delayMillis)))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        atExit = new Thread(process::destroy, "origin-clean-up");
        Runtime.getRuntime().addShutdownHook(atExit);
        output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String line = output.readLine();
        if (line == null) {
            throw new LoadException("the origin did not start");
        }
        port = Integer.parseInt(line);
    }

    /** The port it listens on. */
    public int port() {
        return port;
    }

    /** What reached it since the last call, by kind. */
    public Counts takeCounts() throws IOException {
        try (var answer =
                URI.create("http://127.0.0.1:" + port + "/_reset").toURL().openStream()) {
            return new ObjectMapper().readValue(answer, Counts.class);
        }
    }

    /** Requests by what their target holds: {@code near}, {@code far}, {@code scan}, or none of them. */
    public record Counts(long near, long far, long scan, long other) {
        /** All of them. */
        public long all() {
            return near + far + scan + other;
        }
    }

    @Override
    public void close() throws IOException {
        Runtime.getRuntime().removeShutdownHook(atExit);
        process.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        output.close();
    }
}
