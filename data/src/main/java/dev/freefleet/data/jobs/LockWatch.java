package dev.freefleet.data.jobs;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks while a job's action runs whether the connection that holds its lock is still there, and interrupts the action once it is not:
 * the lock is gone with it, and somebody else may take it. A machine that wakes up learns so from its first look. One that is cut off
 * ends its action before it is taken for dead: a look comes three times in a heartbeat, and waits for two of them.
 */
final class LockWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LockWatch.class);

    private final Connection connection;
    private final Duration heartbeat;
    private final Thread action = Thread.currentThread();
    private final CountDownLatch closed = new CountDownLatch(1);
    private boolean over;
    private volatile boolean lost;

    /** For an action of this thread. */
    LockWatch(Connection connection, Duration heartbeat) {
        this.connection = connection;
        this.heartbeat = heartbeat;
    }

    /** From now on the connection is this one's alone, until it is closed. */
    void start() {
        Thread.ofVirtual().name("fleet-jobs-lock").start(this::run);
    }

    private void run() {
        try {
            boolean there = true;
            while (there && !closed.await(heartbeat.toMillis() / 3, TimeUnit.MILLISECONDS)) {
                there = look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized boolean look() {
        boolean there = over || isThere();
        if (!there) {
            LOG.warn("The connection that holds a job's lock was lost; the job is ended");
            lost = true;
            action.interrupt();
        }
        return there;
    }

    private boolean isThere() {
        try {
            return connection.isValid(
                    Math.toIntExact(Math.max(1, heartbeat.multipliedBy(2).toSeconds())));
        } catch (SQLException e) {
            LOG.debug("The connection of a job's lock cannot be asked", e);
            return false;
        }
    }

    /** Whether the action was interrupted. */
    boolean isLost() {
        return lost;
    }

    /** From now on nobody is interrupted, and the connection is free. */
    @Override
    public synchronized void close() {
        over = true;
        closed.countDown();
    }
}
