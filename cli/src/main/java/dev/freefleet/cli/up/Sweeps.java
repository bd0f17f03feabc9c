package dev.freefleet.cli.up;

import dev.freefleet.data.DataException;
import dev.freefleet.data.Forgetting;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks for late usage of people who were forgotten, a minute after the start and each hour. */
final class Sweeps implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Sweeps.class);
    private static final Duration PAUSE = Duration.ofHours(1);
    /** By then all parts have said where else something of people is kept. */
    private static final Duration FIRST = Duration.ofMinutes(1);

    private final Forgetting forgetting;
    private final CountDownLatch closed = new CountDownLatch(1);

    Sweeps(Forgetting forgetting) {
        this.forgetting = forgetting;
        Thread.ofVirtual().name("sweeps").start(this::run);
    }

    private void run() {
        try {
            Duration pause = FIRST;
            while (!closed.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                sweep();
                pause = PAUSE;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void sweep() {
        try {
            long rows = forgetting.sweep();
            if (rows > 0) {
                LOG.info(
                        "{} late records of requests of people who were forgotten lost what told whose they were",
                        rows);
            }
        } catch (DataException e) {
            LOG.warn("Late records of people who were forgotten are not looked for now: {}", e.getMessage());
        }
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
