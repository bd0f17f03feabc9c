package dev.freefleet.admin;

import static java.util.Objects.requireNonNull;

import java.net.URI;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * How the fleet is at one moment.
 *
 * @param version the fleet's
 * @param startedAt when it was ready
 * @param gateway where clients reach it
 * @param parts the gateway, the Brain, the database ..., in the order in which a request meets them
 * @param figures counts since the start and sizes now, by dotted name such as {@code usage.written}
 */
public record FleetStatus(
        String version, Instant startedAt, URI gateway, List<Part> parts, SequencedMap<String, Long> figures) {
    /** How one part is. */
    public enum State {
        UP,
        /** It works, but something that it needs does not. */
        DEGRADED,
        DOWN
    }

    /** One part, how it is, and a few words for people. */
    public record Part(String name, State state, String detail) {
        public Part {
            requireNonNull(name, "name");
            requireNonNull(state, "state");
            requireNonNull(detail, "detail");
        }
    }

    /** UP while all parts are, DOWN where the first, which clients meet, is; else DEGRADED. */
    public State state() {
        if (parts.stream().allMatch(part -> part.state() == State.UP)) {
            return State.UP;
        }
        return parts.getFirst().state() == State.DOWN ? State.DOWN : State.DEGRADED;
    }

    public FleetStatus {
        requireNonNull(version, "version");
        requireNonNull(startedAt, "startedAt");
        requireNonNull(gateway, "gateway");
        parts = List.copyOf(parts);
        figures = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(figures));
    }
}
