package dev.freefleet.testkit.trace;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Something that happens in a trace. */
public sealed interface TraceEvent {
    /** When, in milliseconds since the trace's start (0 is midnight); never falls from one event to the next. */
    long atMillis();

    /**
     * Somebody asks.
     *
     * @param user who, 0 to {@link TraceSettings#users()} - 1
     * @param session which of all sessions, from 0; the asks of one session share its user
     * @param method {@code GET}, {@code POST} or {@code QUERY}
     * @param target the request target in origin form, encoded
     * @param json the content ({@code application/json}, UTF-8), or null with GET
     * @param question what is asked, however it is written
     */
    record Ask(
            long atMillis,
            int user,
            int session,
            String method,
            String target,
            @Nullable String json,
            Question question)
            implements TraceEvent {
        public Ask {
            Objects.requireNonNull(method, "method");
            Objects.requireNonNull(target, "target");
            Objects.requireNonNull(question, "question");
        }
    }

    /**
     * The Brain's data changed: every answer from now on is that of this index version.
     *
     * @param version counts from 1; the trace starts at version 0
     */
    record Reingest(long atMillis, int version) implements TraceEvent {}
}
