package dev.freefleet.bench.peer;

import dev.freefleet.testkit.CpuTime;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A peer's processes: the one that was started and all below it. Closing ends these and no others. */
public final class Running implements AutoCloseable {
    private static final Duration KEY_AT_MOST = Duration.ofSeconds(60);

    private static final long POLL_NANOS = 50_000_000;
    private static final String NOBODY = "";
    private static final Pattern COMPILERS = Pattern.compile("C[12] Compiler.*");

    private final String name;
    private final ProcessHandle root;
    private final Site site;
    private final String key;
    private final String aside;

    private Running(String name, ProcessHandle root, Site site, String key, String aside) {
        this.name = name;
        this.aside = aside;
        this.root = root;
        this.site = site;
        this.key = key;
    }

    /** Starts a command pinned to the site's core; what it prints goes to {@code NAME.log} in its folder. */
    static Running start(String name, Site site, List<String> command) throws IOException {
        var pinned = new ArrayList<>(List.of("taskset", "-c", Integer.toString(site.core())));
        pinned.addAll(command);
        var log = site.folder().resolve(name + ".log").toFile();
        Process process = new ProcessBuilder(pinned)
                .directory(site.folder().toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
                .start();
        return new Running(name, process.toHandle(), site, "none", NOBODY);
    }

    /** The same with a key that its callers must show. */
    Running withKey(String newKey) {
        return new Running(name, root, site, newKey, aside);
    }

    /**
     * The same, its processes whose command's path holds this moved {@link Aside},
     * and left out of what is measured.
     */
    Running aside(String command) throws IOException {
        var moved = new Running(name, root, site, key, command);
        for (ProcessHandle process : processes()) {
            if (moved.isAside(process)) {
                Aside.move(process);
            }
        }
        return moved;
    }

    private boolean isAside(ProcessHandle process) {
        return !aside.isEmpty() && process.info().command().orElse("").contains(aside);
    }

    boolean isAlive() {
        return root.isAlive();
    }

    /** The same with the key that it prints, once it does, on a line {@code key TEXT}. */
    Running withKeyFromLog() throws IOException {
        long deadline = System.nanoTime() + KEY_AT_MOST.toNanos();
        Path log = site.folder().resolve(name + ".log");
        while (System.nanoTime() < deadline && root.isAlive()) {
            for (String line : Files.readAllLines(log)) {
                if (line.startsWith("key ")) {
                    return new Running(
                            name, root, site, line.substring("key ".length()).strip(), aside);
                }
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
        close();
        throw new IllegalStateException(name + " printed no key, but:\n" + printed());
    }

    /** The peer's. */
    public String name() {
        return name;
    }

    /** What callers show in {@code X-API-Key}. */
    public String key() {
        return key;
    }

    /** Where it listens. */
    public int port() {
        return site.port();
    }

    /**
     * Waits until it accepts connections.
     *
     * @throws IllegalStateException if it ends or the time is over, with what it printed
     */
    public void awaitListening(Duration atMost) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (System.nanoTime() < deadline && root.isAlive()) {
            try (var socket = new Socket(InetAddress.getLoopbackAddress(), site.port())) {
                if (socket.isConnected()) {
                    return;
                }
            } catch (IOException e) {
                Thread.sleep(100);
            }
        }
        throw new IllegalStateException(
                name + " does not listen on port " + site.port() + "; it printed:\n" + printed());
    }

    String printed() throws IOException {
        Path log = site.folder().resolve(name + ".log");
        return Files.exists(log) ? Files.readString(log) : "(nothing)";
    }

    /** CPU time of all its processes so far, user and system, in nanoseconds. */
    public long cpuNanos() {
        return measured().stream()
                .filter(ProcessHandle::isAlive)
                .mapToLong(process -> CpuTime.ofProcess(process.pid()))
                .sum();
    }

    /** What of that went to a JVM's just-in-time compilers: it works for what is new, and ends once nothing is. */
    public long compilerNanos() {
        return measured().stream()
                .filter(ProcessHandle::isAlive)
                .mapToLong(process -> CpuTime.ofThreads(process.pid(), COMPILERS))
                .sum();
    }

    /**
     * Resident bytes of all its processes, with what several share counted once (PSS), and its files in memory.
     */
    public Memory memory() throws IOException {
        long resident = 0;
        for (ProcessHandle process : measured()) {
            for (String line : read(Path.of("/proc", Long.toString(process.pid()), "smaps_rollup"))
                    .split("\n", -1)) {
                if (line.startsWith("Pss:")) {
                    resident += Long.parseLong(line.replaceAll("\\D", "")) * 1_024;
                }
            }
        }
        return new Memory(resident, blocks(site.folder()));
    }

    /**
     * What a peer takes of the machine's memory.
     *
     * @param residentBytes of its processes
     * @param fileBytes that its folder takes on the tmpfs, by blocks of 4 KB
     */
    public record Memory(long residentBytes, long fileBytes) {}

    private static long blocks(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.mapToLong(Running::blockBytes).sum();
        } catch (UncheckedIOException e) {
            // A cache's own clean-up removed a file under the walk: what is left is counted again.
            return blocks(folder);
        }
    }

    private static long blockBytes(Path file) {
        try {
            return Files.isRegularFile(file) ? (Files.size(file) + 4_095) / 4_096 * 4_096 : 0;
        } catch (IOException e) {
            return 0;
        }
    }

    private List<ProcessHandle> measured() {
        return processes().stream().filter(process -> !isAside(process)).toList();
    }

    private List<ProcessHandle> processes() {
        var all = new ArrayList<ProcessHandle>();
        all.add(root);
        root.descendants().forEach(all::add);
        return all;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return ""; // the process has just ended
        }
    }

    @Override
    public void close() {
        List<ProcessHandle> all = processes();
        root.destroy();
        if (!ended(root, 10)) {
            root.destroyForcibly();
        }
        for (ProcessHandle process : all) {
            if (!ended(process, 2)) {
                process.destroyForcibly();
            }
        }
    }

    private static boolean ended(ProcessHandle process, int seconds) {
        try {
            process.onExit().get(seconds, TimeUnit.SECONDS);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException | TimeoutException e) {
            return false;
        }
    }
}
