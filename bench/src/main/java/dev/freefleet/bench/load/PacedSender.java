package dev.freefleet.bench.load;

import java.io.IOException;
import java.util.Queue;
import java.util.concurrent.locks.LockSupport;

/** Sends requests at even distances from a thread of its own, which sleeps in between. */
final class PacedSender {
    /** Nearer than this it does not go to sleep, for to wake takes as long. */
    private static final long NEAR_NANOS = 5_000;

    private static final int END_MILLIS = 5_000;

    private final Requests requests;
    private final long start;
    private final double gapNanos;
    private final long count;
    private final Queue<Connection> free;
    private final Thread thread = new Thread(this::send, "load-sender");
    private volatile boolean ended;

    PacedSender(Requests requests, long start, double gapNanos, long count, Queue<Connection> free) {
        this.requests = requests;
        this.start = start;
        this.gapNanos = gapNanos;
        this.count = count;
        this.free = free;
    }

    void start() {
        thread.setDaemon(true);
        thread.start();
    }

    private void send() {
        TimerSlack.none();
        try {
            for (long sent = 0; sent < count && !ended; ) {
                long due = start + (long) (sent * gapNanos);
                long left = due - System.nanoTime();
                if (left > NEAR_NANOS) {
                    LockSupport.parkNanos(left);
                } else if (left <= 0) {
                    Connection connection = free.poll();
                    if (connection == null) {
                        LockSupport.parkNanos(NEAR_NANOS); // all wait for answers
                    } else {
                        connection.send(requests.at(sent++), due);
                    }
                }
            }
        } catch (IOException e) {
            throw new LoadException("a request could not be sent: " + e.getMessage(), e);
        }
    }

    void end() throws IOException {
        ended = true;
        try {
            thread.join(END_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while requests were being sent", e);
        }
    }
}
