package dev.freefleet.cli.edge;

import dev.freefleet.testkit.RawClient;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.ConcurrentLinkedDeque;

/**
 * Connections to one server, each for one request at a time: a client that costs little beside what it measures. What was
 * idle for a while is left, since servers close it.
 */
final class KeptConnections implements AutoCloseable {
    private static final long IDLE_NANOS = 2_000_000_000L;
    private static final int PATIENCE_MILLIS = 120_000;

    private final InetSocketAddress server;
    private final ConcurrentLinkedDeque<Kept> idle = new ConcurrentLinkedDeque<>();

    private record Kept(RawClient client, long sinceNanos) {}

    KeptConnections(InetSocketAddress server) {
        this.server = server;
    }

    /** Sends this request, which is no HEAD, and reads its answer. */
    RawClient.Answer send(byte[] request) throws IOException {
        RawClient client = connection();
        RawClient.Answer answer;
        try {
            answer = client.send(request).answer();
        } catch (IOException failed) {
            client.close();
            throw failed;
        }
        if ("close".equalsIgnoreCase(answer.field("connection"))) {
            client.close();
        } else {
            idle.push(new Kept(client, System.nanoTime()));
        }
        return answer;
    }

    private RawClient connection() throws IOException {
        for (Kept kept = idle.poll(); kept != null; kept = idle.poll()) {
            if (System.nanoTime() - kept.sinceNanos() < IDLE_NANOS) {
                return kept.client();
            }
            kept.client().close();
        }
        return RawClient.connect(server, 0, PATIENCE_MILLIS);
    }

    @Override
    public void close() throws IOException {
        for (Kept kept = idle.poll(); kept != null; kept = idle.poll()) {
            kept.client().close();
        }
    }
}
