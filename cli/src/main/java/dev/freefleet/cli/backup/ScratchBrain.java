package dev.freefleet.cli.backup;

import dev.freefleet.brain.Brain;
import dev.freefleet.brain.BrainConfig;
import dev.freefleet.cli.client.CommandException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** A Brain on a restored snapshot: the reference Brain, in this process, or a command of the owner's. */
final class ScratchBrain implements AutoCloseable {
    private static final long STOP_SECONDS = 10;

    private final URI url;
    private final BooleanSupplier dead;
    private final Runnable stop;

    private ScratchBrain(URI url, BooleanSupplier dead, Runnable stop) {
        this.url = url;
        this.dead = dead;
        this.stop = stop;
    }

    /**
     * Starts it.
     *
     * @param command word by word, with {dir} and {port}; empty: the reference Brain
     */
    static ScratchBrain start(Path folder, List<String> command, Clock clock) throws IOException {
        return command.isEmpty() ? reference(folder, clock) : started(folder, command);
    }

    private static ScratchBrain reference(Path folder, Clock clock) {
        Brain brain = Brain.open(BrainConfig.in(folder), clock);
        try {
            InetSocketAddress address = brain.serve("127.0.0.1", 0);
            return new ScratchBrain(loopback(address.getPort()), () -> false, brain::close);
        } catch (RuntimeException e) {
            brain.close();
            throw e;
        }
    }

    private static ScratchBrain started(Path folder, List<String> command) throws IOException {
        int port = freePort();
        List<String> words = command.stream()
                .map(w -> w.replace("{dir}", folder.toString()).replace("{port}", Integer.toString(port)))
                .toList();
        Process process = new ProcessBuilder(words)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolveSibling("brain.log").toFile())
                .start();
        return new ScratchBrain(loopback(port), () -> !process.isAlive(), () -> end(process));
    }

    private static void end(Process process) {
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
    }

    private static URI loopback(int port) {
        return URI.create("http://127.0.0.1:" + port);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    URI url() {
        return url;
    }

    /** @throws CommandException if it does not come up */
    void awaitHealthy(BrainCaller caller) {
        caller.awaitHealthy(dead);
    }

    @Override
    public void close() {
        stop.run();
    }
}
