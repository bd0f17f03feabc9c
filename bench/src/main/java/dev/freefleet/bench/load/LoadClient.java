package dev.freefleet.bench.load;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.HdrHistogram.Histogram;

/**
 * A load generator with a fixed number of connections to loopback. {@link #open} and {@link #openAsleep} send at a fixed
 * rate whatever the answers do and measure each from the moment it was due, so that a stall counts against every request it
 * delayed (no coordinated omission; Tene, "How NOT to measure latency"). {@link #closed} sends the next request of a
 * connection when the last is answered. Not thread-safe.
 */
public final class LoadClient implements AutoCloseable {
    private static final long DRAIN_NANOS = Duration.ofSeconds(5).toNanos();

    private final Selector selector;
    private final List<Connection> connections = new ArrayList<>();
    private final Queue<Connection> free = new ConcurrentLinkedQueue<>();
    private Tally tally = new Tally();

    public LoadClient(int port, int number) throws IOException {
        selector = Selector.open();
        for (int i = 0; i < number; i++) {
            var connection = new Connection(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), selector);
            connections.add(connection);
            free.add(connection);
        }
    }

    /** Sends this many requests, one at a time on each connection; gives up when {@code atMost} is over. */
    public Outcome closed(Requests requests, long count, Duration atMost) throws IOException {
        tally = new Tally();
        long start = System.nanoTime();
        long deadline = start + atMost.toNanos();
        long sent = 0;
        while (tally.answered < count && System.nanoTime() < deadline) {
            while (sent < count && !free.isEmpty()) {
                free.remove().send(requests.at(sent++), System.nanoTime());
            }
            selector.select(this::read, 100);
        }
        return tally.outcome(count, System.nanoTime() - start);
    }

    /** Sends {@code perSecond} requests each second, evenly apart, for so long, and waits for the last answers. */
    public Outcome open(Requests requests, double perSecond, Duration duration) throws IOException {
        tally = new Tally();
        long count = (long) (perSecond * duration.toSeconds());
        double gapNanos = 1e9 / perSecond;
        long start = System.nanoTime();
        long deadline = start + duration.toNanos() + DRAIN_NANOS;
        long sent = 0;
        while (tally.answered < count) {
            long now = System.nanoTime();
            if (now > deadline) {
                break;
            }
            long due = start + (long) (sent * gapNanos);
            Connection idle = sent < count && now >= due ? free.poll() : null;
            if (idle != null) {
                idle.send(requests.at(sent++), due);
            }
            // Spinning: a sleep of the kernel's timer slack would be measured as the peer's latency.
            selector.selectNow(this::read);
        }
        return tally.outcome(count, System.nanoTime() - start);
    }

    /**
     * As {@link #open}, but leaves its core to others in between: one thread sleeps until a request is due, without the kernel's timer
     * slack, and another until an answer comes. To wake takes longer than to spin.
     */
    public Outcome openAsleep(Requests requests, double perSecond, Duration duration) throws IOException {
        tally = new Tally();
        long count = (long) (perSecond * duration.toSeconds());
        long start = System.nanoTime();
        var sender = new PacedSender(requests, start, 1e9 / perSecond, count, free);
        sender.start();
        long deadline = start + duration.toNanos() + DRAIN_NANOS;
        while (tally.answered < count && System.nanoTime() < deadline) {
            selector.select(this::read, 100);
        }
        sender.end();
        return tally.outcome(count, System.nanoTime() - start);
    }

    private void read(SelectionKey key) {
        var connection = (Connection) Objects.requireNonNull(key.attachment());
        try {
            if (connection.receive()) {
                tally.answered++;
                tally.bodyBytes += connection.bodyBytes();
                if (connection.status() >= 400) {
                    tally.refused++;
                }
                tally.latency.recordValue(Math.max(1, System.nanoTime() - connection.dueNanos()));
                free.add(connection);
            }
        } catch (IOException e) {
            throw new LoadException("an answer could not be read: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() throws IOException {
        for (Connection connection : connections) {
            connection.close();
        }
        selector.close();
    }

    /**
     * What a run saw.
     *
     * @param wanted how many requests there were to send
     * @param answered how many answers came in time
     * @param refused how many of them had a status of 400 or above
     * @param bodyBytes of all answers' contents
     * @param nanos how long it took
     * @param latency nanoseconds, from when a request was due to its last byte
     */
    public record Outcome(long wanted, long answered, long refused, long bodyBytes, long nanos, Histogram latency) {
        /** Answers for each second. */
        public double perSecond() {
            return answered * 1e9 / nanos;
        }

        /** The latency, in microseconds, that this percentage of requests did not exceed. */
        public double micros(double percentile) {
            return latency.getValueAtPercentile(percentile) / 1e3;
        }
    }

    private static final class Tally {
        private final Histogram latency = new Histogram(Duration.ofMinutes(2).toNanos(), 3);
        private long answered;
        private long refused;
        private long bodyBytes;

        Outcome outcome(long wanted, long nanos) {
            return new Outcome(wanted, answered, refused, bodyBytes, nanos, latency);
        }
    }
}
