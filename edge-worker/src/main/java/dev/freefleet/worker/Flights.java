package dev.freefleet.worker;

import dev.freefleet.edge.Event;
import dev.freefleet.edge.StoredAnswer;
import dev.freefleet.worker.js.Promises;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.teavm.jso.JSObject;

/**
 * The fetches of this isolate that others may wait for: one for each cache key at a time. Who waits does so by a
 * promise of its own: the platform lets no request act in the context of another, and goes on with a promise in the context
 * of the request that made it.
 */
final class Flights {
    /** The platform may end a request without a word, and does so 30 s after its client has been answered or has left. */
    private static final long DEAD_MILLIS = 35_000;

    private final Map<String, Flight> flying = new HashMap<>();

    /** What became of a fetch that others wait for. */
    sealed interface Landing {
        /** It is stored. */
        record Stored(List<StoredAnswer> variants) implements Landing {}

        /** The origin failed. */
        record Failed(Event.OriginFailed failure) implements Landing {}

        /** Its answer is for the one who asked alone. */
        record NotShared() implements Landing {}

        /** Who asked has given up, and the next of those who wait may ask. */
        record GivenUp() implements Landing {}
    }

    /** One fetch. */
    static final class Flight {
        private final String key;
        private final long sinceMillis;
        private final List<Promises.Settler<JSObject>> waiting = new ArrayList<>(0);
        private Landing landing = new Landing.NotShared();

        private Flight(String key, long sinceMillis) {
            this.key = key;
            this.sinceMillis = sinceMillis;
        }

        /** Tells {@code landed} what becomes of it, in the context of the caller. */
        void await(Consumer<Landing> landed) {
            Promises.Settler<JSObject> end = new Promises.Settler<>();
            waiting.add(end);
            Promises.when(end.promise(), done -> landed.accept(landing), failed -> landed.accept(landing));
        }
    }

    /** What joining gave: a flight to lead, or one to wait for. */
    record Joined(Flight flight, boolean leads) {}

    Joined join(String key, long nowMillis) {
        Flight known = flying.get(key);
        if (known != null && nowMillis - known.sinceMillis < DEAD_MILLIS) {
            return new Joined(known, false);
        }
        Flight fresh = new Flight(key, nowMillis);
        flying.put(key, fresh);
        return new Joined(fresh, true);
    }

    /** Nobody joins this one any more: it takes too long, or its request died. */
    void abandon(Flight flight) {
        if (flying.get(flight.key) == flight) {
            flying.remove(flight.key);
        }
    }

    /** Nobody joins the fetch of this key any more; who waits for it goes on waiting. */
    void forget(String key) {
        flying.remove(key);
    }

    /** Ends this flight, and leaves alone a later one of the same key. */
    void land(Flight flight, Landing landing) {
        abandon(flight);
        flight.landing = landing;
        flight.waiting.forEach(Promises.Settler::done);
        flight.waiting.clear();
    }
}
