package dev.freefleet.cli.up;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was started, to be closed in the reverse order. Closing may come from another thread in the middle of the start:
 * then what is added later is closed at once, and the start ends. Thread-safe.
 */
final class Parts implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Parts.class);

    private final Deque<AutoCloseable> started = new ArrayDeque<>();
    private boolean closed;

    /** @throws CancellationException if the parts are closed; the new one is closed too then */
    <T extends AutoCloseable> T add(T part) {
        synchronized (started) {
            if (!closed) {
                started.push(part);
                return part;
            }
        }
        close(part);
        throw new CancellationException("the fleet is stopping");
    }

    @Override
    public void close() {
        synchronized (started) {
            closed = true;
        }
        for (AutoCloseable part = next(); part != null; part = next()) {
            close(part);
        }
    }

    private @Nullable AutoCloseable next() {
        synchronized (started) {
            return started.poll();
        }
    }

    /** A part that does not close keeps none of the others from it. */
    private static void close(AutoCloseable part) {
        try {
            part.close();
        } catch (Exception e) {
            LOG.warn("{} did not close: {}", part.getClass().getSimpleName(), e.getMessage(), e);
        }
    }
}
