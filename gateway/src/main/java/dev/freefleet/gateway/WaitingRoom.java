package dev.freefleet.gateway;

import dev.freefleet.edge.WakeUp;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Requests that wait for an origin that is being woken, first come first served. Thread-safe. */
final class WaitingRoom {
    /** Who waits. */
    interface Waiter {
        /** The origin is awake; called on any thread, once. */
        void awake();
    }

    private static final Logger log = LoggerFactory.getLogger(WaitingRoom.class);
    private static final Duration CALL_PATIENCE = Duration.ofSeconds(20);

    private final Resilience.Waking config;
    private final WakeUp wakeUp;
    private final LongSupplier nanos;
    private final GatewayMetrics metrics;
    private final Set<Waiter> waiters = new LinkedHashSet<>();
    /** Has the origin's health asked for until it is there. */
    private volatile Runnable watch = () -> {};

    WaitingRoom(Resilience.Waking config, LongSupplier nanos, GatewayMetrics metrics) {
        this.config = config;
        this.nanos = nanos;
        this.metrics = metrics;
        this.wakeUp = new WakeUp(config.patience().toNanos(), config.maxWaiting());
    }

    /** Whom to tell that the origin's health is to be watched closely. */
    void watchedBy(Runnable watcher) {
        watch = watcher;
    }

    Duration patience() {
        return config.patience();
    }

    synchronized boolean isWaking() {
        return wakeUp.isWaking(nanos.getAsLong());
    }

    /** Waits; false where too many do. Who is not told in time must {@link #leave}. */
    boolean enter(Waiter waiter) {
        WakeUp.Entry entry;
        synchronized (this) {
            entry = wakeUp.enter(nanos.getAsLong());
            if (entry != WakeUp.Entry.FULL) {
                waiters.add(waiter);
            }
        }
        if (entry == WakeUp.Entry.STARTS) {
            wake();
        }
        return entry != WakeUp.Entry.FULL;
    }

    /** Has the origin woken without waiting for it. */
    void begin() {
        boolean starts;
        synchronized (this) {
            starts = wakeUp.begin(nanos.getAsLong());
        }
        if (starts) {
            wake();
        }
    }

    synchronized void leave(Waiter waiter) {
        if (waiters.remove(waiter)) {
            wakeUp.leave();
        }
    }

    /** The origin answers: whoever waits goes on, in order. */
    void awake() {
        List<Waiter> told;
        synchronized (this) {
            wakeUp.awake();
            told = List.copyOf(waiters);
            waiters.clear();
            told.forEach(waiter -> wakeUp.leave());
        }
        told.forEach(Waiter::awake);
    }

    synchronized int waiting() {
        return wakeUp.waiting();
    }

    private void wake() {
        log.info("the Brain sleeps; it is being woken");
        metrics.woken();
        watch.run();
        if (config.call() != null) {
            Thread.ofVirtual().name("wake-origin").start(this::call);
        }
    }

    private void call() {
        try (HttpClient http = HttpClient.newBuilder()
                .connectTimeout(CALL_PATIENCE)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build()) {
            HttpRequest request = HttpRequest.newBuilder(config.call())
                    .timeout(CALL_PATIENCE)
                    .method(config.method(), HttpRequest.BodyPublishers.noBody())
                    .build();
            int status =
                    http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
            if (status >= 400) {
                log.warn("the call that wakes the Brain was answered {}; check origin.wake-up.call", status);
            }
        } catch (IOException failed) {
            log.warn("the call that wakes the Brain failed ({}); check origin.wake-up.call", failed.toString());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
