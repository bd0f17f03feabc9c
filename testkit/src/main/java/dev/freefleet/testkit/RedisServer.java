package dev.freefleet.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A real {@code redis-server} (or {@code valkey-server}) on loopback, which a test may kill, stop and start again. */
public final class RedisServer implements AutoCloseable {
    private final int port;
    private final List<String> options;
    private final Path directory;
    private Process process;

    private RedisServer(int port, List<String> options) throws IOException {
        this.port = port;
        this.options = options;
        directory = Files.createTempDirectory("fleet-redis");
        process = launch();
    }

    /** Starts a server on a free port that keeps nothing on a disk, with these options besides, such as {@code --maxmemory}. */
    public static RedisServer start(String... options) {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        try {
            return new RedisServer(port, List.of(options));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private Process launch() throws IOException {
        List<String> command = new ArrayList<>(List.of(
                "redis-server",
                "--port",
                Integer.toString(port),
                "--bind",
                "127.0.0.1",
                "--dir",
                directory.toString(),
                "--save",
                "",
                "--appendonly",
                "no"));
        command.addAll(options);
        Process started = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile())
                .start();
        Await.until("redis-server listens", () -> {
            if (!started.isAlive()) {
                throw new AssertionError("redis-server ended: " + log());
            }
            return listens();
        });
        return started;
    }

    private boolean listens() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), listened())) {
            return socket.isConnected();
        } catch (IOException notYet) {
            return false;
        }
    }

    /** Where it takes connections: the port, or with port 0 the one for TLS. */
    private int listened() {
        int tls = options.indexOf("--tls-port");
        return tls < 0 ? port : Integer.parseInt(options.get(tls + 1));
    }

    private String log() {
        try {
            return Files.readString(directory.resolve("log"));
        } catch (IOException none) {
            return "no log";
        }
    }

    /** {@code redis://127.0.0.1:port}. */
    public URI url() {
        return URI.create("redis://127.0.0.1:" + port);
    }

    /** What it answers to a command in one line, such as {@code DBSIZE}. */
    public String ask(String command) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.UTF_8));
            String line = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))
                    .readLine();
            return line == null ? "" : line;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** SIGKILL; all it held is lost. */
    public void kill() {
        try {
            process.destroyForcibly().waitFor();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /** Starts it again on its port, empty. */
    public void restart() {
        try {
            process = launch();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Sends it a signal, such as {@code STOP} and {@code CONT}. */
    public void signal(String name) {
        try {
            Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
            if (!kill.waitFor(10, TimeUnit.SECONDS) || kill.exitValue() != 0) {
                throw new AssertionError("kill -" + name + " failed");
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        kill();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
