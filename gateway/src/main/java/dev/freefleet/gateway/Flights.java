package dev.freefleet.gateway;

import dev.freefleet.edge.Event;
import dev.freefleet.edge.StoredAnswer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Fetches under way, by key: one request goes to the origin, identical ones wait for its answer. Thread-safe. A waiter is
 * told on the thread that ends the flight.
 */
final class Flights {
    /** What became of a flight, and what its waiters do. */
    sealed interface Landing {
        /** The answer was stored: it is theirs too. */
        record Stored(List<StoredAnswer> variants) implements Landing {}

        /** The answer is for its asker alone: each asks for itself. */
        record NotShared() implements Landing {}

        /** The asker failed in a way of its own: this waiter leads the flight now, and the others wait for it. */
        record Lead() implements Landing {}

        /** The origin does not answer: it would not answer them either. */
        record Failed(Event.OriginFailed failed) implements Landing {}
    }

    /** Who waits. */
    interface Waiter {
        void landed(Landing landing);
    }

    private final Map<String, Flight> flights = new ConcurrentHashMap<>();

    /** One fetch and those who wait for it. */
    final class Flight {
        private final String key;
        private final List<Waiter> waiters = new ArrayList<>();
        private boolean over;

        private Flight(String key) {
            this.key = key;
        }

        private synchronized boolean add(Waiter waiter) {
            return !over && waiters.add(waiter);
        }

        /** Takes a waiter off; false where it has been told, or is about to be. */
        synchronized boolean leave(Waiter waiter) {
            return waiters.remove(waiter);
        }

        synchronized boolean hasWaiters() {
            return !waiters.isEmpty();
        }

        /** Ends the flight if nobody waits for it. */
        boolean abandon() {
            synchronized (this) {
                if (!waiters.isEmpty()) {
                    return false;
                }
                over = true;
            }
            flights.remove(key, this);
            return true;
        }

        /** Has the next who waits lead; where nobody waits, the flight is over. */
        void handOver() {
            Waiter next;
            synchronized (this) {
                if (over) {
                    return;
                }
                next = waiters.isEmpty() ? null : waiters.removeFirst();
                over = next == null;
            }
            if (next == null) {
                flights.remove(key, this);
            } else {
                next.landed(new Landing.Lead());
            }
        }

        /** Ends the flight, once, and tells those who wait. */
        void land(Landing landing) {
            List<Waiter> told = List.of();
            synchronized (this) {
                if (over) {
                    return;
                }
                over = true;
                if (!waiters.isEmpty()) {
                    told = List.copyOf(waiters);
                    waiters.clear();
                }
            }
            flights.remove(key, this);
            told.forEach(waiter -> waiter.landed(landing));
        }
    }

    /** What joining a flight gave: a flight to lead, or one to wait for. */
    record Joined(Flight flight, boolean leads) {}

    Joined join(String key, Waiter waiter) {
        while (true) {
            Flight fresh = new Flight(key);
            Flight flight = flights.putIfAbsent(key, fresh);
            if (flight == null) {
                return new Joined(fresh, true);
            }
            if (flight.add(waiter)) {
                return new Joined(flight, false);
            }
            flights.remove(key, flight);
        }
    }

    /** A flight in the place of one that takes too long: whoever comes from now on waits for this one. */
    Flight replace(String key) {
        Flight fresh = new Flight(key);
        flights.put(key, fresh);
        return fresh;
    }

    /** From now on nobody waits for a fetch that is under way; who waits already goes on waiting. */
    void forget() {
        flights.clear();
    }

    /** As above, for the fetch of this key. */
    void forget(String key) {
        flights.remove(key);
    }

    /** How many fetches are under way. */
    int size() {
        return flights.size();
    }
}
