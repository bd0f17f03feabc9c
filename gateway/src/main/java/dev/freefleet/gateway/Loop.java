package dev.freefleet.gateway;

import io.netty.channel.EventLoop;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** One event loop and what belongs to it alone: a digest, ids, the date, idle origin connections, time limits. */
final class Loop {
    /** Something whose time may run out. */
    interface Timed {
        /** Called a few times a second. */
        void checkTime(long nowNanos);
    }

    private static final long TICK_MILLIS = 100;

    final EventLoop executor;
    final Sources sources;
    final RequestIds ids;
    final DateLine date = new DateLine();
    final HeadWriter heads = new HeadWriter();
    final ArrayDeque<OriginConnection> idle = new ArrayDeque<>();
    private final MessageDigest sha256;
    private final Set<Timed> timed = new HashSet<>();

    Loop(EventLoop executor, Sources sources) {
        this.executor = executor;
        this.sources = sources;
        this.ids = new RequestIds(sources.random().get());
        try {
            this.sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("every Java has SHA-256", missing);
        }
        var _ = executor.scheduleWithFixedDelay(this::checkTimes, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    byte[] sha256(byte[] material) {
        return sha256.digest(material);
    }

    long millis() {
        return sources.millis().getAsLong();
    }

    long nanos() {
        return sources.nanos().getAsLong();
    }

    void watch(Timed thing) {
        timed.add(thing);
    }

    void unwatch(Timed thing) {
        timed.remove(thing);
    }

    private void checkTimes() {
        long now = nanos();
        List<Timed> all = new ArrayList<>(timed); // a check may close things, which removes them
        for (Timed thing : all) {
            thing.checkTime(now);
        }
    }

    /** Runs at once where this is the loop's thread, else there. */
    void run(Runnable task) {
        if (executor.inEventLoop()) {
            task.run();
        } else {
            executor.execute(task);
        }
    }
}
