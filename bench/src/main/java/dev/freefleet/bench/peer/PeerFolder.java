package dev.freefleet.bench.peer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/**
 * A folder in memory (tmpfs) for peers' files. Closing it ends what was started in it and still runs, and removes it; so
 * does the end of this process, by a signal too.
 */
public final class PeerFolder implements AutoCloseable {
    private static final Path TMPFS = Path.of("/dev/shm");

    private final Path home;
    private final Path folder;
    private final List<Running> started = new CopyOnWriteArrayList<>();
    private final Thread atExit = new Thread(this::clear, "peer-clean-up");

    /** @param home the project's root folder */
    public PeerFolder(Path home) throws IOException {
        this.home = home;
        this.folder = readable(
                Files.isDirectory(TMPFS)
                        ? Files.createTempDirectory(TMPFS, "fleet-bench-")
                        : Files.createTempDirectory("fleet-bench-"));
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    /** Starts a peer on a free port, in a fresh folder, and waits until it listens. */
    public Running start(Peer peer, int originPort, int core, int cacheMegabytes)
            throws IOException, InterruptedException {
        Path own = readable(Files.createTempDirectory(folder, "peer-"));
        Running running = peer.start(new Site(home, own, freePort(), originPort, core, cacheMegabytes));
        started.add(running);
        try {
            running.awaitListening(Duration.ofSeconds(90));
        } catch (IllegalStateException | IOException | InterruptedException e) {
            running.close();
            throw e;
        }
        return running;
    }

    /** Peers that give up root must still get in. */
    private static Path readable(Path directory) throws IOException {
        return Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(atExit);
        clear();
    }

    private void clear() {
        started.forEach(Running::close);
        try (Stream<Path> below = Files.walk(folder)) {
            below.sorted(Comparator.reverseOrder()).forEach(PeerFolder::delete);
        } catch (IOException e) {
            throw new UncheckedIOException("could not remove " + folder, e);
        }
    }

    private static void delete(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new UncheckedIOException("could not remove " + path, e);
        }
    }
}
