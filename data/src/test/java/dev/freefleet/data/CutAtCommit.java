package dev.freefleet.data;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/** A way to the database that is cut when the server says that a COPY is committed, so that nobody hears it. */
final class CutAtCommit implements AutoCloseable {
    private final ServerSocket listener;
    private final int target;
    /** How many transactions that hold a COPY are still to be cut. */
    final AtomicInteger cuts = new AtomicInteger();

    CutAtCommit(int target) throws IOException {
        this.target = target;
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    private void accept() {
        while (true) {
            try {
                Socket client = listener.accept();
                Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
                AtomicBoolean copied = new AtomicBoolean();
                Thread.ofVirtual()
                        .start(() -> forward(client, server, said -> {
                            if (said.contains("copy usage_logs")) {
                                copied.set(true);
                            }
                            return true;
                        }));
                Thread.ofVirtual()
                        .start(() -> forward(
                                server,
                                client,
                                said -> !said.contains("COMMIT") || !copied.getAndSet(false) || !isToBeCut()));
            } catch (IOException e) {
                return;
            }
        }
    }

    private boolean isToBeCut() {
        return cuts.getAndUpdate(c -> Math.max(0, c - 1)) > 0;
    }

    /** Passes bytes on until something is said that must not be; then both ends are closed. */
    private static void forward(Socket from, Socket to, Predicate<String> passes) {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[1 << 16];
            int n = in.read(buffer);
            while (n >= 0 && passes.test(new String(buffer, 0, n, StandardCharsets.ISO_8859_1))) {
                out.write(buffer, 0, n);
                n = in.read(buffer);
            }
        } catch (IOException e) {
            requireNonNull(e, "the other end was closed");
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
