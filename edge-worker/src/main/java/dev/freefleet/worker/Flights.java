package dev.freefleet.worker;

import dev.freefleet.edge.Event;
import dev.freefleet.edge.StoredAnswer;
import dev.freefleet.worker.js.Promises;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.teavm.jso.JSObject;

/**
 * The fetches of this isolate that others may wait for: one for each cache key at a time. Who waits does so by a
 * promise of its own: the platform lets no request act in the context of another, and goes on with a promise in the context
 * of the request that made it.
 */
final class Flights {
    private final Map<String, Flight> flying = new HashMap<>();

    /** What became of a fetch that others wait for. */
    sealed interface Landing {
        /** It is stored. */
        record Stored(List<StoredAnswer> variants) implements Landing {}

        /** The origin failed. */
        record Failed(Event.OriginFailed failure) implements Landing {}

        /** Its answer is for the one who asked alone. */
        record NotShared() implements Landing {}
    }

    /** One fetch. */
    static final class Flight {
        private final List<Promises.Settler<JSObject>> waiting = new ArrayList<>(0);
        private Landing landing = new Landing.NotShared();

        /** Tells {@code landed} what becomes of it, in the context of the caller. */
        void await(Consumer<Landing> landed) {
            Promises.Settler<JSObject> end = new Promises.Settler<>();
            waiting.add(end);
            Promises.when(end.promise(), done -> landed.accept(landing), failed -> landed.accept(landing));
        }
    }

    /** The fetch of this key that is under way, or null: then the caller's is from now on. */
    @Nullable
    Flight join(String key) {
        Flight known = flying.get(key);
        if (known == null) {
            flying.put(key, new Flight());
        }
        return known;
    }

    /** Nobody joins this one any more: it takes too long, or its request died. */
    void abandon(String key, Flight flight) {
        if (flying.get(key) == flight) {
            flying.remove(key);
        }
    }

    void land(String key, Landing landing) {
        Flight flight = flying.remove(key);
        if (flight != null) {
            flight.landing = landing;
            flight.waiting.forEach(Promises.Settler::done);
        }
    }
}
