package dev.freefleet.gateway;

import dev.freefleet.edge.CircuitBreaker;
import dev.freefleet.edge.Event;
import dev.freefleet.edge.TurnQueue;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A call's leave to ask the origin: a place at the gate, perhaps after some waiting, and the guard's ticket. */
final class OriginTurn {
    /** Who wants a turn; told once, on its loop. */
    interface Taker {
        /** It may go on. */
        void granted();

        /** It may not; {@link #end} is still to be called. */
        void refused(Event.Failure failure);
    }

    private final OriginClient client;
    private final Loop loop;
    private final int priority;
    private final Taker taker;
    private TurnQueue.@Nullable Turn<OriginTurn> queued;
    private @Nullable ScheduledFuture<?> patience;
    private long askedNanos;
    private boolean entered;
    private boolean over;
    private long ticket = CircuitBreaker.REFUSED;

    OriginTurn(OriginClient client, Loop loop, int priority, Taker taker) {
        this.client = client;
        this.loop = loop;
        this.priority = priority;
        this.taker = taker;
    }

    int priority() {
        return priority;
    }

    /**
     * Asks for it.
     *
     * @param sinceNanos since when the request waits, which may be before now
     * @param nowNanos now
     * @param maxNanos how long it can wait at the most
     */
    void take(long sinceNanos, long nowNanos, long maxNanos) {
        askedNanos = nowNanos;
        if (!client.guard().allows(askedNanos)) {
            taker.refused(Event.Failure.CIRCUIT_OPEN);
            return;
        }
        switch (client.gate().enter(this, sinceNanos)) {
            case OriginGate.Entry.Entered() -> entered(nowNanos);
            case OriginGate.Entry.Queued(var place) -> {
                queued = place;
                long nanos = Math.min(
                        maxNanos, client.config().resilience().queueWait().toNanos());
                patience = loop.executor.schedule(this::outOfPatience, nanos, TimeUnit.NANOSECONDS);
            }
            case OriginGate.Entry.Full() -> taker.refused(Event.Failure.OVERLOADED);
        }
    }

    private void outOfPatience() {
        if (!over && !entered) {
            taker.refused(Event.Failure.OVERLOADED);
        }
    }

    /** The gate lets it through; called by the gate on any thread. */
    void come() {
        // Later: a queue of which nobody may go on any more would otherwise be one deep stack.
        loop.executor.execute(() -> entered(loop.nanos()));
    }

    private void entered(long now) {
        entered = true;
        if (over) {
            leaveGate();
            return;
        }
        if (queued != null) {
            queued = null;
            stopWaiting();
            client.metrics().waitedForTurn(now - askedNanos);
        }
        ticket = client.guard().admit(now);
        if (ticket == CircuitBreaker.REFUSED) {
            taker.refused(Event.Failure.CIRCUIT_OPEN);
        } else {
            taker.granted();
        }
    }

    /** What the origin did, told once. */
    void report(boolean failed) {
        if (ticket != CircuitBreaker.REFUSED) {
            client.guard().report(ticket, failed, loop.nanos());
            ticket = CircuitBreaker.REFUSED;
        }
    }

    /** Gives everything back. */
    void end() {
        over = true;
        stopWaiting();
        if (queued != null) {
            client.gate().forget(queued); // where its turn has come already, entered() gives it back
            queued = null;
        }
        if (ticket != CircuitBreaker.REFUSED) {
            client.guard().abandoned(ticket);
            ticket = CircuitBreaker.REFUSED;
        }
        leaveGate();
    }

    private void stopWaiting() {
        if (patience != null) {
            patience.cancel(false);
            patience = null;
        }
    }

    private void leaveGate() {
        if (entered) {
            entered = false;
            client.gate().leave();
        }
    }
}
