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
import java.util.stream.Stream;

/** A folder in memory (tmpfs) for peers' files; closing removes it. Close what runs in it first. */
public final class PeerFolder implements AutoCloseable {
    private static final Path TMPFS = Path.of("/dev/shm");

    private final Path home;
    private final Path folder;

    /** @param home the project's root folder */
    public PeerFolder(Path home) throws IOException {
        this.home = home;
        this.folder = readable(
                Files.isDirectory(TMPFS)
                        ? Files.createTempDirectory(TMPFS, "fleet-bench-")
                        : Files.createTempDirectory("fleet-bench-"));
    }

    /** Starts a peer on a free port, in a fresh folder, and waits until it listens. */
    public Running start(Peer peer, int originPort, int core, int cacheMegabytes)
            throws IOException, InterruptedException {
        Path own = readable(Files.createTempDirectory(folder, "peer-"));
        Running running = peer.start(new Site(home, own, freePort(), originPort, core, cacheMegabytes));
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
    public void close() throws IOException {
        try (Stream<Path> below = Files.walk(folder)) {
            below.sorted(Comparator.reverseOrder()).forEach(PeerFolder::delete);
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
