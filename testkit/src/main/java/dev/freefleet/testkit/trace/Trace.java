package dev.freefleet.testkit.trace;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;

/**
 * A day of questions to a Brain, as {@link TraceSettings} describe it. Immutable; every iterator gives the same events,
 * in order of time, made as they are asked for. The number of asks is exact, so the last one falls near midnight rather
 * than on it.
 */
public final class Trace implements Iterable<TraceEvent> {
    private final TraceSettings settings;

    public Trace(TraceSettings settings) {
        this.settings = Objects.requireNonNull(settings, "settings");
    }

    @Override
    public Iterator<TraceEvent> iterator() {
        var day = new Day(settings);
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return day.hasNext();
            }

            @Override
            public TraceEvent next() {
                if (!day.hasNext()) {
                    throw new NoSuchElementException("the trace is over");
                }
                return day.next();
            }
        };
    }
}
