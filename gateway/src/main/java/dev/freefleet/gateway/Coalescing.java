package dev.freefleet.gateway;

import dev.freefleet.edge.Event;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A fetch's part in a flight: it leads one, waits for one, or neither. Used on its exchange's loop. */
final class Coalescing implements Flights.Waiter {
    /** What joining came to. */
    enum Part {
        /** It asks, and others may wait for it. */
        LEADS,
        /** It waits, and will be told. */
        WAITS,
        /** Somebody else asks, which is all that was wanted. */
        SPARED
    }

    private final Fetching fetching;
    private Flights.@Nullable Flight flight;
    private @Nullable ScheduledFuture<?> patience;
    private String key = "";
    private boolean leads;
    private boolean alone;

    Coalescing(Fetching fetching) {
        this.fetching = fetching;
    }

    /** Whether the next fetch is to join a flight. */
    boolean joins() {
        return !alone && !leads;
    }

    Part join(String wanted) {
        key = wanted;
        Services services = fetching.run().services();
        Flights.Joined joined = services.flights().join(wanted, this);
        flight = joined.flight();
        leads = joined.leads();
        if (leads) {
            return Part.LEADS;
        }
        if (fetching.run().isBehind()) {
            joined.flight().leave(this);
            return Part.SPARED;
        }
        services.metrics().coalesced();
        long nanos = services.config().coalesceWait().toNanos();
        patience = fetching.run().loop().executor.schedule(this::outOfPatience, nanos, TimeUnit.NANOSECONDS);
        return Part.WAITS;
    }

    /** Waits no longer. */
    void leave() {
        Flights.Flight mine = flight;
        stopWaiting();
        if (mine != null && !leads) {
            mine.leave(this); // where it is about to be told, landed() passes the lead on
        }
    }

    private void stopWaiting() {
        if (patience != null) {
            patience.cancel(false);
            patience = null;
        }
    }

    /** Whether nobody waits for this one; then nobody can from now on. */
    boolean abandon() {
        Flights.Flight mine = flight;
        return mine == null || !leads || mine.abandon();
    }

    boolean hasWaiters() {
        return flight != null && leads && flight.hasWaiters();
    }

    /** Ends the flight that it leads, if it leads one. */
    void land(Flights.Landing landing) {
        Flights.Flight mine = flight;
        if (mine != null && leads) {
            flight = null;
            leads = false;
            mine.land(landing);
        }
    }

    /** Passes the lead on: this exchange failed in a way of its own. */
    void handOver() {
        Flights.Flight mine = flight;
        if (mine != null && leads) {
            flight = null;
            leads = false;
            mine.handOver();
        }
    }

    @Override
    public void landed(Flights.Landing landing) {
        fetching.run().loop().run(() -> told(landing));
    }

    private void told(Flights.Landing landing) {
        stopWaiting();
        Flights.Flight mine = flight;
        if (landing instanceof Flights.Landing.Lead) {
            leads = true;
        } else {
            flight = null;
        }
        if (fetching.run().isOver() || mine == null) {
            handOver();
            return;
        }
        switch (landing) {
            case Flights.Landing.Lead() -> fetching.ask();
            case Flights.Landing.Stored stored -> fetching.tell(new Event.Coalesced(stored.variants()));
            case Flights.Landing.NotShared() -> {
                alone = true;
                fetching.ask();
            }
            case Flights.Landing.Failed(var failed) -> fetching.tell(failed);
        }
    }

    /** The other's fetch takes too long: this one asks too, and whoever comes now waits for this one. */
    private void outOfPatience() {
        Flights.Flight slow = flight;
        if (fetching.run().isOver() || slow == null || leads || !slow.leave(this)) {
            return;
        }
        flight = fetching.run().services().flights().replace(Objects.requireNonNull(key));
        leads = true;
        fetching.ask();
    }
}
