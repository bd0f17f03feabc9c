package dev.freefleet.data;

import dev.freefleet.edge.CacheOutcome;
import dev.freefleet.edge.UsageEvent;
import org.jspecify.annotations.Nullable;

/**
 * What rows are like that differ in their numbers and their question alone, encoded once: an event loop copies it and sets the
 * numbers. A request finds the core's caches cold, and code and text that it need not touch cost it nothing. Bounded: 64 shapes. For one
 * thread.
 */
final class RowShapes {
    private static final int PLACES = 64;

    private final @Nullable Shape[] shapes = new Shape[PLACES];

    /**
     * A row's constant parts.
     *
     * @param head all before the question, with the numbers of any row
     * @param tail what follows the question
     */
    record Shape(
            String route,
            String method,
            int status,
            CacheOutcome cache,
            boolean hasKey,
            boolean hasUser,
            String node,
            byte[] head,
            byte[] tail) {
        boolean fits(UsageEvent event) {
            return status == event.status()
                    && cache == event.cache()
                    && hasKey == (event.keyId() != 0)
                    && hasUser == (event.userId() != 0)
                    && route.equals(event.route())
                    && method.equals(event.method())
                    && node.equals(event.node());
        }
    }

    /** The shape of an event's row, or null where none is kept. */
    @Nullable
    Shape find(UsageEvent event) {
        @Nullable Shape kept = shapes[place(event)];
        return kept != null && kept.fits(event) ? kept : null;
    }

    /** Keeps a shape, in the place of another. */
    Shape keep(UsageEvent event, byte[] head, byte[] tail) {
        var shape = new Shape(
                event.route(),
                event.method(),
                event.status(),
                event.cache(),
                event.keyId() != 0,
                event.userId() != 0,
                event.node(),
                head,
                tail);
        shapes[place(event)] = shape;
        return shape;
    }

    /** Strings keep their hashes. */
    private static int place(UsageEvent event) {
        int hash = 31 * event.route().hashCode() + event.method().hashCode();
        hash = 31 * (31 * hash + event.status()) + event.cache().label().hashCode();
        return (hash * 0x9E3779B9) >>> 26;
    }
}
