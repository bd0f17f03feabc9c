package dev.freefleet.data;

import static java.util.Objects.requireNonNull;

import java.time.Clock;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A data plane that may be closed from another thread while it is still being opened. Whoever closes it waits until
 * nothing of it is left: no {@code initdb}, and no server that starts afterwards.
 */
public final class Opening implements AutoCloseable {
    private final DataConfig config;
    private final Clock clock;
    private final Cancellation cancellation = new Cancellation();
    private final CountDownLatch over = new CountDownLatch(1);
    private volatile @Nullable DataPlane opened;

    public Opening(DataConfig config, Clock clock) {
        this.config = requireNonNull(config, "config");
        this.clock = requireNonNull(clock, "clock");
    }

    /**
     * As {@link DataPlane#open}; to be called once. The data plane is closed with this.
     *
     * @throws CancellationException if this was closed
     */
    public DataPlane run() {
        try {
            cancellation.check();
            DataPlane plane = DataPlane.open(config, clock, cancellation);
            opened = plane;
            return plane;
        } catch (DataException e) {
            // What was cut off fails in its own way.
            cancellation.check();
            throw e;
        } finally {
            over.countDown();
        }
    }

    /** Closes the data plane; gives the opening up, and waits for its end, where it is under way. */
    @Override
    public void close() {
        if (!cancellation.request()) {
            return;
        }
        try {
            if (!over.await(Cancellation.PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                cancellation.cutOff();
                over.await();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        @Nullable DataPlane plane = opened;
        if (plane != null) {
            plane.close();
        }
    }
}
